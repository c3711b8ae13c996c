/**
 * Effects of transitions as Redis commands: what the Go payers write, in fewer commands.
 *
 * @module
 */

import type { Effect } from "../../domain/effect.ts";
import type { LedgerKeys } from "../../domain/ledger_keys.ts";
import { fitsShannon } from "../../domain/money.ts";
import { paidMember, paidToMember } from "../../domain/paid_row.ts";
import type { RedisCommand, RedisReply } from "./connection.ts";

/**
 * The commands of effects, in order. What many payments write to one key is one command: the same is
 * written, and Redis and its client take a third of the time.
 */
export function commandsOf(
  keys: LedgerKeys,
  effects: readonly Effect[],
): readonly RedisCommand[] {
  return joined(effects.flatMap((effect) => commandsOfOne(keys, effect)));
}

function commandsOfOne(keys: LedgerKeys, effect: Effect): readonly RedisCommand[] {
  switch (effect.kind) {
    case "add":
      return [
        ["HINCRBY", keys.account(effect.account), effect.field, String(effect.amountShannon)],
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
    case "set-server": {
      const { runId, window, toSeal } = effect.server;
      return [
        ["HSET", keys.server, "run_id", runId, "window", String(window)],
        toSeal === 0
          ? ["HDEL", keys.server, "to_seal"]
          : ["HSET", keys.server, "to_seal", String(toSeal)],
      ];
    }
    default:
      return effect satisfies never;
  }
}

/**
 * Joins each command to the one before it on the same key, if that is of the same name: HSET, HDEL,
 * ZADD and ZREM take lists, HINCRBYs of a field add up. The order on each key stays.
 */
function joined(commands: readonly RedisCommand[]): readonly RedisCommand[] {
  const all: [string, ...string[]][] = [];
  const last = new Map<string, [string, ...string[]]>();
  for (const [name, key = "", ...rest] of commands) {
    const adds = name === "HINCRBY";
    const slot = adds ? `${key} ${rest[0]}` : key;
    const before = last.get(slot);
    const sum = adds ? BigInt(before?.[3] ?? 0) + BigInt(rest[1] ?? 0) : 0n;
    if (before === undefined || before[0] !== name || !fitsShannon(sum)) {
      const command: [string, ...string[]] = [name, key, ...rest];
      all.push(command);
      last.set(slot, command);
    } else if (adds) before[3] = String(sum);
    else before.push(...rest);
  }
  return all;
}

/** Whether a reply inside EXEC is what such a command answers when it was applied. */
export function isApplied(reply: RedisReply | undefined): boolean {
  if (typeof reply === "number") return Number.isInteger(reply);
  return typeof reply === "string" && /^-?[0-9]+$/.test(reply);
}
