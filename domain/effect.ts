/**
 * What transitions write. Adapters turn effects into commands and know no rule.
 *
 * @module
 */

import type { Account, MoneyField } from "./account.ts";
import type { Address, Hash } from "./address.ts";
import { encodeHold, type Hold } from "./hold.ts";
import { encodeRecord } from "./journal_record.ts";
import { type Shannon, shannon } from "./money.ts";
import { attemptHashes, type Debt, type Payment, type PaymentKey, paymentKey } from "./payment.ts";
import type { ServerNote, SpentNonce, Transition } from "./transition.ts";

/** One thing that a transition writes. */
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

/**
 * The effects of a transition, in the order in which they are written.
 *
 * @example
 * ```ts ignore
 * for (const effect of effectsOf({ kind: "debit", payment })) write(effect);
 * ```
 */
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
      return [...eraseRecord(transition.payment), ...holdEffects(transition.hold)];
    case "hold":
      return holdEffects(transition.hold);
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

function spendEffects(spent: SpentNonce | null): readonly Effect[] {
  return spent === null ? [] : [{ kind: "set-nonce", wallet: spent.wallet, next: spent.nonce + 1 }];
}

function creditBackEffects(creditBack: Transition & { kind: "credit-back" }): readonly Effect[] {
  const key = paymentKey(creditBack.debt);
  return [
    ...move(creditBack.debt, "pending", "balance"),
    { kind: "remove-pending", key },
    { kind: "erase-journal", key },
    ...holdEffects(creditBack.hold),
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

function holdEffects(hold: Hold | null): readonly Effect[] {
  return hold === null ? [] : [{ kind: "put-held", login: hold.login, record: encodeHold(hold) }];
}
