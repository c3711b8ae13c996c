/**
 * The torture's command: the real program against a real Redis and a real chain, killed, frozen and
 * cut off at random moments.
 *
 * ```sh
 * deno task torture --runs 500           # a fresh seed, which is printed
 * deno task torture --runs 500 --seed 17 # the same schedule again
 * deno task torture --seed 17 --round 42 # round 42 of it, after those of the same pool
 * deno task torture --runs 90 --kind reorg # those of 90 rounds that are about this
 * ```
 *
 * @module
 */

import { parseArgs } from "node:util";
import { readCommandLine, UsageError, wholeNumber } from "../support/command_line.ts";
import { describeRound } from "./plan_text.ts";
import { play, type Wanted } from "./play.ts";
import type { RoundResult } from "./round.ts";
import { DECK, KINDS } from "./schedule.ts";

/** How many pools live at the same time, unless it is said. A run mostly waits for blocks. */
export const POOLS = 3;

const USAGE = `Usage: deno task torture [--runs NUMBER] [--seed NUMBER] [FLAGS]

  --runs NUMBER      how many rounds are played (${DECK})
  --seed NUMBER      decides the schedule. Without: a fresh one, which is printed
  --round NUMBER     only this round (the first is 1), after those that its pool lived through
  --kind KIND        only the rounds about this: ${[...KINDS].join(", ")}
  --pools NUMBER     how many pools live at the same time (${POOLS})
  --stop-at-failure  no round begins any more once one was violated
  --verbose          tell what happened in every round

Needs redis-server and anvil. The exit code is 0 when nobody was paid twice and nothing was lost,
1 when a round was violated, 2 for arguments that make no sense.`;

/**
 * Plays rounds and answers the exit code: 0 when nobody was paid twice and nothing was lost. Once
 * the signal is aborted, rounds are only ended.
 */
export async function main(args: readonly string[], signal?: AbortSignal): Promise<number> {
  const wanted = readCommandLine(args, { usage: USAGE, read: () => wantedOf(args) });
  if (typeof wanted === "number") return wanted;
  console.log(`seed ${wanted.seed}`);
  const start = performance.now();
  const results: RoundResult[] = [];
  await play(signal === undefined ? wanted : { ...wanted, signal }, (result) => {
    results.push(result);
    console.log(describeResult(result, args.includes("--verbose")));
  });
  if (results.length === 0) {
    console.error(`None of these ${wanted.rounds} rounds is about this: ask for more with --runs`);
    return 1;
  }
  console.log(summaryOf(results, (performance.now() - start) / 1000));
  return results.every(isGood) ? 0 : 1;
}

/** A seed that nobody has chosen. */
export function freshSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}

/** A round and what became of it; with what happened when it went wrong. */
export function describeResult(result: RoundResult, verbose = false): string {
  const { plan, violations, runs, struck, seconds, story } = result;
  return [
    describeRound(plan),
    ...(verbose || !isGood(result) ? [story] : []),
    `  ${runs} runs, ${struck} moments struck, ${seconds.toFixed(1)} s: ` +
    (isGood(result) ? "all is well" : "VIOLATED"),
    ...violations.map((violation) => `  ${violation}`),
  ].join("\n");
}

/** Whether nothing was violated. */
export function isGood({ violations }: RoundResult): boolean {
  return violations.length === 0;
}

function wantedOf(args: readonly string[]): Wanted {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: "string", default: String(DECK) },
      seed: { type: "string" },
      round: { type: "string" },
      kind: { type: "string" },
      pools: { type: "string", default: String(POOLS) },
      "stop-at-failure": { type: "boolean", default: false },
      verbose: { type: "boolean" },
    },
  });
  const { seed, round, kind } = values;
  if (kind !== undefined && ![...KINDS].some((each) => each === kind)) {
    throw new UsageError(`There is no kind "${kind}"`);
  }
  return {
    seed: seed === undefined ? freshSeed() : wholeNumber("--seed", seed),
    rounds: wholeNumber("--runs", values.runs, 1),
    only: round === undefined ? undefined : wholeNumber("--round", round, 1) - 1,
    kind,
    pools: wholeNumber("--pools", values.pools, 1),
    stopsAtFailure: values["stop-at-failure"],
  };
}

/** A line for each kind, and one for all. */
function summaryOf(results: readonly RoundResult[], seconds: number): string {
  const kinds = [...Map.groupBy(results, ({ plan }) => plan.kind)].toSorted();
  return [
    ...kinds.map(([kind, ofKind]) => `${kind.padEnd(16)} ${countsOf(ofKind)}`),
    `all              ${countsOf(results)}, ${Math.round(seconds)} s`,
  ].join("\n");
}

function countsOf(results: readonly RoundResult[]): string {
  const sum = (of: (result: RoundResult) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  return `${results.length} rounds, ${sum(({ payees }) => payees)} payees, ` +
    `${sum(({ runs }) => runs)} runs of the program, ${
      sum(({ struck }) => struck)
    } moments struck, ` +
    `${sum((result) => isGood(result) ? 0 : 1)} rounds violated`;
}

if (import.meta.main) {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(name, () => stop.abort());
  }
  Deno.exit(await main(Deno.args, stop.signal));
}
