/**
 * Plays seeds of the simulator, and answers what they cost.
 *
 * @module
 */

import { simulate } from "../../tests/simulation/simulator.ts";
import { answer, costSoFar } from "./answer.ts";

/** What is played. */
export interface SimulateInput {
  /** How many seeds are played unmeasured: they compile what is hot. */
  readonly warmUp: number;
  /** How many are measured. */
  readonly seeds: number;
}

/** What playing took. */
export interface SimulateResult {
  /** The time that it kept processors busy, in seconds. */
  readonly cpuSeconds: number;
  /** How many runs the seeds started. */
  readonly runs: number;
}

/** Plays seeds that are always the same. */
async function play(first: number, count: number): Promise<number> {
  let runs = 0;
  for (let seed = first; seed < first + count; seed++) {
    const { violations, runs: started } = await simulate(seed);
    if (violations.length > 0) throw new Error(`Seed ${seed}: ${violations.join("; ")}`);
    runs += started;
  }
  return runs;
}

if (import.meta.main) {
  await answer(async ({ warmUp, seeds }: SimulateInput): Promise<SimulateResult> => {
    await play(1, warmUp);
    const before = costSoFar().cpuSeconds;
    const runs = await play(1 + warmUp, seeds);
    return { cpuSeconds: costSoFar().cpuSeconds - before, runs };
  });
}
