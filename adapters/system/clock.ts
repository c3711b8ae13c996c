/**
 * The machine's own clock.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import type { Clock } from "../../domain/ports/clock.ts";

/** The longest wait that a timer of the runtime can hold; a longer one fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The machine's clock. A wait that is aborted ends at once and leaves no timer behind.
 *
 * @example
 * ```ts
 * import { systemClock } from "./clock.ts";
 *
 * await systemClock.sleep(10, AbortSignal.timeout(1_000));
 * ```
 */
export const systemClock: Clock = { now: () => Date.now(), sleep };

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  for (let left = ms; left > 0 && !signal?.aborted; left -= LONGEST_TIMER_MS) {
    await timer(Math.min(left, LONGEST_TIMER_MS), signal);
  }
}

async function timer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (!signal?.aborted) throw error; // Aborted: the wait has ended, as it was asked to.
  }
}
