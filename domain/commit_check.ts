/**
 * What is looked at before a commit: EXEC does not roll back, so everything that could fail inside
 * it is found before it.
 *
 * @module
 */

import type { Account, MoneyField } from "./account.ts";
import type { Address, Hash } from "./address.ts";
import { type Effect, effectsOf } from "./effect.ts";
import { type Expectation, expectationsOf } from "./expectation.ts";
import { decodeHold, type Hold } from "./hold.ts";
import { fitsShannon, parseShannon } from "./money.ts";
import { paidMember } from "./paid_row.ts";
import type { Debt, PaymentKey } from "./payment.ts";
import { loginOf, type Transition } from "./transition.ts";

/**
 * What an adapter read of the keys that a commit touches. A value is the text that stands there,
 * `null` when nothing does.
 */
export interface LedgerView {
  /** The text of a money field. */
  money(account: Account, field: MoneyField): string | null;
  /** When the pending row was debited, in unix seconds. */
  pending(key: PaymentKey): number | null;
  /** The text of the journal record. */
  journal(key: PaymentKey): string | null;
  /** The text of the wallet's next nonce. */
  nonce(wallet: Address): string | null;
  /** The text of why a login is held. */
  held(login: string): string | null;
  /** Whether `P:payments:all` has the row of this debt and hash. */
  recorded(debt: Debt, hash: Hash): boolean;
  /** Touched keys that hold another type than they must; `login` where it is one miner's own. */
  readonly wrongTypes: readonly WrongType[];
}

/** A key of another type than the ledger needs there. */
export interface WrongType {
  /** The key's whole name. */
  readonly key: string;
  /** Whose own key or part it is; `null`: everybody's. */
  readonly login: string | null;
  /** What Redis answers to TYPE. */
  readonly found: string;
  /** What it must be. */
  readonly expected: string;
}

/** Why a commit is not made. With a `login`, it is the fault of that payee alone. */
export interface CommitProblem {
  /** Whose own key or part it is; `null`: everybody's. */
  readonly login: string | null;
  /** What does not fit, for people. */
  readonly detail: string;
}

/**
 * Everything that speaks against applying these transitions, in this order, to the ledger as it was
 * read. Empty: apply them. Earlier transitions of the list count for later ones (two debits of one
 * commit use two nonces and take from the same `P:finances`).
 *
 * @example
 * ```ts ignore
 * const problems = findProblems([{ kind: "debit", payment }], view);
 * ```
 */
export function findProblems(
  transitions: readonly Transition[],
  view: LedgerView,
): readonly CommitProblem[] {
  const problems: CommitProblem[] = view.wrongTypes.map((wrong) => ({
    login: wrong.login,
    detail: `key "${wrong.key}" is a ${wrong.found}, expected a ${wrong.expected}`,
  }));
  const draft = new Draft(view);
  for (const transition of transitions) {
    for (const expectation of expectationsOf(transition)) {
      if (expectation.kind === "recordable") problems.push(...draft.unpayable(expectation.debt));
      const detail = draft.unmet(expectation);
      if (detail === undefined) continue;
      problems.push({ login: expectation.kind === "nonce" ? null : loginOf(transition), detail });
    }
    for (const effect of effectsOf(transition)) {
      const problem = draft.apply(effect);
      if (problem !== undefined) problems.push(problem);
    }
  }
  return problems;
}

/** The ledger as it would be after the transitions so far. */
class Draft {
  readonly #money = new Map<string, bigint>();
  readonly #pending = new Map<PaymentKey, number | null>();
  readonly #journal = new Map<PaymentKey, string | null>();
  readonly #nonces = new Map<Address, string>();
  readonly #held = new Map<string, string | null>();
  readonly #paid = new Set<string>();
  readonly #view: LedgerView;

  constructor(view: LedgerView) {
    this.#view = view;
  }

