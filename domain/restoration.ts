/**
 * What a ledger that lost writes is told again, nonce by nonce: from the local journal, which knows
 * every payment, and from the chain, which knows what was mined.
 *
 * @module
 */

import type { Address, Hash } from "./address.ts";
import type { JournalIndex } from "./journal_index.ts";
import { type Shannon, shannon, WEI_PER_SHANNON } from "./money.ts";
import { attemptHashes, type Debt, type Payment } from "./payment.ts";
import type { BlockRange, MinedTransaction, Receipt } from "./ports/chain.ts";

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
  readonly journalled: JournalIndex;
  /** The wallet's transactions in final blocks, by nonce. */
  readonly mined: ReadonlyMap<number, FinalTransaction>;
  /** Nonces whose transactions are rows of `P:payments:all`. */
  readonly recorded: ReadonlySet<number>;
  /** Miners by the address that their logins name: of all whom final transactions paid. */
  readonly miners: ReadonlyMap<Address, readonly Creditor[]>;
  /** Logins of which something is unresolved in the ledger. */
  readonly inFlight: ReadonlySet<string>;
  /** The wallet's transaction count in final blocks: what is below can be sent no more. */
  readonly finalNonce: number;
  /** When the newest row of a login was written, in unix seconds; of the rows that were read. */
  readonly lastPaid: ReadonlyMap<string, number>;
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
    /** What was signed for it must not be sent, and may have been: only a seal tells. It ends here. */
    | { readonly kind: "contested"; readonly why: string }
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
  const debtors = debtorsOf(facts);
  const open = new Set(facts.inFlight);
  for (let nonce = facts.from;; nonce++) {
    const step = stepAt(nonce, facts, { open, debtors }) ?? gapAt(nonce, facts);
    if (step === undefined) return steps;
    if (steps.at(-1)?.kind === "contested" && step.kind !== "contested") return steps;
    steps.push(step);
    if (step.kind === "unclear") return steps;
    if (step.kind === "debit-again") open.add(step.payment.login);
  }
}

/** A nonce of which nothing is known, below one of the local journal: that is mined only after it. */
function gapAt(nonce: number, { journalled }: RestorationFacts): Restored | undefined {
  if (nonce >= journalled.lastNonce) return undefined;
  return { kind: "contested", nonce, why: "nothing is known of it, and a later one was signed" };
}

/** What the steps before one come to. */
interface Progress {
  /** Logins of which something is unresolved. */
  readonly open: ReadonlySet<string>;
  /** {@linkcode debtorsOf}. */
  readonly debtors: ReadonlyMap<number, string>;
}

function stepAt(
  nonce: number,
  facts: RestorationFacts,
  { open, debtors }: Progress,
): Restored | undefined {
  if (facts.recorded.has(nonce)) return { kind: "recorded", nonce };
  const transaction = facts.mined.get(nonce);
  if (facts.journalled.at(nonce).length > 1 && transaction === undefined) {
    return { kind: "contested", nonce, why: "two payments were signed for it" };
  }
  const payment = journalledAt(nonce, facts);
  if (payment !== undefined && isPaidSince(payment, facts) && nonce >= facts.finalNonce) {
    const why = `"${payment.login}" was debited once more for what it was to pay`;
    return { kind: "contested", nonce, why };
  }
  if (payment !== undefined) return journalStep(payment, open);
  if (transaction === undefined) return undefined;
  const step = chainStep(transaction, facts, debtors);
  if (step.kind !== "adopt") return step;
  // What is open under another spelling of its address may be this very payment, too.
  const spellings = transaction.to === null ? [] : facts.miners.get(transaction.to) ?? [];
  const busy = spellings.find(({ login }) => open.has(login));
  return busy === undefined ? step : crowded(nonce, busy.login);
}

/**
 * Whether a payment was forgotten before its payee was debited again: of a login one is in flight at
 * most, so the later one took its place.
 */
