/**
 * Servers that come back on the port that they had.
 *
 * @module
 */

import { pause } from "./moment.ts";

const MAX_TRIES = 40;
const PAUSE_MS = 250;

/** Starts again while somebody's outgoing connection was given the port for a moment. */
export async function untilItStarts<T>(start: () => Promise<T>): Promise<T> {
  for (let tries = 1;; tries++) {
    try {
      return await start();
    } catch (error) {
      if (!/address already in use/i.test(String(error)) || tries === MAX_TRIES) throw error;
      await pause(PAUSE_MS);
    }
  }
}
