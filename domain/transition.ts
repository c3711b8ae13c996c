/**
 * The ledger's transitions: the steps that change it. Only *debit*, *settle*, *credit back*, and
 * *record paid*, which is debit and settlement in one, move money; the others keep the records
 * beside it.
 *
 * @module
 */

import type { Address, Hash } from "./address.ts";
import type { Hold } from "./hold.ts";
import type { Debt, Payment } from "./payment.ts";

/** What a run remembers of the ledger's server for the next one: `P:payments:server`. */
export interface ServerNote {
  /** Redis's `run_id`. */
  readonly runId: string;
  /** How many payments could be in flight at once. */
  readonly window: number;
  /** How many nonces have to be used up, since ledger and local journal were lost; 0: none. */
  readonly toSeal: number;
}

/** A nonce that a payment used, so that the next one is after it. */
export interface SpentNonce {
  /** The pool's wallet. */
  readonly wallet: Address;
  /** The nonce that was used. */
  readonly nonce: number;
}

/** One step of the ledger. Many may share one atomic commit. */
export type Transition =
  | { readonly kind: "debit"; readonly payment: Payment }
  /** A debit that the ledger lost, written again from the local journal, whatever the balance is. */
  | { readonly kind: "debit-again"; readonly payment: Payment }
  | { readonly kind: "record-attempt"; readonly before: Payment; readonly after: Payment }
  | {
    readonly kind: "settle";
    readonly debt: Debt;
    /** Our record; `null` for a row that a Go payer left. */
    readonly payment: Payment | null;
    readonly hash: Hash;
    /** When it is settled, in unix seconds. */
    readonly at: number;
  }
  | {
    readonly kind: "credit-back";
    readonly debt: Debt;
    readonly payment: Payment | null;
    readonly hold: Hold | null;
  }
  /** The coins left while the ledger had no debit for them: debit and settlement at once. */
  | {
    readonly kind: "record-paid";
    readonly debt: Debt;
    /** Our record without a pending row; `null` where the ledger has none. */
    readonly payment: Payment | null;
    /** The nonce that it used, where the ledger has forgotten that, too. */
    readonly spent: SpentNonce | null;
    readonly hash: Hash;
    /** When it is recorded, in unix seconds. */
    readonly at: number;
  }
  /** Ends a record of ours whose pending row somebody else took away: nothing can be sent for it. */
  | {
    readonly kind: "drop";
    readonly payment: Payment;
    /** The payee is held as well, where the ledger says more than is so. */
    readonly hold: Hold | null;
  }
  | { readonly kind: "hold"; readonly hold: Hold }
  /** An operator has looked: the payee is planned again. */
  | { readonly kind: "release"; readonly hold: Hold }
  | {
    readonly kind: "advance-nonce";
    readonly wallet: Address;
    readonly from: number | null;
    readonly to: number;
  }
  | { readonly kind: "note-server"; readonly server: ServerNote };

/** Whose transition it is; `null`: everybody's. */
export function loginOf(transition: Transition): string | null {
  switch (transition.kind) {
    case "debit":
    case "debit-again":
      return transition.payment.login;
    case "record-attempt":
      return transition.after.login;
    case "settle":
    case "credit-back":
    case "record-paid":
      return transition.debt.login;
    case "drop":
      return transition.payment.login;
    case "hold":
    case "release":
      return transition.hold.login;
    case "advance-nonce":
    case "note-server":
      return null;
    default:
      return transition satisfies never;
  }
}
