/**
 * The ledger's transitions as data: what each must find, and what it writes. Only *debit*, *settle*,
 * *credit back*, and *record paid*, which is debit and settlement in one, move money; the others keep
 * the records beside it. Adapters turn effects into commands and know no rule.
 *
 * @module
 */

import type { Address, Hash } from "./address.ts";
import { encodeHold, type Hold } from "./hold.ts";
import { encodeRecord } from "./journal_record.ts";
import { type Shannon, shannon } from "./money.ts";
import {
  attemptHashes,
  newestAttempt,
  type Payment,
  type PaymentKey,
  paymentKey,
} from "./payment.ts";

/** Whom and how much: enough to name a row, also one that a Go payer left. */
export type Debt = Pick<Payment, "login" | "amountShannon">;

/** What a run remembers of the ledger's server for the next one: `P:payments:server`. */
export interface ServerNote {
  /** Redis's `run_id`. */
  readonly runId: string;
  /** How many payments could be in flight at once. */
  readonly window: number;
  /** How many nonces have to be used up, since ledger and local journal were lost; 0: none. */
  readonly toSeal: number;
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
    readonly spent: { readonly wallet: Address; readonly nonce: number } | null;
    readonly hash: Hash;
    /** When it is recorded, in unix seconds. */
    readonly at: number;
  }
  /** Ends a record of ours whose pending row somebody else took away: nothing can be sent for it. */
  | { readonly kind: "drop"; readonly payment: Payment }
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
  | { readonly kind: "remove-held"; readonly login: string }
  | { readonly kind: "set-nonce"; readonly wallet: Address; readonly next: number }
  | { readonly kind: "set-server"; readonly server: ServerNote };

/** What must be so before a transition is applied. */
export type Expectation =
  | { readonly kind: "covers"; readonly login: string; readonly amountShannon: Shannon }
  | { readonly kind: "pending"; readonly key: PaymentKey; readonly there: boolean }
  | { readonly kind: "journal"; readonly key: PaymentKey; readonly record: string | null }
  | { readonly kind: "unrecorded"; readonly debt: Debt; readonly hash: Hash }
  /** Whether a settlement of the debt could be written, so that nothing is sent that cannot be. */
  | { readonly kind: "recordable"; readonly debt: Debt }
  /** The very hold that the operator spoke of. */
  | { readonly kind: "held"; readonly hold: Hold }
  | { readonly kind: "nonce"; readonly wallet: Address; readonly next: number | null };

/** The effects of a transition, in the order in which they are written. */
export function effectsOf(transition: Transition): readonly Effect[] {
  switch (transition.kind) {
    case "debit":
    case "debit-again":
      return debitEffects(transition.payment);
    case "record-attempt":
      return [journalEffect(transition.after)];
    case "settle":
      return settleEffects(transition);
    case "credit-back":
      return creditBackEffects(transition);
    case "record-paid":
      return [
        ...move(transition.debt, "balance", "paid"),
        putPaid(transition),
        ...eraseRecord(transition.payment),
        ...spendEffects(transition.spent),
      ];
    case "drop":
      return eraseRecord(transition.payment);
    case "hold":
      return [holdEffect(transition.hold)];
    case "release":
      return [{ kind: "remove-held", login: transition.hold.login }];
    case "advance-nonce":
      return [{ kind: "set-nonce", wallet: transition.wallet, next: transition.to }];
    case "note-server":
      return [{ kind: "set-server", server: transition.server }];
    default:
      return transition satisfies never;
  }
}

/** What a transition expects to find. `previous` are the transitions before it in the same commit. */
export function expectationsOf(transition: Transition): readonly Expectation[] {
  switch (transition.kind) {
    case "debit": {
      const { login, amountShannon } = transition.payment;
      return [{ kind: "covers", login, amountShannon }, ...undebited(transition.payment)];
    }
    case "debit-again":
      return undebited(transition.payment);
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

function undebited(payment: Payment): readonly Expectation[] {
  const key = paymentKey(payment);
  return [
    { kind: "pending", key, there: false },
    { kind: "journal", key, record: null },
    { kind: "recordable", debt: payment },
    { kind: "nonce", wallet: payment.wallet, next: payment.nonce },
  ];
}

function owned(debt: Debt, payment: Payment | null): readonly Expectation[] {
  const key = paymentKey(debt);
  const record = payment === null ? null : encodeRecord(payment);
  return [{ kind: "pending", key, there: true }, { kind: "journal", key, record }];
}

/** A record whose pending row is gone: a Go resolver took it. */
function orphaned(payment: Payment | null): readonly Expectation[] {
  if (payment === null) return [];
  const key = paymentKey(payment);
  return [
    { kind: "pending", key, there: false },
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
    putPaid(settle),
    { kind: "remove-pending", key },
    { kind: "erase-journal", key },
  ];
}

type Spent = (Transition & { kind: "record-paid" })["spent"];

function unspent(spent: Spent): readonly Expectation[] {
  return spent === null ? [] : [{ kind: "nonce", wallet: spent.wallet, next: spent.nonce }];
}

function spendEffects(spent: Spent): readonly Effect[] {
  return spent === null ? [] : [{ kind: "set-nonce", wallet: spent.wallet, next: spent.nonce + 1 }];
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

function putPaid(
  { debt, hash, at }: Transition & { kind: "settle" | "record-paid" },
): Effect {
  return { kind: "put-paid", debt, hash, at };
}

function eraseRecord(payment: Payment | null): readonly Effect[] {
  return payment === null ? [] : [{ kind: "erase-journal", key: paymentKey(payment) }];
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
