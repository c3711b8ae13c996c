/**
 * Asks chain and ledger about what an operator says. Writes nothing: a dry run weighs words as a run
 * does.
 *
 * @module
 */

import type { Hash } from "../domain/address.ts";
import { MAX_EXPLAINED } from "../domain/continuity.ts";
import { valueOf } from "../domain/fact.ts";
import { chooseFees, type Fees, replaceFees } from "../domain/fees.ts";
import type { Hold } from "../domain/hold.ts";
import {
  judgeCreditOfGoRow,
  judgeCreditOfPayment,
  judgeSettle,
  type OwnFacts,
  type WordVerdict,
} from "../domain/judge_word.ts";
import type { Leftovers } from "../domain/leftovers.ts";
import { shannon, WEI_PER_SHANNON } from "../domain/money.ts";
import {
  type OpenDebt,
  openDebtsOf,
  type OperatorWord,
  recordOf,
} from "../domain/operator_word.ts";
import { newestAttempt, type Payment } from "../domain/payment.ts";
import { feeQuote } from "./preflight.ts";
import type { Looking } from "./run.ts";
import { isUnderWay } from "./transfers.ts";
import { lookUpNamed, ownFacts, payeeOf, type Question, searchTransfers } from "./word_evidence.ts";

/** What is to be done about a word, and about what. */
export type Weighed =
  | {
    readonly kind: "end";
    readonly open: OpenDebt;
    /** The hold that ends with it. */
    readonly hold: Hold | null;
    readonly verdict: WordVerdict & { readonly kind: "settle" | "credit-back" };
    /** What the rules would have done about one of our payments. */
    readonly own: OwnFacts | null;
  }
  | { readonly kind: "cancel"; readonly payment: Payment; readonly fees: Fees }
  | { readonly kind: "release"; readonly hold: Hold }
  | { readonly kind: "leave"; readonly evidence: string }
  | { readonly kind: "refuse"; readonly why: string };

/** Weighs one word against the leftovers as they were read, and against the chain as it is. */
export async function weighWord(
  looking: Looking,
  word: OperatorWord,
  leftovers: Leftovers,
): Promise<Weighed> {
  const open = openDebtsOf(word.login, leftovers);
  const hold = leftovers.held.find(({ login }) => login === word.login) ?? null;
  if (word.kind === "release") return weighRelease(word.login, { open, hold, leftovers });
  if (open.length === 0) return await weighAboutNothing(looking, word, leftovers);
  // A Go payer may have debited again what is an orphan of ours: the word is about whatever it fits.
  const weighed: Weighed[] = [];
  for (const each of open) {
    weighed.push(await weighAbout(looking, word, { open: each, hold, leftovers }));
  }
  const [fits, other] = weighed.filter(({ kind }) => kind !== "refuse");
  if (other !== undefined) return refuse("several debts of it are open, and it fits more than one");
  return fits ?? weighed[0] ?? refuse("nothing of it is open");
}

async function weighAbout(
  looking: Looking,
  word: Exclude<OperatorWord, { readonly kind: "release" }>,
  about: About,
): Promise<Weighed> {
  switch (word.kind) {
    case "settle":
      return await weighSettle(looking, word.hash, about);
    case "credit":
      return await weighCredit(looking, about);
    case "cancel":
      return await weighCancel(looking, about.open);
    default:
      return word satisfies never;
  }
}

interface About extends Question {
  readonly hold: Hold | null;
}

function weighRelease(
  login: string,
  { open, hold, leftovers }: {
    readonly open: readonly OpenDebt[];
    readonly hold: Hold | null;
    readonly leftovers: Leftovers;
  },
): Weighed {
  const [first] = open;
  if (first !== undefined) {
    const what = first.kind === "go-row" ? "a Go payer's debit" : "a payment";
    return refuse(`${what} of it is open, which has to end first: --settle or --credit`);
  }
  const malformed = leftovers.malformed.find((member) => member.startsWith(`${login}:`));
  if (malformed !== undefined) {
    return refuse(`the pending row "${malformed}" may be a payment to it: see docs/by-hand.md`);
  }
  return hold === null ? refuse("it is not held") : { kind: "release", hold };
}

/** A word that was heeded before, and said again because its answer was lost, is no mistake. */
async function weighAboutNothing(
  looking: Looking,
  word: Exclude<OperatorWord, { readonly kind: "release" }>,
  leftovers: Leftovers,
): Promise<Weighed> {
  if (word.kind === "settle") {
    const rows = await looking.ports.ledger.newestPaid(MAX_EXPLAINED);
    const row = rows.find((each) => each.hash === word.hash && each.login === word.login);
    if (row !== undefined) {
      return { kind: "leave", evidence: `${word.hash} is its payment already` };
    }
    const unknown = await weighUnknown(looking, word, leftovers);
    if (unknown !== undefined) return unknown;
  }
  const isHeld = leftovers.held.some(({ login }) => login === word.login);
  return refuse(`nothing of it is open${isHeld ? "; to lift its hold: --release" : ""}`);
}

