/**
 * Reads everything unresolved from Redis: what grows with the payments in flight in pages, so that
 * Redis answers others in between.
 *
 * @module
 */

import { Fault } from "../../domain/fault.ts";
import type { LedgerKeys } from "../../domain/ledger_keys.ts";
import type { PaymentKey } from "../../domain/payment.ts";
import { parsePendingRow } from "../../domain/pending_row.ts";
import type { Obligations } from "../../domain/ports/ledger.ts";
import type { RedisCommand, RedisReply } from "./connection.ts";
import { accepted } from "./reply_faults.ts";
import { pairsOf, timeOf } from "./reply_values.ts";

/** How many elements a page holds, more or less. */
const PAGE_COUNT = "1000";

/** How many pages are read of one key: far more than a ledger can have. */
const MAX_PAGES = 10_000;

/** What a reading is made from. */
export interface Reading {
  readonly keys: LedgerKeys;
  /** Where the ledger is, for people. */
  readonly name: string;
  /** Sends commands in one round trip. */
  readonly send: (commands: readonly RedisCommand[]) => Promise<readonly RedisReply[]>;
}

/** A key that is read page by page. SCAN may repeat an element: it is kept once. */
interface Paged {
  readonly command: "HSCAN" | "ZSCAN";
  readonly key: string;
  readonly found: Map<string, string>;
  /** Where the next page begins; `null`: it is read through. */
  cursor: string | null;
}

/**
 * GET, HGETALL, and HSCAN and ZSCAN until they are through: one round trip for a ledger with little in
 * flight, and one more for each further page.
 */
export async function readObligations(reading: Reading): Promise<Obligations> {
  const { keys, name, send } = reading;
  const texts = [keys.lock, keys.lease];
  const hashes = [keys.held, keys.nonces, keys.server];
  const paged = [
    pagesOf("ZSCAN", keys.pending),
    ...[keys.journal, keys.pendingTx, keys.pendingNonce].map((key) => pagesOf("HSCAN", key)),
  ];
  const [pending, journal, pendingTx, pendingNonce] = paged.map(({ found }) => found);
  const whole = [
    ...texts.map((key): RedisCommand => ["GET", key]),
    ...hashes.map((key): RedisCommand => ["HGETALL", key]),
  ];
  const replies = await send([...whole, ...paged.map(nextPage)]);
  takePages(reading, paged, replies.slice(whole.length));
  await readOn(reading, paged);
  const [lock, lease, held, nonces, server] = whole.map(([, key], index) =>
    accepted(replies[index], { name, what: `read key "${key}"` })
  );
  return {
    lock: textOf(lock),
    lease: textOf(lease),
    pending: [...pending ?? []]
      .map(([member, score]) => ({ member, at: timeOf(score) }))
      .toSorted((one, other) => one.at - other.at)
      .map(({ member, at }) => parsePendingRow(member, at)),
    journal: (journal ?? new Map()) as ReadonlyMap<PaymentKey, string>,
    pendingTx: pendingTx ?? new Map(),
    pendingNonce: pendingNonce ?? new Map(),
    held: new Map(pairsOf(held)),
    nonces: new Map(pairsOf(nonces)),
    server: new Map(pairsOf(server)),
  };
}

async function readOn(reading: Reading, paged: readonly Paged[]): Promise<void> {
  for (let page = 1; page < MAX_PAGES; page++) {
    const open = paged.filter(({ cursor }) => cursor !== null);
    if (open.length === 0) return;
    takePages(reading, open, await reading.send(open.map(nextPage)));
  }
  throw new Fault("ledger-nonsense", `${reading.name} never reaches the end of a key`);
}

function pagesOf(command: Paged["command"], key: string): Paged {
  return { command, key, found: new Map(), cursor: "0" };
}

function nextPage({ command, key, cursor }: Paged): RedisCommand {
  return [command, key, cursor ?? "0", "COUNT", PAGE_COUNT];
}

function takePages(
  { name }: Reading,
  open: readonly Paged[],
  replies: readonly RedisReply[],
): void {
  for (const [index, paged] of open.entries()) {
    const reply = accepted(replies[index], { name, what: `read key "${paged.key}"` });
    const [cursor, elements] = Array.isArray(reply) ? reply : [];
    if (typeof cursor !== "string" || !Array.isArray(elements)) {
      throw new Fault("ledger-nonsense", `Cannot read the answer of ${name} to ${paged.command}`);
    }
    for (const [element, value] of pairsOf(elements)) paged.found.set(element, value);
    paged.cursor = cursor === "0" ? null : cursor;
  }
}

function textOf(reply: RedisReply | undefined): string | null {
  return reply === null || reply === undefined ? null : String(reply);
}
