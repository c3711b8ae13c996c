/**
 * A ledger as plain values: what transitions are tried on.
 *
 * @module
 */

import type { Account, MoneyField } from "../../domain/account.ts";
import type { Address } from "../../domain/address.ts";
import type { LedgerView, WrongType } from "../../domain/commit_check.ts";
import type { Effect } from "../../domain/effect.ts";
import { parseShannon } from "../../domain/money.ts";
import type { Debt, PaymentKey } from "../../domain/payment.ts";
import { parsePendingRow } from "../../domain/pending_row.ts";
import type { ServerNote } from "../../domain/transition.ts";

/** A ledger that a test can look into. It does what it is told, also when that is wrong. */
export class LedgerModel implements LedgerView {
  /** Texts of money fields by account (a login; `null`: the pool) and field. */
  readonly texts = new Map<string, string>();
  readonly pendingRows = new Map<PaymentKey, number>();
  readonly records = new Map<PaymentKey, string>();
  readonly nonces = new Map<Address, string>();
  /** Rows of `P:payments:all`. */
  readonly paidRows = new Map<string, Debt>();
  readonly holds = new Map<string, string>();
  readonly servers: ServerNote[] = [];
  wrongTypes: readonly WrongType[] = [];

  money(account: Account, field: MoneyField): string | null {
    return this.texts.get(slotOf(account, field)) ?? null;
  }

  pending(key: PaymentKey): number | null {
    return this.pendingRows.get(key) ?? null;
  }

  journal(key: PaymentKey): string | null {
    return this.records.get(key) ?? null;
  }

  nonce(wallet: Address): string | null {
    return this.nonces.get(wallet) ?? null;
  }

  held(login: string): string | null {
    return this.holds.get(login) ?? null;
  }

  recorded(debt: Debt, hash: string): boolean {
    return this.paidRows.has(rowOf(debt, hash));
  }

  /** Puts a text where a money field stands. */
  setMoney(account: Account, field: MoneyField, text: string): void {
    this.texts.set(slotOf(account, field), text);
  }

  /** Writes an effect. */
  apply(effect: Effect): void {
    switch (effect.kind) {
      case "add": {
        const before = BigInt(this.money(effect.account, effect.field) ?? "0");
        this.setMoney(effect.account, effect.field, String(before + effect.amountShannon));
        return;
      }
      case "put-pending":
        this.pendingRows.set(effect.key, effect.at);
        return;
      case "remove-pending":
        this.pendingRows.delete(effect.key);
        return;
      case "put-paid":
        this.paidRows.set(rowOf(effect.debt, effect.hash), effect.debt);
        return;
      case "put-journal":
        this.records.set(effect.key, effect.record);
        return;
      case "erase-journal":
        this.records.delete(effect.key);
        return;
      case "put-held":
        this.holds.set(effect.login, effect.record);
        return;
      case "remove-held":
        this.holds.delete(effect.login);
        return;
      case "set-nonce":
        this.nonces.set(effect.wallet, String(effect.next));
        return;
      case "set-server":
        this.servers.push(effect.server);
        return;
      default:
        effect satisfies never;
    }
  }

  /** What all miners have in a field. */
  sumOfMiners(field: MoneyField): bigint {
    let sum = 0n;
    for (const [slot, text] of this.texts) {
      if (slot.startsWith(`${field} of `)) sum += BigInt(text);
    }
    return sum;
  }

  /** What the pool has in a field. */
  sumOfPool(field: MoneyField): bigint {
    return BigInt(this.money({ kind: "finances" }, field) ?? "0");
  }

  /** What the pending rows add up to. */
  sumOfPendingRows(): bigint {
    let sum = 0n;
    for (const key of this.pendingRows.keys()) {
      const row = parsePendingRow(key, 0);
      if (row.kind === "row") sum += row.amountShannon;
    }
    return sum;
  }

  /** What the rows of paid amounts add up to. */
  sumOfPaidRows(): bigint {
    let sum = 0n;
    for (const debt of this.paidRows.values()) sum += debt.amountShannon;
    return sum;
  }

  /** Money fields whose text Redis would not take as an integer. */
  unreadable(): readonly string[] {
    return [...this.texts].filter(([, text]) => parseShannon(text) === undefined)
      .map(([slot, text]) => `${slot}: ${text}`);
  }
}

function slotOf(account: Account, field: MoneyField): string {
  return account.kind === "finances" ? field : `${field} of ${account.login}`;
}

function rowOf(debt: Debt, hash: string): string {
  return `${hash}:${debt.login}:${debt.amountShannon}`;
}