/**
 * While the payee or the wallet is held because something took a nonce of ours, what that paid may be
 * written down: the coins left, and the ledger knows nothing of it.
 */
async function weighUnknown(
  looking: Looking,
  { login, hash }: OperatorWord & { readonly kind: "settle" },
  leftovers: Leftovers,
): Promise<Weighed | undefined> {
  const hold = leftovers.held.find((each) => each.login === login) ?? null;
  // Its debt stands in the books as paid: to take that back is no word.
  if (hold?.reason === "recorded-unpaid") {
    return refuse("it is recorded as paid: see docs/by-hand.md");
  }
  const isSuspect = leftovers.held.some((each) =>
    each.login === login || each.login === looking.policy.wallet
  );
  if (!isSuspect || !await isMiner(looking, login)) return undefined;
  const [fact] = await looking.ports.chain.transactions([hash]);
  const valueWei = valueOf(fact)?.valueWei;
  if (valueWei === undefined) return refuse("the node reported no such transaction");
  if (valueWei === 0n || valueWei % WEI_PER_SHANNON !== 0n) {
    return refuse(`it moved ${valueWei} Wei, which is not a payment`);
  }
  const debt = { login, amountShannon: shannon(valueWei / WEI_PER_SHANNON) };
  return await weighSettle(looking, hash, { open: { kind: "unknown", debt }, hold, leftovers });
}

async function isMiner({ ports, signal }: Looking, wanted: string): Promise<boolean> {
  for await (const page of ports.ledger.miners(signal)) {
    if (page.some(({ login }) => login === wanted)) return true;
  }
  signal.throwIfAborted();
  return false;
}

async function weighSettle(looking: Looking, hash: Hash, about: About): Promise<Weighed> {
  const { open, hold } = about;
  const record = recordOf(open);
  const own = record === null ? null : await ownFacts(looking, record);
  const named = await lookUpNamed(looking, hash, about);
  const verdict = judgeSettle(open, named, {
    wallet: looking.policy.wallet,
    payee: payeeOf(open),
    confirmations: looking.policy.confirmations,
    own,
    underWay: await isUnderWay(looking),
  });
  return asWeighed(verdict, { open, hold, own });
}

async function weighCredit(looking: Looking, about: About): Promise<Weighed> {
  const { open, hold } = about;
  const search = await searchTransfers(looking, about);
  const record = recordOf(open);
  if (record === null) return asWeighed(judgeCreditOfGoRow(search), { open, hold, own: null });
  const own = await ownFacts(looking, record);
  return asWeighed(judgeCreditOfPayment(record, own, search), { open, hold, own });
}

async function weighCancel(looking: Looking, open: OpenDebt): Promise<Weighed> {
  const payment = recordOf(open);
  if (payment === null) {
    return refuse(
      "a Go payer debited it, and its nonce is not ours to cancel: --settle or --credit",
    );
  }
  const newest = newestAttempt(payment);
  if (newest.kind === "cancel") {
    return { kind: "leave", evidence: `it is being cancelled by ${newest.hash ?? "the node"}` };
  }
  const latest = valueOf(looking.watch.tip.latestNonce);
  if (latest === undefined) return refuse("the node did not report the wallet's nonce");
  if (payment.nonce < latest) {
    return refuse(`its nonce ${payment.nonce} is spent: run resolve again when that is final`);
  }
  const { ceilingWei } = looking.policy;
  const chosen = chooseFees(await feeQuote(looking.ports.chain, looking.policy), ceilingWei);
  const earlier = payment.attempts.map(({ fees }) => fees);
  const fees = chosen === undefined ? undefined : replaceFees(chosen, earlier, ceilingWei);
  return fees === undefined
    ? refuse(`a cancel has to offer more than the ceiling of ${ceilingWei} Wei a unit of gas`)
    : { kind: "cancel", payment, fees };
}

function asWeighed(
  verdict: WordVerdict,
  rest: {
    readonly open: OpenDebt;
    readonly hold: Hold | null;
    readonly own: OwnFacts | null;
  },
): Weighed {
  return verdict.kind === "settle" || verdict.kind === "credit-back"
    ? { kind: "end", verdict, ...rest }
    : verdict;
}

function refuse(why: string): Weighed {
  return { kind: "refuse", why };
}
