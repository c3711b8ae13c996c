/**
 * The ledger's transitions as data: what each must find, and what it writes. Only *debit*, *settle*
 * and *credit back* move money; the others keep the records beside it. Adapters turn effects into
 * commands and know no rule.
 *
 * @module
 */

import type { Address, Hash } from "./address.ts";
import { encodeRecord } from "./journal_record.ts";
import { type Shannon, shannon } from "./money.ts";
import { attemptHashes, type Payment, type PaymentKey, paymentKey } from "./payment.ts";

/** Whom and how much: enough to name a row, also one that a Go payer left. */
export type Debt = Pick<Payment, "login" | "amountShannon">;

/** Why a payee is held back until an operator looks. */
export interface Hold {
  /** The payee's login. */
  readonly login: string;
  /** Why, in one word where it is ours; or an operator's own text. */
  readonly reason: string;
  /** Since when, in unix seconds. */
  readonly since: number;
}

/** One step of the ledger. Many may share one atomic commit. */
export type Transition =
  | { readonly kind: "debit"; readonly payment: Payment }
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
  | { readonly kind: "hold"; readonly hold: Hold }
  | {
    readonly kind: "advance-nonce";
    readonly wallet: Address;
    readonly from: number | null;
    readonly to: number;
  };

/** An account of the ledger: a miner's hash or the pool's `P:finances`. */
export type Account = { readonly kind: "miner"; readonly login: string } | {
  readonly kind: "finances";
};

/** The money fields of an account. */
export type MoneyField = typeof MONEY_FIELDS[number];

/** All of them. */
export const MONEY_FIELDS = ["balance", "pending", "paid"] as const;

/** What a transition writes, in the order of ledger.md's table. */
export type Effect =
  | {
    readonly kind: "add";
    readonly account: Account;
    readonly field: MoneyField;
    /** Signed. */
    readonly amountShannon: Shannon;
  }
  | { readonly kind: "put-pending"; readonly key: PaymentKey; readonly at: number }
  | { readonly kind: "remove-pending"; readonly key: PaymentKey }
  | {
    readonly kind: "put-paid";
    readonly debt: Debt;
    readonly hash: Hash;
    readonly at: number;
  }
  | {
    readonly kind: "put-journal";
    readonly key: PaymentKey;
    readonly record: string;
    /** For `P:payments:pendingtx`: the newest hash, if one is known. */
    readonly hash: Hash | null;
    /** For `P:payments:pendingnonce`. */
    readonly nonce: number;
  }
  | { readonly kind: "erase-journal"; readonly key: PaymentKey }
  | { readonly kind: "put-held"; readonly login: string; readonly record: string }
  | { readonly kind: "set-nonce"; readonly wallet: Address; readonly next: number };

/** What must be so before a transition is applied. */
export type Expectation =
  | { readonly kind: "covers"; readonly login: string; readonly amountShannon: Shannon }
  | { readonly kind: "pending"; readonly key: PaymentKey; readonly there: boolean }
  | { readonly kind: "journal"; readonly key: PaymentKey; readonly record: string | null }
  | { readonly kind: "unrecorded"; readonly debt: Debt; readonly hash: Hash }
  /** Whether a settlement of the debt could be written, so that nothing is sent that cannot be. */
  | { readonly kind: "recordable"; readonly debt: Debt }
  | { readonly kind: "nonce"; readonly wallet: Address; readonly next: number | null };

/** The effects of a transition, in the order in which they are written. */
export function effectsOf(transition: Transition): readonly Effect[] {
  switch (transition.kind) {
    case "debit":
      return debitEffects(transition.payment);
    case "record-attempt":
      return [journalEffect(transition.after)];
    case "settle":
      return settleEffects(transition);
    case "credit-back":
      return creditBackEffects(transition);
    case "hold":
      return [holdEffect(transition.hold)];
    case "advance-nonce":
      return [{ kind: "set-nonce", wallet: transition.wallet, next: transition.to }];
    default:
      return transition satisfies never;
  }
}

