/**
 * Rows of payments: as they are written, and as they are found, Paydirt's, a Go payer's, or a fork's.
 *
 * @module
 */

import type { Hash } from "./address.ts";
import type { Debt } from "./payment.ts";
import type { PaidRow } from "./ports/ledger.ts";

/** A row is `hash:login:amount`, and the login may hold colons. */
const ROW = /^([^:]*):(.*):([^:]*)$/s;

/** Some forks add what they charged as a fourth field. */
const FORK_ROW = /^([^:]*):(0[xX][0-9a-fA-F]{40}):([0-9]+):[0-9]+$/;

/**
 * Reads a member of `P:payments:all` with its score in unix seconds; `undefined` when it is no row.
 *
 * @example
 * ```ts
 * import { parsePaidRow } from "./paid_row.ts";
 *
 * parsePaidRow("0xab:0xcd:600", 1_700_000_000); // { hash: "0xab", login: "0xcd", … }
 * ```
 */
export function parsePaidRow(member: string, at: number): PaidRow | undefined {
  const [, hash, login, amountShannon] = FORK_ROW.exec(member) ?? ROW.exec(member) ?? [];
  if (hash === undefined || login === undefined || amountShannon === undefined) return undefined;
  return { hash, login, amountShannon, at };
}

/** The member of `P:payments:all` for a debt that this transaction paid. */
export function paidMember(debt: Debt, hash: Hash): string {
  return `${hash}:${debt.login}:${debt.amountShannon}`;
}

/** The member of `P:payments:<login>` for a debt that this transaction paid. */
export function paidToMember(debt: Debt, hash: Hash): string {
  return `${hash}:${debt.amountShannon}`;
}
