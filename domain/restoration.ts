/**
 * What a ledger that lost writes is told again, nonce by nonce: from the local journal, which knows
 * every payment, and from the chain, which knows what was mined.
 *
 * @module
 */

import type { Address, Hash } from "./address.ts";
import { type Shannon, shannon, WEI_PER_SHANNON } from "./money.ts";
import { attemptHashes, type Debt, type Payment } from "./payment.ts";
import type { MinedTransaction, Receipt } from "./ports/chain.ts";

/** A transaction of the wallet in a final block, with what became of it. */
export interface FinalTransaction extends MinedTransaction {
  /** `missing`: the node does not say, and the recipient is not known to run no code. */
  readonly status: Receipt["status"];
}

/** A miner, and what the ledger owes to it as it stands. */
export interface Creditor {
  /** As its key has it. */
  readonly login: string;
  /** 0 where the ledger has no number. */
  readonly balanceShannon: Shannon;
}

/** What is known of the nonces that the ledger forgot. */
export interface RestorationFacts {
  /** The pool's wallet. */
  readonly wallet: Address;
  /** The ledger's next nonce, or where the local journal begins. */
  readonly from: number;
  /** Payments of the local journal. */
  readonly journalled: readonly Payment[];
  /** The wallet's transactions in final blocks, by nonce. */
  readonly mined: ReadonlyMap<number, FinalTransaction>;
  /** Nonces whose transactions are rows of `P:payments:all`. */
  readonly recorded: ReadonlySet<number>;
  /** Miners by the address that their logins name: of all whom final transactions paid. */
  readonly miners: ReadonlyMap<Address, readonly Creditor[]>;
  /** Logins of which something is unresolved in the ledger. */
  readonly inFlight: ReadonlySet<string>;
}

/** What is done about one nonce. */
export type Restored =
  & { readonly nonce: number }
  & (
    /** The local journal knows it: the debit is written again, and goes on as any payment. */
    | { readonly kind: "debit-again"; readonly payment: Payment }
    /** It paid a miner: debit and settlement are written again, on the operator's word. */
    | { readonly kind: "adopt"; readonly debt: Debt; readonly transaction: FinalTransaction }
    /** It paid no miner: the nonce alone is written; on the operator's word, unless it is proved. */
    | {
      readonly kind: "pass";
      readonly transaction: FinalTransaction;
      readonly why: string;
      readonly proved: boolean;
    }
    /** A row of the ledger stands for it: the nonce alone is written. */
    | { readonly kind: "recorded" }
    /** Nobody can tell: it ends here. */
    | { readonly kind: "unclear"; readonly why: string }
  );

/**
 * Goes through the nonces that the ledger forgot, until one of which nothing is known.
 *
 * @example
 * ```ts ignore
 * for (const step of planRestoration(facts)) console.log(step.nonce, step.kind);
 * ```
 */
export function planRestoration(facts: RestorationFacts): readonly Restored[] {
  const steps: Restored[] = [];
  const so: Progress = { open: new Set(facts.inFlight), debited: new Map() };
  for (let nonce = facts.from;; nonce++) {
    const step = stepAt(nonce, facts, so);
    if (step === undefined) return steps;
    steps.push(step);
    if (step.kind === "unclear") return steps;
    if (step.kind === "debit-again") so.open.add(step.payment.login);
    const debt = step.kind === "debit-again"
      ? step.payment
      : step.kind === "adopt"
      ? step.debt
      : null;
    if (debt !== null) {
      so.debited.set(debt.login, (so.debited.get(debt.login) ?? 0n) + debt.amountShannon);
    }
  }
}

/** What the steps so far come to. */
interface Progress {
  /** Logins of which something is unresolved. */
  readonly open: Set<string>;
  /** What was debited anew, by login, in Shannon. */
  readonly debited: Map<string, bigint>;
}

function stepAt(
  nonce: number,
  facts: RestorationFacts,
  { open, debited }: Progress,
): Restored | undefined {
  if (facts.recorded.has(nonce)) return { kind: "recorded", nonce };
  const transaction = facts.mined.get(nonce);
  const journalled = facts.journalled.filter((payment) => payment.nonce === nonce);
  const [payment] = journalled.length > 1
    ? journalled.filter((each) => transaction && attemptHashes(each).includes(transaction.hash))
    : journalled;
  if (payment !== undefined) return journalStep(payment, open);
  if (journalled.length > 1) return unclear(nonce, "the local journal has two payments for it");
  if (transaction === undefined) return undefined;
  const step = chainStep(transaction, facts, debited);
  return step.kind === "adopt" && open.has(step.debt.login) ? crowded(nonce, step.debt) : step;
}

function journalStep(payment: Payment, open: ReadonlySet<string>): Restored {
  const { nonce, login } = payment;
  return open.has(login) ? crowded(nonce, payment) : { kind: "debit-again", nonce, payment };
}

/** What is open of a login may be this very payment, and one is in flight at most. */
function crowded(nonce: number, { login }: Debt): Restored {
  return unclear(
    nonce,
    `an earlier payment to "${login}" has to end first; then run resolve again`,
  );
}

function chainStep(
  transaction: FinalTransaction,
  { wallet, miners }: RestorationFacts,
  debited: ReadonlyMap<string, bigint>,
): Restored {
  const { nonce, to, valueWei, data, status } = transaction;
  const pass = (why: string, proved = false): Restored => ({
    kind: "pass",
    nonce,
    transaction,
    why,
    proved,
  });
  if (to === wallet && valueWei === 0n) return pass("it moved nothing", true);
  if (status === "reverted") return pass("it reverted");
  const spellings = to === null ? [] : miners.get(to) ?? [];
  if (spellings.length === 0) return pass("its recipient is no miner of the pool");
  if (valueWei === 0n) return pass("it moved nothing");
  if (data !== "0x" || valueWei % WEI_PER_SHANNON !== 0n) return pass("no payout looks like it");
  if (status === "missing") return unclear(nonce, "the node does not say whether it succeeded");
  const amountShannon = shannon(valueWei / WEI_PER_SHANNON);
  const debt = { login: debtorOf(amountShannon, spellings, debited), amountShannon };
  return { kind: "adopt", nonce, debt, transaction };
}

/**
 * Which of the logins that spell one address a payout was made to: of those that are owed so much the
 * one that is owed least, so that what is left of each covers the others; else the one owed most.
 */
function debtorOf(
  amountShannon: Shannon,
  spellings: readonly Creditor[],
  debited: ReadonlyMap<string, bigint>,
): string {
  const owed = spellings
    .map(({ login, balanceShannon }) => ({
      login,
      balance: balanceShannon - (debited.get(login) ?? 0n),
    }))
    .toSorted((one, other) => one.balance < other.balance ? -1 : 1);
  const fit = owed.find(({ balance }) => balance >= amountShannon) ?? owed.at(-1);
  if (fit === undefined) throw new Error("Nobody spells the address");
  return fit.login;
}

/** What the operator has to speak for: the hashes of these steps' transactions. */
export function hashesToSpeakFor(steps: readonly Restored[]): readonly Hash[] {
  return steps.flatMap((step) => needsWord(step) ? [step.transaction.hash] : []);
}

/** Whether a step is done only on the operator's word. */
export function needsWord(
  step: Restored,
): step is Restored & { readonly transaction: FinalTransaction } {
  return step.kind === "adopt" || (step.kind === "pass" && !step.proved);
}

function unclear(nonce: number, why: string): Restored {
  return { kind: "unclear", nonce, why };
}