/** What a transition expects to find. `previous` are the transitions before it in the same commit. */
export function expectationsOf(transition: Transition): readonly Expectation[] {
  switch (transition.kind) {
    case "debit": {
      const { payment } = transition;
      const key = paymentKey(payment);
      return [
        { kind: "covers", login: payment.login, amountShannon: payment.amountShannon },
        { kind: "pending", key, there: false },
        { kind: "journal", key, record: null },
        { kind: "recordable", debt: payment },
        { kind: "nonce", wallet: payment.wallet, next: payment.nonce },
      ];
    }
    case "record-attempt":
      return owned(transition.before, transition.before);
    case "settle":
      return [
        ...owned(transition.debt, transition.payment),
        { kind: "unrecorded", debt: transition.debt, hash: transition.hash },
      ];
    case "credit-back":
      return owned(transition.debt, transition.payment);
    case "hold":
      return [];
    case "advance-nonce":
      return [{ kind: "nonce", wallet: transition.wallet, next: transition.from }];
    default:
      return transition satisfies never;
  }
}

/** Whose transition it is; `null`: everybody's. */
export function loginOf(transition: Transition): string | null {
  switch (transition.kind) {
    case "debit":
      return transition.payment.login;
    case "record-attempt":
      return transition.after.login;
    case "settle":
    case "credit-back":
      return transition.debt.login;
    case "hold":
      return transition.hold.login;
    case "advance-nonce":
      return null;
    default:
      return transition satisfies never;
  }
}

/** The text of a row of `P:payments:held`. */
export function encodeHold(hold: Hold): string {
  return JSON.stringify({ v: 1, reason: hold.reason, since: hold.since });
}

/** Reads a row of `P:payments:held`; a text that is not ours is itself the reason. */
export function decodeHold(login: string, text: string): Hold {
  try {
    const found = JSON.parse(text);
    if (typeof found?.reason === "string" && Number.isSafeInteger(found?.since)) {
      return { login, reason: found.reason, since: found.since };
    }
  } catch {
    // An operator may hold a payee by hand, with any text as the reason.
  }
  return { login, reason: text, since: 0 };
}

function owned(debt: Debt, payment: Payment | null): readonly Expectation[] {
  const key = paymentKey(debt);
  const record = payment === null ? null : encodeRecord(payment);
  return [{ kind: "pending", key, there: true }, { kind: "journal", key, record }];
}

function debitEffects(payment: Payment): readonly Effect[] {
  return [
    ...move(payment, "balance", "pending"),
    { kind: "put-pending", key: paymentKey(payment), at: payment.debitedAt },
    journalEffect(payment),
    { kind: "set-nonce", wallet: payment.wallet, next: payment.nonce + 1 },
  ];
}

function settleEffects(settle: Transition & { kind: "settle" }): readonly Effect[] {
  const key = paymentKey(settle.debt);
  return [
    ...move(settle.debt, "pending", "paid"),
    { kind: "put-paid", debt: settle.debt, hash: settle.hash, at: settle.at },
    { kind: "remove-pending", key },
    { kind: "erase-journal", key },
  ];
}

function creditBackEffects(creditBack: Transition & { kind: "credit-back" }): readonly Effect[] {
  const key = paymentKey(creditBack.debt);
  return [
    ...move(creditBack.debt, "pending", "balance"),
    { kind: "remove-pending", key },
    { kind: "erase-journal", key },
    ...(creditBack.hold === null ? [] : [holdEffect(creditBack.hold)]),
  ];
}

function move(debt: Debt, from: MoneyField, to: MoneyField): readonly Effect[] {
  const accounts: readonly Account[] = [{ kind: "miner", login: debt.login }, { kind: "finances" }];
  return accounts.flatMap((account): readonly Effect[] => [
    { kind: "add", account, field: from, amountShannon: shannon(-debt.amountShannon) },
    { kind: "add", account, field: to, amountShannon: debt.amountShannon },
  ]);
}

function journalEffect(payment: Payment): Effect {
  return {
    kind: "put-journal",
    key: paymentKey(payment),
    record: encodeRecord(payment),
    hash: attemptHashes(payment).at(-1) ?? null,
    nonce: payment.nonce,
  };
}

function holdEffect(hold: Hold): Effect {
  return { kind: "put-held", login: hold.login, record: encodeHold(hold) };
}