export function isPaidSince(
  { login, nonce, debitedAt }: Payment,
  { journalled, lastPaid }: Pick<RestorationFacts, "journalled" | "lastPaid">,
): boolean {
  return (lastPaid.get(login) ?? 0) > debitedAt ||
    journalled.of(login).some((other) => other.nonce !== nonce && other.debitedAt > debitedAt);
}

/** The payment of the local journal that has a nonce; where that may not be it, the one that was mined. */
function journalledAt(nonce: number, facts: RestorationFacts): Payment | undefined {
  const found = facts.journalled.at(nonce);
  const hash = facts.mined.get(nonce)?.hash;
  const [only] = found;
  const isSure = found.length === 1 && only !== undefined && !isPaidSince(only, facts);
  if (isSure || hash === undefined) return only;
  return found.find((payment) => attemptHashes(payment).includes(hash));
}

function journalStep(payment: Payment, open: ReadonlySet<string>): Restored {
  const { nonce, login } = payment;
  return open.has(login) ? crowded(nonce, login) : { kind: "debit-again", nonce, payment };
}

/** What is open of a login may be this very payment, and one is in flight at most. */
function crowded(nonce: number, login: string): Restored {
  return unclear(
    nonce,
    `an earlier payment to "${login}" has to end first; then run resolve again`,
  );
}

function chainStep(
  transaction: FinalTransaction,
  { wallet, miners }: RestorationFacts,
  debtors: ReadonlyMap<number, string>,
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
  const debt = { login: debtors.get(nonce) ?? spellings[0]?.login ?? "", amountShannon };
  return { kind: "adopt", nonce, debt, transaction };
}

/**
 * Which of the logins that spell one address each payout was made to, by nonce. A payout is all that its
 * login was owed: the largest goes to whom it fits best, and so on, so that of what is left of the
 * others nobody is paid once more.
 */
function debtorsOf(facts: RestorationFacts): ReadonlyMap<number, string> {
  const { from, journalled, mined, recorded, miners } = facts;
  const owed = new Map<string, bigint>();
  for (const { login, balanceShannon } of [...miners.values()].flat()) {
    owed.set(login, balanceShannon);
  }
  for (const { nonce, login, amountShannon } of journalled.payments) {
    if (nonce >= from && !recorded.has(nonce)) owe(owed, login, -amountShannon);
  }
  const payouts = [...mined.values()]
    .filter(({ nonce, status, data }) =>
      nonce >= from && !recorded.has(nonce) && status !== "reverted" && data === "0x" &&
      journalledAt(nonce, facts) === undefined
    )
    .toSorted((one, other) => one.valueWei > other.valueWei ? -1 : 1);
  const debtors = new Map<number, string>();
  for (const { nonce, to, valueWei } of payouts) {
    const spellings = to === null ? [] : miners.get(to) ?? [];
    const amount = valueWei / WEI_PER_SHANNON;
    const login = bestFit(amount, spellings.map(({ login }) => [login, owed.get(login) ?? 0n]));
    if (login === undefined) continue;
    owe(owed, login, -amount);
    debtors.set(nonce, login);
  }
  return debtors;
}

function owe(owed: Map<string, bigint>, login: string, amount: bigint): void {
  owed.set(login, (owed.get(login) ?? 0n) + amount);
}

/** Of those that are owed so much the one that is owed least; else the one that is owed most. */
function bestFit(
  amount: bigint,
  owed: readonly (readonly [login: string, balance: bigint])[],
): string | undefined {
  const sorted = owed.toSorted(([, one], [, other]) => one < other ? -1 : 1);
  const [login] = sorted.find(([, balance]) => balance >= amount) ?? sorted.at(-1) ?? [];
  return login;
}

/** The nonces that only a seal tells of, where they are the next: both inclusive. */
export function contestedIn(steps: readonly Restored[]): BlockRange | undefined {
  const [first] = steps;
  const last = steps.at(-1);
  if (first?.kind !== "contested" || last === undefined) return undefined;
  return { from: first.nonce, to: last.nonce };
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
