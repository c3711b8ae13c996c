/**
 * The simulator's command.
 *
 * ```sh
 * deno task simulate --seeds 1000          # fresh ones
 * deno task simulate --seed 17             # one, with its trace
 * deno task simulate --seeds 100 --seed 17 # 100 from 17 on
 * ```
 *
 * @module
 */

import { parseArgs } from "node:util";
import { readCommandLine, wholeNumber } from "../support/command_line.ts";
import { simulate } from "./simulator.ts";

const USAGE = `Usage: deno task simulate [--seeds NUMBER] [--seed NUMBER] [--stop-at-failure]

  --seeds NUMBER     how many stories are played (100, or 1 where --seed is given)
  --seed NUMBER      the first one; alone, it is played with its trace. Without: a fresh one
  --stop-at-failure  end at the first seed that fails

The exit code is 0 when nothing was violated, 1 when something was, 2 for arguments that make no
sense. The first failure is told with its trace.`;

/** What is played. */
interface Wanted {
  readonly first: number;
  readonly count: number;
  readonly stopsAtFailure: boolean;
}

/** Plays seeds and answers the exit code: 0 when nothing was violated. */
export async function main(args: readonly string[]): Promise<number> {
  const wanted = readCommandLine(args, { usage: USAGE, read: () => wantedOf(args) });
  if (typeof wanted === "number") return wanted;
  const { first, count, stopsAtFailure } = wanted;
  const start = performance.now();
  let failed = 0;
  let runs = 0;
  for (let seed = first; seed < first + count; seed++) {
    const simulated = await simulate(seed);
    runs += simulated.runs;
    if (simulated.violations.length > 0) {
      failed++;
      if (count === 1 || failed === 1) console.log(simulated.trace());
      console.log(`seed ${seed}: ${simulated.violations.join("; ")}`);
      console.log(`play it again: deno task simulate --seed ${seed}`);
      if (stopsAtFailure) return 1;
    } else if (count === 1) console.log(simulated.trace());
  }
  const seconds = (performance.now() - start) / 1000;
  console.log(
    `${count} seeds from ${first} on, ${runs} runs, ${failed} failed, ` +
      `${Math.round(count / seconds)} seeds/s`,
  );
  return failed === 0 ? 0 : 1;
}

function wantedOf(args: readonly string[]): Wanted {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string" },
      seed: { type: "string" },
      "stop-at-failure": { type: "boolean", default: false },
    },
  });
  const { seed, seeds } = values;
  return {
    first: seed === undefined ? freshSeed() : wholeNumber("--seed", seed),
    count: seeds === undefined ? (seed === undefined ? 100 : 1) : wholeNumber("--seeds", seeds, 1),
    stopsAtFailure: values["stop-at-failure"],
  };
}

function freshSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
