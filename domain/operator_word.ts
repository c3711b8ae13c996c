/**
 * What an operator may say about a login, and what of a login is open for it to be said about.
 *
 * @module
 */

import type { Hash } from "./address.ts";
import type { ForeignRow, Leftovers } from "./leftovers.ts";
import type { Debt, Payment } from "./payment.ts";

/**
 * An operator's word about one login. *settle*: this transaction paid it. *credit*: it was never paid.
 * *cancel*: it must not be paid. *release*: it may be planned again.
 */
export type OperatorWord =
  | { readonly kind: "settle"; readonly login: string; readonly hash: Hash }
  | { readonly kind: "credit"; readonly login: string }
  | { readonly kind: "cancel"; readonly login: string }
  | { readonly kind: "release"; readonly login: string };

/** What became of an operator's word. */
export interface WordOutcome {
  /** What was said. */
  readonly word: OperatorWord;
  /** Whether it was done, now or before; otherwise something contradicts it. */
  readonly done: boolean;
  /** What was done and on what evidence, or what contradicts it. */
  readonly detail: string;
}

/** A debt that is neither paid nor credited back. */
export type OpenDebt =
  /** Ours, with its pending row. */
  | { readonly kind: "payment"; readonly payment: Payment }
  /** Ours, and somebody took its pending row away. */
  | { readonly kind: "orphan"; readonly payment: Payment }
  /** A Go payer's. */
  | { readonly kind: "go-row"; readonly foreign: ForeignRow }
  /** None that the ledger knows: a transfer left the wallet all the same. */
  | { readonly kind: "unknown"; readonly debt: Debt };

/** Everything that is open of a login. Malformed rows, of which nobody knows the amount, are not. */
export function openDebtsOf(login: string, leftovers: Leftovers): readonly OpenDebt[] {
  const isIts = (debt: Debt): boolean => debt.login === login;
  return [
    ...leftovers.payments.filter(isIts).map((payment) => ({ kind: "payment", payment }) as const),
    ...leftovers.orphans.filter(isIts).map((payment) => ({ kind: "orphan", payment }) as const),
    ...leftovers.foreign.filter(({ row }) => isIts(row))
      .map((foreign) => ({ kind: "go-row", foreign }) as const),
  ];
}

/** The login and the amount of an open debt. */
export function debtOf(open: OpenDebt): Debt {
  switch (open.kind) {
    case "payment":
    case "orphan":
      return open.payment;
    case "go-row":
      return open.foreign.row;
    case "unknown":
      return open.debt;
    default:
      return open satisfies never;
  }
}

/** Our own record of it; `null` where there is none. */
export function recordOf(open: OpenDebt): Payment | null {
  return open.kind === "payment" || open.kind === "orphan" ? open.payment : null;
}

/**
 * Which words can end what is open of a login, and its hold; the likelier first. None: no word can, or
 * every run ends it by itself.
 *
 * @param latestNonce The wallet's transaction count at the latest head.
 */
export function wordsFor(
  open: readonly OpenDebt[],
  latestNonce: number,
): readonly OperatorWord["kind"][] {
  if (open.length === 0) return ["release"];
  if (open.some(({ kind }) => kind === "go-row")) return ["settle", "credit"];
  return open.flatMap((each): OperatorWord["kind"][] => {
    const nonce = recordOf(each)?.nonce;
    if (nonce === undefined) return [];
    const isSpent = nonce < latestNonce;
    if (isSpent) return ["settle", "credit"];
    return each.kind === "orphan" ? [] : ["cancel"];
  });
}
