/**
 * The port for time.
 *
 * @module
 */

/** Tells the time and waits. The domain itself never asks: time reaches it as an argument. */
export interface Clock {
  /** The time in unix milliseconds. */
  now(): number;
  /** Waits. Resolves early, without an error, when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
