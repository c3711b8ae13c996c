/**
 * What to do about payments in flight: the one place where a payment is called paid, failed, or
 * neither. Pure: facts in, verdicts out.
 *
 * @module
 */

import type { Hash } from "./address.ts";
import { areCancelled, decideContested } from "./decide_contested.ts";
import { decideOrphan } from "./decide_orphan.ts";
import { creditBack, decideSpent, runsNoCode, wait } from "./decide_spent.ts";
import { type Fact, valueOf } from "./fact.ts";
import { bumpFees, type Fees, isSameFees, raiseToCeiling, replaceFees } from "./fees.ts";
import { depthOf, type HeaderRun } from "./headers.ts";
import type { Wei } from "./money.ts";
import { type Attempt, newestAttempt, type Payment } from "./payment.ts";
import type { Policy } from "./policy.ts";
import type { MinedTransaction, Receipt } from "./ports/chain.ts";

/** A payment in flight, with what this run saw of its sending. */
export interface InFlight {
  /** Its write-ahead record. */
  readonly payment: Payment;
  /** The head's number when this run first sent the newest attempt; `null`: not yet. */
  readonly sentAt: number | null;
  /** Whether the node's last answer was that it offers too little for its gas. */
  readonly underpriced: boolean;
  /** Whether the node kept a dearer transaction of the nonce than the newest attempt. */
  readonly outbid: boolean;
  /** How often the node refused the newest attempt's bytes, and since which head. */
  readonly refusals: number;
  /** The head's number at the first of these refusals; `null`: there was none. */
  readonly refusedSince: number | null;
  /** Whether the local journal has others in its place, so that it must never be sent. */
  readonly contested: boolean;
  /** What is known where somebody took its debit away; `null`: the debit stands. */
  readonly orphan: Orphaned | null;
}

/** A payment of ours without its debit: a Go resolver worked behind our back. */
export interface Orphaned {
  /** Whether a row of `P:payments:all` says that one of its attempts paid it. */
  readonly recorded: boolean;
}

/** The transaction that a block holds at a payment's nonce. */
export interface Spender {
  /** As its block holds it. */
  readonly transaction: MinedTransaction;
  /** What its receipt says. */
  readonly status: Receipt["status"];
  /** What it cost; `null` where the node does not say. */
  readonly feeWei: Wei | null;
  /** Whether its hash stands in `P:payments:all` already. */
  readonly recorded: boolean;
}

/** What is known of the chain at one head. */
export interface Facts {
  /** Linked headers; the first run ends at the head. */
  readonly runs: readonly HeaderRun[];
  /** The wallet's transaction count at the latest head. */
  readonly latestNonce: Fact<number>;
  /** The wallet's transaction count with the mempool. */
  readonly pendingNonce: Fact<number>;
  /** The wallet's transaction count at the newest final block. */
  readonly finalNonce: Fact<number>;
  /** Receipts by hash; a hash that was not asked for is not there. */
  readonly receipts: ReadonlyMap<Hash, Fact<Receipt>>;
  /** By nonce: what a *complete* scan of the final blocks since the debit found. */
  readonly spenders: ReadonlyMap<number, Fact<Spender>>;
}

/** Why a payment is held for an operator. */
export type HoldReason =
  | "reverted"
  | "cancelled"
  | "nonce-vanished"
  | "status-missing"
  | "recorded"
  | "paid-by-stranger"
  | "sent-by-node"
  | "recorded-unpaid";

/** Why a payment can never be paid. */
export type FailureReason = "reverted" | "cancelled" | "nonce-taken";

/** What to do about one payment. */
export type Verdict =
  | { readonly kind: "wait"; readonly why: string }
  | {
    readonly kind: "settle";
    readonly hash: Hash;
    readonly block: number;
    readonly feeWei: Wei | null;
  }
  | {
    readonly kind: "credit-back";
    readonly reason: FailureReason;
    readonly hash: Hash;
    readonly feeWei: Wei | null;
    /** Whether the payee is held as well. */
    readonly hold: HoldReason | null;
    /** The transaction that took the nonce, where it is none of ours. */
    readonly stranger: MinedTransaction | null;
  }
  | { readonly kind: "send-again" }
  | { readonly kind: "replace"; readonly attempt: Attempt["kind"]; readonly fees: Fees }
  /** Fees or gas were refused: make a new attempt from what the node asks for now. */
  | { readonly kind: "mend" }
  /** Scan the final blocks since the debit for the transaction at this nonce. */
  | { readonly kind: "investigate" }
  | { readonly kind: "hold"; readonly reason: HoldReason }
  /** Of an orphan: nothing can be sent for it any more, and nothing is owed for it. */
  | {
    readonly kind: "drop";
    readonly reason: FailureReason | "paid";
    readonly hash: Hash | null;
    /** Whether its payee is held: somebody recorded as paid what never arrives. */
    readonly hold: HoldReason | null;
    readonly stranger: MinedTransaction | null;
  }
  /** Of an orphan: only an operator goes further. */
  | { readonly kind: "ask"; readonly why: string };

/** A payment in flight with what was decided about it. */
export interface Decided {
  /** The payment, as it was before. */
  readonly flight: InFlight;
  /** What to do about it. */
  readonly verdict: Verdict;
}

/** The part of the operator's decisions that matters here. */
export type DecidePolicy =
  & Pick<Policy, "confirmations" | "bumpAfterBlocks" | "cancelAfterBlocks" | "gas">
  & { readonly ceilingWei: Wei };

/** How many refusals of one attempt are taken for a lasting fault of its gas, fees or type. */
const LASTING_REFUSALS = 3;

