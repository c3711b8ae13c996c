/**
 * Effects of transitions as Redis commands: the same commands that the Go payers send.
 *
 * @module
 */

import type { Effect } from "../../domain/transition.ts";
import type { RedisCommand, RedisReply } from "./connection.ts";
import { accountKey, type LedgerKeys, paidMember, paidToMember } from "./keys.ts";

/** The commands of an effect, in order. */
export function commandsOf(keys: LedgerKeys, effect: Effect): readonly RedisCommand[] {
  switch (effect.kind) {
    case "add":
      return [
        ["HINCRBY", accountKey(keys, effect.account), effect.field, String(effect.amountShannon)],
      ];
    case "put-pending":
      return [["ZADD", keys.pending, String(effect.at), effect.key]];
    case "remove-pending":
      return [["ZREM", keys.pending, effect.key]];
    case "put-paid": {
      const { debt, hash, at } = effect;
      return [
        ["ZADD", keys.all, String(at), paidMember(debt, hash)],
        ["ZADD", keys.paidTo(debt.login), String(at), paidToMember(debt, hash)],
      ];
    }
    case "put-journal":
      return [
        ...(effect.hash === null
          ? []
          : [["HSET", keys.pendingTx, effect.key, effect.hash] as const]),
        ["HSET", keys.pendingNonce, effect.key, String(effect.nonce)],
        ["HSET", keys.journal, effect.key, effect.record],
      ];
    case "erase-journal":
      return [keys.pendingTx, keys.pendingNonce, keys.journal].map((
        key,
      ): RedisCommand => ["HDEL", key, effect.key]);
    case "put-held":
      return [["HSET", keys.held, effect.login, effect.record]];
    case "remove-held":
      return [["HDEL", keys.held, effect.login]];
    case "set-nonce":
      return [["HSET", keys.nonces, effect.wallet, String(effect.next)]];
    default:
      return effect satisfies never;
  }
}

/** Whether a reply inside EXEC is what such a command answers when it was applied. */
export function isApplied(reply: RedisReply | undefined): boolean {
  if (typeof reply === "number") return Number.isInteger(reply);
  return typeof reply === "string" && /^-?[0-9]+$/.test(reply);
}
