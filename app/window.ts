/**
 * The window: how many payments may wait in the mempool at once. It grows while blocks take what it
 * lets in, and shrinks to what the node keeps.
 *
 * @module
 */

import { valueOf } from "../domain/fact.ts";
import type { SendAnswer } from "../domain/send_answer.ts";
import type { Payment } from "../domain/payment.ts";
import type { Run } from "./run.ts";

/** How wide the window is, and what was seen of the node when that was thought about last. */
export interface Window {
  /** How many payments may wait, for now: never more than `maxInFlight`. */
  size: number;
  /** The wallet's transaction count. */
  latestNonce: number;
  /** The same with the mempool; the highest since the node dropped something. */
  pendingNonce: number;
}

/** What of a run the window looks at. */
type Windowed = Pick<Run, "window" | "watch"> & {
  readonly policy: Pick<Run["policy"], "maxInFlight">;
};

/** The window at the start of a run: as wide as the operator allows. */
export function openWindow(maxInFlight: number): Window {
  return { size: maxInFlight, latestNonce: 0, pendingNonce: 0 };
}

/** Fits the window to what the newest head shows: before it is filled again. */
export function adjustWindow(run: Windowed): void {
  const { window, policy: { maxInFlight }, watch: { tip } } = run;
  const latest = valueOf(tip.latestNonce);
  const pending = valueOf(tip.pendingNonce);
  if (latest === undefined || pending === undefined) return;
  const taken = latest - window.latestNonce;
  if (pending < window.pendingNonce) {
    // It dropped some. Half at the most: a node that only lags shows the same.
    shrink(run, Math.max(pending - latest, Math.floor(window.size / 2)));
    window.pendingNonce = pending;
  } else if (2 * taken >= window.size) {
    window.size = Math.min(maxInFlight, window.size + Math.ceil(window.size / 2));
  }
  window.latestNonce = latest;
  window.pendingNonce = Math.max(window.pendingNonce, pending);
}

/** Fits the window to what the node had room for. */
export function heedFullMempool(
  run: Windowed,
  sent: readonly Pick<Payment, "nonce">[],
  answers: readonly Pick<SendAnswer, "meaning">[],
): void {
  const first = sent.find((_, index) => answers[index]?.meaning === "pool-full");
  if (first === undefined) return;
  const latest = valueOf(run.watch.tip.latestNonce) ?? run.window.latestNonce;
  shrink(run, first.nonce - latest);
}

function shrink({ window }: Windowed, size: number): void {
  window.size = Math.max(1, Math.min(window.size, size));
}