  unmet(expectation: Expectation): string | undefined {
    switch (expectation.kind) {
      case "covers": {
        const account: Account = { kind: "miner", login: expectation.login };
        const balance = this.#read(account, "balance");
        if (balance === undefined || balance >= expectation.amountShannon) return undefined;
        return `balance is ${balance}, less than the ${expectation.amountShannon} to be debited`;
      }
      case "pending": {
        const drafted = this.#pending.get(expectation.key);
        const found = drafted === undefined ? this.#view.pending(expectation.key) : drafted;
        const there = found !== null && (expectation.at ?? found) === found;
        if (there === expectation.there) return undefined;
        return `pending row "${expectation.key}" is ${
          there ? "there already" : found === null ? "gone" : "another debit's"
        }`;
      }
      case "journal": {
        const drafted = this.#journal.get(expectation.key);
        const record = drafted === undefined ? this.#view.journal(expectation.key) : drafted;
        if (record === expectation.record) return undefined;
        return `journal record "${expectation.key}" is ${
          record === null ? "gone" : expectation.record === null ? "there already" : "another"
        }`;
      }
      case "unrecorded":
        return this.#isRecorded(expectation.debt, expectation.hash)
          ? `transaction ${expectation.hash} is recorded already`
          : undefined;
      case "recordable":
        return undefined;
      case "held":
        return this.#unheld(expectation.hold);
      case "nonce": {
        const next = this.#nonces.get(expectation.wallet) ?? this.#view.nonce(expectation.wallet);
        const expected = expectation.next === null ? null : String(expectation.next);
        if (next === expected) return undefined;
        return `next nonce is ${next ?? "missing"}, expected ${expected ?? "none"}`;
      }
      default:
        return expectation satisfies never;
    }
  }

  apply(effect: Effect): CommitProblem | undefined {
    switch (effect.kind) {
      case "add":
        return this.#add(effect);
      case "put-pending":
        this.#pending.set(effect.key, effect.at);
        return undefined;
      case "remove-pending":
        this.#pending.set(effect.key, null);
        return undefined;
      case "put-journal":
        this.#journal.set(effect.key, effect.record);
        return undefined;
      case "erase-journal":
        this.#journal.set(effect.key, null);
        return undefined;
      case "set-nonce":
        this.#nonces.set(effect.wallet, String(effect.next));
        return undefined;
      case "put-held":
        this.#held.set(effect.login, effect.record);
        return undefined;
      case "remove-held":
        this.#held.set(effect.login, null);
        return undefined;
      case "put-paid":
        this.#paid.add(paidMember(effect.debt, effect.hash));
        return undefined;
      case "set-server":
        return undefined;
      default:
        return effect satisfies never;
    }
  }

  /** What would keep a settlement of the debt from being written. */
  unpayable(debt: Debt): readonly CommitProblem[] {
    const accounts: readonly Account[] = [
      { kind: "miner", login: debt.login },
      { kind: "finances" },
    ];
    return accounts.flatMap((account) => {
      const paid = this.#read(account, "paid");
      if (paid !== undefined && fitsShannon(paid + debt.amountShannon)) return [];
      const login = account.kind === "miner" ? account.login : null;
      const text = JSON.stringify(this.#view.money(account, "paid"));
      return [{ login, detail: `${nameOf(account)} paid is ${text}, which cannot be added to` }];
    });
  }

  #isRecorded(debt: Debt, hash: Hash): boolean {
    return this.#paid.has(paidMember(debt, hash)) || this.#view.recorded(debt, hash);
  }

  #unheld(hold: Hold): string | undefined {
    const drafted = this.#held.get(hold.login);
    const text = drafted === undefined ? this.#view.held(hold.login) : drafted;
    if (text === null) return "it is not held any more";
    const { reason, since } = decodeHold(hold.login, text);
    if (reason === hold.reason && since === hold.since) return undefined;
    return `it is held for another reason now: ${reason}`;
  }

  #add(effect: Effect & { kind: "add" }): CommitProblem | undefined {
    const { account, field } = effect;
    const login = account.kind === "miner" ? account.login : null;
    const before = this.#read(account, field);
    if (before === undefined) {
      const text = this.#view.money(account, field);
      return {
        login,
        detail: `${nameOf(account)} ${field} is ${JSON.stringify(text)}, no integer`,
      };
    }
    const after = before + effect.amountShannon;
    if (!fitsShannon(after)) {
      return { login, detail: `${nameOf(account)} ${field} would leave 64 bits (${after})` };
    }
    this.#money.set(slot(account, field), after);
    return undefined;
  }

  /** `undefined`: what stands there is no integer. A missing field counts as 0, as for HINCRBY. */
  #read(account: Account, field: MoneyField): bigint | undefined {
    const drafted = this.#money.get(slot(account, field));
    if (drafted !== undefined) return drafted;
    const text = this.#view.money(account, field);
    return text === null ? 0n : parseShannon(text);
  }
}

function slot(account: Account, field: MoneyField): string {
  return account.kind === "finances" ? `finances ${field}` : `miner ${account.login} ${field}`;
}

function nameOf(account: Account): string {
  return account.kind === "finances" ? "finances" : `miner ${account.login}`;
}
