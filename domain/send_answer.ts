/**
 * What a node's answer to a send means. The answer is a hint that saves a question: what really
 * happened is told by receipts and nonces.
 *
 * @module
 */

import type { Hash } from "./address.ts";

/** The meanings of an answer to a send. */
export const SEND_MEANINGS = [
  "accepted",
  "known",
  "nonce-low",
  "nonce-high",
  "underpriced",
  "replacement-underpriced",
  "funds",
  "pool-full",
  "fee-cap",
  "fatal",
  "refused",
  "unknown",
] as const;

/** What an answer to a send means. */
export type SendMeaning = typeof SEND_MEANINGS[number];

/** A node's answer to a send. */
export interface SendAnswer {
  /** What it means. */
  readonly meaning: SendMeaning;
  /** The hash that the node answered with. */
  readonly hash: Hash | null;
  /** The node's own words, for people. */
  readonly detail: string;
}

/** Whether the node holds the transaction now. */
export function isHeld(meaning: SendMeaning): boolean {
  return meaning === "accepted" || meaning === "known";
}

/** Whether a replacement with other gas, fees or type may be taken where these bytes were not. */
export function isRefusal(meaning: SendMeaning): boolean {
  return meaning === "fatal" || meaning === "fee-cap" || meaning === "refused";
}
