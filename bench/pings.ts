/**
 * Asks a Redis again and again how it is while something else uses it.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import { Redis } from "ioredis";

/** A watch over how fast a server answers. */
export interface PingWatch extends AsyncDisposable {
  /** Ends the watch: within how many milliseconds this share of the PINGs was answered. */
  within(share: number): Promise<number>;
}

const PAUSE_MS = 2;

/** Sends a PING every few milliseconds on a connection of its own. */
export function watchPings(port: number): PingWatch {
  const redis = new Redis({ port, host: "127.0.0.1", protocol: 2 });
  const took: number[] = [];
  let over = false;
  const asking = ask();

  async function ask(): Promise<void> {
    while (!over) {
      const sent = performance.now();
      await redis.ping();
      took.push(performance.now() - sent);
      await setTimeout(PAUSE_MS);
    }
    await redis.quit();
  }

  async function end(): Promise<void> {
    over = true;
    await asking;
  }

  return {
    async within(share) {
      await end();
      const sorted = took.toSorted((a, b) => a - b);
      return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    },
    [Symbol.asyncDispose]: end,
  };
}
