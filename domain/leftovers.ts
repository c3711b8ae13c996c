/**
 * What earlier runs left behind, sorted: our own payments in flight, orphans, rows of Go payers.
 *
 * @module
 */

import { type Hash, isHash } from "./address.ts";
import { decodeHold, type Hold } from "./hold.ts";
import { decodeRecord } from "./journal_record.ts";
import { type Payment, type PaymentKey, paymentKey } from "./payment.ts";
import type { PendingRow } from "./pending_row.ts";
import type { Obligations } from "./ports/ledger.ts";

/** A pending row without a record of ours: a Go payer debited it, and perhaps sent it. */
export interface ForeignRow {
  /** The pending row. */
  readonly row: PendingRow & { readonly kind: "row" };
  /** *etc26*: the hash that the node answered with. */
  readonly hash: Hash | null;
  /** *etc26*: the nonce that was read before sending, so probably its nonce. */
  readonly nonce: number | null;
}

/** Everything unresolved, sorted by what follows from it. */
export interface Leftovers {
  /** Ours: journal record and pending row are both there. */
  readonly payments: readonly Payment[];
  /**
   * Journal records without a pending row of their own: somebody resolved them behind our back. A
   * row that was debited at another time is a Go payer's, which comes up when the record has ended.
   */
  readonly orphans: readonly Payment[];
  /** Rows of Go payers. */
  readonly foreign: readonly ForeignRow[];
  /** Pending members that make no sense. */
  readonly malformed: readonly string[];
  /** Payees who wait for an operator. */
  readonly held: readonly Hold[];
  /** Journal records that cannot be read, with the reason: nothing may be sent before they are. */
  readonly unreadable: readonly { readonly key: string; readonly problem: string }[];
  /** The lock of a Go payer, alive or dead. */
  readonly goLock: string | null;
}

/**
 * Sorts what the ledger holds. Nothing is left out.
 *
 * @example
 * ```ts ignore
 * const { payments, orphans, foreign } = sortLeftovers(await ledger.obligations());
 * ```
 */
export function sortLeftovers(found: Obligations): Leftovers {
  const rows = new Map(found.pending.flatMap((row) => row.kind === "row" ? [[row.key, row]] : []));
  const payments: Payment[] = [];
  const orphans: Payment[] = [];
  const unreadable: { key: string; problem: string }[] = [];
  for (const [key, text] of found.journal) {
    const decoded = readRecord(key, text);
    if ("problem" in decoded) unreadable.push({ key, problem: decoded.problem });
    else if (rows.get(key)?.at === decoded.payment.debitedAt) payments.push(decoded.payment);
    else orphans.push(decoded.payment);
  }
  const foreign = [...rows.values()]
    .filter((row) => !found.journal.has(row.key))
    .map((row) => foreignRow(row, found));
  return {
    payments: payments.toSorted((a, b) => a.nonce - b.nonce),
    orphans,
    foreign,
    malformed: found.pending.flatMap((row) => row.kind === "malformed" ? [row.member] : []),
    held: [...found.held].map(([login, text]) => decodeHold(login, text)),
    unreadable,
    goLock: found.lock !== null && !found.lock.startsWith("paydirt:") ? found.lock : null,
  };
}

/**
 * Logins of which something is unresolved: none of them is planned. Of a malformed pending member
 * nobody knows the amount, but whom it names is not paid again before it is cleared up.
 */
export function loginsInFlight(leftovers: Leftovers): ReadonlySet<string> {
  return new Set([
    ...leftovers.payments.map(({ login }) => login),
    ...leftovers.orphans.map(({ login }) => login),
    ...leftovers.foreign.map(({ row }) => row.login),
    ...leftovers.malformed.map((member) => member.split(":", 1)[0] ?? member),
  ]);
}

/** Under the key of another payment, a record would send what its own key never debited. */
function readRecord(key: PaymentKey, text: string): ReturnType<typeof decodeRecord> {
  const decoded = decodeRecord(text);
  if ("problem" in decoded) return decoded;
  const own = paymentKey(decoded.payment);
  return own === key ? decoded : { problem: `it is the record of "${own}"` };
}

function foreignRow(row: PendingRow & { readonly kind: "row" }, found: Obligations): ForeignRow {
  const hash = found.pendingTx.get(row.key)?.toLowerCase();
  const nonce = found.pendingNonce.get(row.key);
  return {
    row,
    hash: isHash(hash) ? hash : null,
    nonce: nonce !== undefined && /^(?:0|[1-9][0-9]{0,14})$/.test(nonce) ? Number(nonce) : null,
  };
}
