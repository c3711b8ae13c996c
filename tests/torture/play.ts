/**
 * Plays the rounds of a seed.
 *
 * @module
 */

import { playRound, type RoundResult } from "./round.ts";
import { type PoolPlan, scheduleOf } from "./schedule.ts";
import { World } from "./world.ts";

/** Which rounds are played. */
export interface Wanted {
  readonly seed: number;
  readonly rounds: number;
  /** Only this round (0 is the first), after those that its pool has lived through. */
  readonly only?: number | undefined;
  /** Only the rounds about this kind of misfortune. */
  readonly kind?: string | undefined;
  /** How many pools live at the same time. */
  readonly pools: number;
  /** Whether no round begins any more when one was violated. */
  readonly stopsAtFailure?: boolean;
  /** Once aborted, no round begins any more. */
  readonly signal?: AbortSignal;
}

/** Plays all rounds, those of a pool one after the other, and tells of each at its end. */
export async function play(wanted: Wanted, tell: (result: RoundResult) => void): Promise<void> {
  const rest = plansOf(wanted).values();
  let isStopped = false;
  async function playPools(): Promise<void> {
    for (const plan of rest) {
      for await (const result of live(plan)) {
        tell(result);
        isStopped ||= wanted.stopsAtFailure === true && result.violations.length > 0;
        if (isStopped || wanted.signal?.aborted) return;
      }
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: wanted.pools }, playPools));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

function plansOf({ seed, rounds, only, kind }: Wanted): readonly PoolPlan[] {
  return scheduleOf(seed, only === undefined ? rounds : only + 1)
    .filter((plan) => only === undefined || plan.rounds.some(({ index }) => index === only))
    .map((plan) => ({
      ...plan,
      rounds: plan.rounds.filter((round) => kind === undefined || round.kind === kind),
    }));
}

/** A pool in which something went wrong is left, and its later rounds begin anew. */
async function* live(plan: PoolPlan): AsyncGenerator<RoundResult> {
  let world: World | undefined;
  try {
    for (const round of plan.rounds) {
      world ??= await World.start(plan);
      const result = await playRound(world, round);
      yield result;
      if (result.violations.length === 0) continue;
      await world[Symbol.asyncDispose]();
      world = undefined;
    }
  } finally {
    await world?.[Symbol.asyncDispose]();
  }
}
