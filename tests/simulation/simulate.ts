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
import { simulate } from "./simulator.ts";

/** Plays seeds and answers the exit code: 0 when nothing was violated. */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string" },
      seed: { type: "string" },
      "stop-at-failure": { type: "boolean" },
    },
  });
  const first = values.seed === undefined ? freshSeed() : Number(values.seed);
  const count = values.seeds === undefined
    ? (values.seed === undefined ? 100 : 1)
    : Number(values.seeds);
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(count)) {
    console.error("Usage: deno task simulate [--seeds NUMBER] [--seed NUMBER] [--stop-at-failure]");
    return 2;
  }
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
      if (values["stop-at-failure"]) return 1;
    } else if (count === 1) console.log(simulated.trace());
  }
  const seconds = (performance.now() - start) / 1000;
  console.log(
    `${count} seeds from ${first} on, ${runs} runs, ${failed} failed, ` +
      `${Math.round(count / seconds)} seeds/s`,
  );
  return failed === 0 ? 0 : 1;
}

function freshSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
