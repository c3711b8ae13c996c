/**
 * Values inside Redis's replies.
 *
 * @module
 */

import type { RedisReply } from "./connection.ts";

/** A flat list of names and values, as RESP2 has hashes and sorted sets with scores. */
export function pairsOf(reply: RedisReply | undefined): readonly (readonly [string, string])[] {
  if (!Array.isArray(reply)) return [];
  return reply.flatMap((name, index) =>
    index % 2 === 0 ? [[String(name), String(reply[index + 1])] as const] : []
  );
}

/** A score as a time in unix seconds; infinity, which somebody else's hand wrote, is none. */
export function timeOf(score: string): number {
  const seconds = Number(score);
  return Number.isFinite(seconds) ? seconds : 0;
}
