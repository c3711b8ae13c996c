/**
 * A clock that stands still until it is driven by hand: for tests, the demo and simulations.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../domain/ports/clock.ts";

/** Who waits for which time. */
interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * A clock driven by hand. Sleepers wake in the order of their times, those of one time in the order
 * in which they lay down, and each sees its own time as now.
 *
 * @example
 * ```ts
 * import { VirtualClock } from "./clock.ts";
 *
 * const clock = new VirtualClock();
 * const nap = clock.sleep(60_000);
 * await clock.advance(60_000); // a minute, at once
 * await nap;
 * ```
 */
export class VirtualClock implements Clock {
  #now: number;
  #sleepers: Sleeper[] = [];

  /** Starts the clock at a time in unix milliseconds. */
  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.#now = startMs;
  }

  /** The time that it was driven to, in unix milliseconds. */
  now(): number {
    return this.#now;
  }

  /** How many are asleep. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  /** Waits until the clock is driven that far, or the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (!(ms > 0) || signal?.aborted) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleeper: Sleeper = { at: this.#now + ms, wake: resolve };
    const rise = (): void => {
      this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
      resolve();
    };
    this.#sleepers.push(sleeper);
    signal?.addEventListener("abort", rise, { once: true });
    return promise.finally(() => signal?.removeEventListener("abort", rise));
  }

  /**
   * Lets time pass and wakes whoever is due, one after the other: who lies down again on the way
   * and is due before the end wakes again.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    while (this.#wakeNext(end)) await settle();
    this.#now = end;
  }

  /**
   * Lets time pass until nobody is asleep.
   *
   * @throws {Error} when somebody still sleeps after `maxWakes` wakes: a loop that never ends.
   */
  async runUntilIdle(maxWakes = 10_000): Promise<void> {
    await settle();
    for (let wakes = 0; this.#wakeNext(Infinity); wakes++) {
      if (wakes >= maxWakes) {
        throw new Error(`Cannot run the clock until idle: still busy after ${maxWakes} wakes`);
      }
      await settle();
    }
  }

  /** Wakes the first sleeper if it is due by then. */
  #wakeNext(end: number): boolean {
    let first: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (sleeper.at <= end && (first === undefined || sleeper.at < first.at)) first = sleeper;
    }
    if (first === undefined) return false;
    this.#sleepers = this.#sleepers.filter((other) => other !== first);
    this.#now = Math.max(this.#now, first.at);
    first.wake();
    return true;
  }
}

/** Lets everything go on that waits for nothing but its turn. */
async function settle(): Promise<void> {
  await setImmediate();
}
