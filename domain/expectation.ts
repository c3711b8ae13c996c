/**
 * What transitions must find: what is looked at before they are applied.
 *
 * @module
 */

import type { Address, Hash } from "./address.ts";
import type { Hold } from "./hold.ts";
import { encodeRecord } from "./journal_record.ts";
import type { Shannon } from "./money.ts";
import {
  attemptHashes,
  type Debt,
  newestAttempt,
  type Payment,
  type PaymentKey,
  paymentKey,
} from "./payment.ts";
import type { SpentNonce, Transition } from "./transition.ts";

/** What must be so before a transition is applied. */
export type Expectation =
  | { readonly kind: "covers"; readonly login: string; readonly amountShannon: Shannon }
  /** A pending row that was debited at this time, in unix seconds; `null`: at any time. */
  | {
    readonly kind: "pending";
    readonly key: PaymentKey;
    readonly at: number | null;
    readonly there: boolean;
  }
  | { readonly kind: "journal"; readonly key: PaymentKey; readonly record: string | null }
  | { readonly kind: "unrecorded"; readonly debt: Debt; readonly hash: Hash }
  /** Whether a settlement of the debt could be written, so that nothing is sent that cannot be. */
  | { readonly kind: "recordable"; readonly debt: Debt }
  /** The very hold that the operator spoke of. */
  | { readonly kind: "held"; readonly hold: Hold }
  | { readonly kind: "nonce"; readonly wallet: Address; readonly next: number | null };

/** What a transition expects to find. */
export function expectationsOf(transition: Transition): readonly Expectation[] {
  switch (transition.kind) {
    case "debit": {
      const { login, amountShannon } = transition.payment;
      return [{ kind: "covers", login, amountShannon }, ...undebited(transition.payment)];
    }
    case "debit-again": {
      const { payment } = transition;
      return [
        ...undebited(payment),
        ...attemptHashes(payment).map((hash) =>
          ({ kind: "unrecorded", debt: payment, hash }) as const
        ),
      ];
    }
    case "record-attempt":
      return attemptExpectations(transition);
    case "settle":
      return [
        ...owned(transition.debt, transition.payment),
        { kind: "unrecorded", debt: transition.debt, hash: transition.hash },
      ];
    case "credit-back":
      return owned(transition.debt, transition.payment);
    case "record-paid":
      return [
        ...orphaned(transition.payment),
        ...unspent(transition.spent),
        { kind: "unrecorded", debt: transition.debt, hash: transition.hash },
        { kind: "recordable", debt: transition.debt },
      ];
    case "drop":
      return orphaned(transition.payment);
    case "hold":
    case "note-server":
      return [];
    case "release":
      return [{ kind: "held", hold: transition.hold }];
    case "advance-nonce":
      return [{ kind: "nonce", wallet: transition.wallet, next: transition.from }];
    default:
      return transition satisfies never;
  }
}

function undebited(payment: Payment): readonly Expectation[] {
  const key = paymentKey(payment);
  return [
    { kind: "pending", key, at: null, there: false },
    { kind: "journal", key, record: null },
    { kind: "recordable", debt: payment },
    { kind: "nonce", wallet: payment.wallet, next: payment.nonce },
  ];
}

function owned(debt: Debt, payment: Payment | null): readonly Expectation[] {
  const key = paymentKey(debt);
  const [record, at] = payment === null ? [null, null] : [encodeRecord(payment), payment.debitedAt];
  return [{ kind: "pending", key, at, there: true }, { kind: "journal", key, record }];
}

/** A record whose pending row is gone: a Go resolver took it. A Go payer may have debited anew. */
function orphaned(payment: Payment | null): readonly Expectation[] {
  if (payment === null) return [];
  const key = paymentKey(payment);
  return [
    { kind: "pending", key, at: payment.debitedAt, there: false },
    { kind: "journal", key, record: encodeRecord(payment) },
  ];
}

/** What pays needs its debit. A cancel pays nobody, and is safe whoever took the debit away. */
function attemptExpectations(
  { before, after }: Transition & { kind: "record-attempt" },
): readonly Expectation[] {
  const expected = owned(before, before);
  return newestAttempt(after).kind === "pay"
    ? expected
    : expected.filter(({ kind }) => kind === "journal");
}

function unspent(spent: SpentNonce | null): readonly Expectation[] {
  return spent === null ? [] : [{ kind: "nonce", wallet: spent.wallet, next: spent.nonce }];
}