/** How many attempts a payment may have: a record must stay readable, and a bump must end. */
const MAX_ATTEMPTS = 32;

/**
 * Decides about every payment in flight, in order.
 *
 * An unknown fact waits; *credit back* needs one of our own attempts reverted or cancelled, or
 * another transaction at the nonce, each in a final block.
 *
 * @example
 * ```ts ignore
 * for (const { flight, verdict } of decide(inFlight, facts, policy)) perform(flight, verdict);
 * ```
 */
export function decide(
  inFlight: readonly InFlight[],
  facts: Facts,
  policy: DecidePolicy,
): readonly Decided[] {
  const plain = inFlight.map((flight) => ({ flight, verdict: decideOne(flight, facts, policy) }));
  const known = { facts, policy, areCancelled: areCancelled(plain) };
  return plain.map(({ flight, verdict }) => {
    const own = flight.orphan === null ? verdict : decideOrphan(flight, verdict, known);
    return { flight, verdict: flight.contested ? decideContested(flight, own, known) : own };
  });
}

function decideOne(flight: InFlight, facts: Facts, policy: DecidePolicy): Verdict {
  const { payment } = flight;
  const latest = valueOf(facts.latestNonce);
  if (latest === undefined) return wait("the node did not report the wallet's nonce");
  if (latest <= payment.nonce) return decideUnmined(flight, facts, policy);

  let unknown = false;
  let offChain = false;
  const mined: Mined[] = [];
  for (const attempt of payment.attempts) {
    const fact = attempt.hash === null ? undefined : facts.receipts.get(attempt.hash);
    if (fact?.kind === "unknown") unknown = true;
    if (fact?.kind !== "present") continue;
    const depth = depthOf(fact.value.block, facts.runs);
    if (depth === 0) offChain = true;
    else mined.push({ attempt, receipt: fact.value, depth });
  }
  const [first] = mined;
  if (mined.some(({ attempt }) => attempt.hash !== first?.attempt.hash)) {
    return wait("two attempts of one nonce are said to be mined, so one answer is wrong");
  }
  if (first !== undefined) {
    return first.depth >= policy.confirmations
      ? decideMined(first, policy)
      : wait("mined, not final yet");
  }
  if (offChain) return wait("mined in a block off our chain");
  if (unknown) return wait("the node did not report the receipt");
  return decideSpent(payment, facts, policy);
}

/** One of our attempts in a block of our chain. */
interface Mined {
  readonly attempt: Attempt;
  readonly receipt: Receipt;
  readonly depth: number;
}

/** One of our attempts is in a final block. */
function decideMined({ attempt, receipt }: Mined, policy: DecidePolicy): Verdict {
  const { hash, feeWei, block } = receipt;
  if (attempt.kind === "cancel") {
    return creditBack("cancelled", { hash, feeWei, hold: "cancelled" });
  }
  switch (receipt.status) {
    case "success":
      return { kind: "settle", hash, block: block.number, feeWei };
    case "reverted":
      return creditBack("reverted", { hash, feeWei, hold: "reverted" });
    case "missing":
      return runsNoCode(attempt, policy)
        ? { kind: "settle", hash, block: block.number, feeWei }
        : { kind: "hold", reason: "status-missing" };
    default:
      return receipt.status satisfies never;
  }
}

/** The nonce is unspent at the latest head. */
function decideUnmined(flight: InFlight, facts: Facts, policy: DecidePolicy): Verdict {
  const { payment } = flight;
  const newest = newestAttempt(payment);
  const head = facts.runs[0]?.at(-1)?.number;
  if (head === undefined) return wait("no head yet");
  const pending = valueOf(facts.pendingNonce);
  if (pending === undefined) return wait("the node did not report the mempool's nonce");
  const inMempool = pending > payment.nonce;
  // A node that signs for itself makes another transaction at each send: it must not take a nonce
  // that an earlier payment still needs.
  if (newest.raw === null && pending < payment.nonce) return wait("an earlier payment goes first");
  if (!inMempool && flight.refusals >= LASTING_REFUSALS && flight.refusedSince !== null) {
    const overdue = head - flight.refusedSince >= policy.cancelAfterBlocks ||
      payment.attempts.length >= MAX_ATTEMPTS;
    if (!overdue) return newest.kind === "pay" ? { kind: "mend" } : { kind: "send-again" };
    const fees = bumpFees(newest.fees, policy.ceilingWei) ?? newest.fees;
    if (newest.kind === "pay") return { kind: "replace", attempt: "cancel", fees };
  }
  if (newest.raw !== null && flight.sentAt === null) return { kind: "send-again" };
  const waited = head - (flight.sentAt ?? payment.head.number);
  if (waited >= policy.bumpAfterBlocks && payment.attempts.length < MAX_ATTEMPTS) {
    if (!inMempool && flight.underpriced && newest.kind === "pay") return { kind: "mend" };
    const fees = raisedFees(flight, policy.ceilingWei);
    if (fees !== undefined) return { kind: "replace", attempt: newest.kind, fees };
  }
  return inMempool ? wait("in the mempool") : { kind: "send-again" };
}

/** A raise; or, where another transaction keeps the newest attempt out, what may replace that. */
function raisedFees({ payment, outbid }: InFlight, ceilingWei: Wei): Fees | undefined {
  const { fees } = newestAttempt(payment);
  const bumped = bumpFees(fees, ceilingWei);
  if (!outbid) return bumped;
  const earlier = payment.attempts.slice(0, -1).map((attempt) => attempt.fees);
  const enough = replaceFees(fees, earlier, ceilingWei);
  if (enough !== undefined && !isSameFees(enough, fees)) return enough;
  return bumped ?? raiseToCeiling(fees, ceilingWei);
}
