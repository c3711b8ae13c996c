/**
 * Reads the miners from Redis, in one round trip a page.
 *
 * @module
 */

import { Fault } from "../../domain/fault.ts";
import type { MinerAccount } from "../../domain/ports/ledger.ts";
import { type RedisCommand, type RedisReply, RedisReplyError } from "./connection.ts";
import { accepted } from "./reply_faults.ts";

/** A page of SCAN: as fast as larger ones, and short enough to keep Redis responsive. */
const SCAN_COUNT = "1000";

/** What a scan is made from. */
export interface MinerScan {
  /** What the key of every miner begins with: `P:miners:`. */
  readonly start: string;
  /** Where the ledger is, for people. */
  readonly name: string;
  /** Sends commands in one round trip. */
  readonly send: (commands: readonly RedisCommand[]) => Promise<readonly RedisReply[]>;
}

/** Keys that SCAN found, and where it goes on; `null` when it is through. */
interface Page {
  readonly keys: readonly string[];
  readonly next: string | null;
}

/**
 * SCAN and HGET: the balances of one page and the keys of the next in one round trip. It keeps
 * nothing of the pages before, so keys that SCAN repeats are repeated.
 */
export async function* scanMiners(
  scan: MinerScan,
  signal?: AbortSignal,
): AsyncGenerator<readonly MinerAccount[]> {
  let page: Page = { keys: [], next: "0" };
  do {
    signal?.throwIfAborted();
    const { keys, next }: Page = page;
    const replies = await scan.send([
      ...keys.map((key): RedisCommand => ["HGET", key, "balance"]),
      ...scanFrom(scan, next),
    ]);
    page = next === null ? { keys: [], next } : readPage(scan, replies.at(-1));
    if (keys.length > 0) yield await readAccounts(scan, keys, replies);
  } while (page.keys.length > 0 || page.next !== null);
}

function scanFrom({ start }: MinerScan, cursor: string | null): readonly RedisCommand[] {
  if (cursor === null) return [];
  const match = `${start.replace(/[\\*?[\]]/g, "\\$&")}*`;
  return [["SCAN", cursor, "MATCH", match, "COUNT", SCAN_COUNT]];
}

function readPage({ name }: MinerScan, reply: RedisReply | undefined): Page {
  const answer = accepted(reply, { name, what: "SCAN the miners" });
  const [cursor, keys] = Array.isArray(answer) ? answer : [];
  if (!Array.isArray(keys)) {
    throw new Fault("ledger-nonsense", `Cannot read the answer of ${name} to SCAN`);
  }
  const next = String(cursor);
  return { keys: keys.map(String), next: next === "0" ? null : next };
}

async function readAccounts(
  { start, name, send }: MinerScan,
  keys: readonly string[],
  replies: readonly RedisReply[],
): Promise<readonly MinerAccount[]> {
  const accounts: MinerAccount[] = [];
  const wrong: string[] = [];
  for (const [index, key] of keys.entries()) {
    const login = key.slice(start.length);
    const reply = replies[index];
    if (isWrongType(reply)) wrong.push(key);
    else accounts.push({ login, balance: readBalance(reply, { key, name }), wrongType: null });
  }
  if (wrong.length === 0) return accounts;
  const types = await send(wrong.map((key): RedisCommand => ["TYPE", key]));
  return [
    ...accounts,
    ...wrong.map((key, index): MinerAccount => ({
      login: key.slice(start.length),
      balance: null,
      wrongType: String(types[index]),
    })),
  ];
}

function readBalance(
  reply: RedisReply | undefined,
  { key, name }: { readonly key: string; readonly name: string },
): string | null {
  // Told apart before a name is made for what went wrong: there are a million of them.
  if (reply === null || typeof reply === "string") return reply;
  return String(accepted(reply, { name, what: `read key "${key}"` }));
}

function isWrongType(reply: RedisReply | undefined): boolean {
  return reply instanceof RedisReplyError && reply.code === "WRONGTYPE";
}
