/**
 * Debits and sends payees until the window is full: nonce, signature, debit, durable, broadcast, in
 * this order and never another. While one batch leaves, the next is debited, and the one after it is
 * signed.
 *
 * @module
 */

import { isNodeFault } from "../domain/fault.ts";
import { chooseFees, currentPriceWei, type Fees, maxPriceWei } from "../domain/fees.ts";
import { valueOf } from "../domain/fact.ts";
import { newestAttempt, type Payment } from "../domain/payment.ts";
import { cover, type Payee } from "../domain/plan.ts";
import { type Batch, debit, signBatch } from "./debit.ts";
import { reservedWei } from "./make_plan.ts";
import { lookAtTip, POLL_MS } from "./observe.ts";
import { Outbox } from "./outbox.ts";
import { feeQuote } from "./preflight.ts";
import { type Run, stopDebits } from "./run.ts";
import { adjustWindow } from "./window.ts";

/** For how long payees are paid, at the most, before what is in flight is looked at again. */
const FILL_MS = 30_000;

/** Fills the window from the queue, as far as fees, funds and the node allow. */
export async function fillWindow(run: Run): Promise<void> {
  const outbox = new Outbox(run);
  try {
    await fillThrough(run, outbox);
    await outbox.empty();
  } catch (error) {
    const undelivered = await outbox.settle();
    // A silent node is asked again; what could not be made durable ends the run, and is never sent.
    throw undelivered !== undefined && isNodeFault(error) ? undelivered : error;
  }
}

/** Head after head: fees and window are those of the newest. */
async function fillThrough(run: Run, outbox: Outbox): Promise<void> {
  const { ports: { clock }, watch } = run;
  const end = clock.now() + FILL_MS;
  let terms = await termsOf(run);
  let ahead: Batch | undefined;
  while (terms !== undefined && clock.now() < end) {
    const { waiting, next } = await fillUntil(run, { terms, outbox, ahead });
    if (!mayDebit(run, waiting) || !isDue(run)) return;
    ahead = next;
    const { hash } = watch.tip.head;
    await lookAtTip(run);
    terms = watch.tip.head.hash === hash ? { ...terms, waiting } : await termsOf(run);
  }
}

/** On what payees are debited at one head. */
interface Terms {
  readonly fees: Fees;
  readonly waiting: Waiting;
}

/** `undefined`: nobody may be debited now. */
async function termsOf(run: Run): Promise<Terms | undefined> {
  adjustWindow(run);
  heedSpentNonce(run);
  // What is in flight is looked through once a head: for each batch it would make a run quadratic.
  const waiting = waitingOf(run, [...run.inFlight.values()].map(({ payment }) => payment));
  if (!mayDebit(run, waiting) || hasOpenOrphan(run)) return undefined;
  const quote = await feeQuote(run.ports.chain, run.policy);
  const fees = chooseFees(quote, run.policy.ceilingWei);
  if (fees === undefined) {
    run.ports.report({
      kind: "trouble",
      detail: `gas costs ${currentPriceWei(quote)} Wei, above the ceiling of ` +
        `${run.policy.ceilingWei}: waiting`,
    });
    return undefined;
  }
  return isBelowBaseFee(run, fees) ? undefined : { fees, waiting };
}

/** Pays until the window is full or another head is due; answers what was signed for the next batch. */
async function fillUntil(
  run: Run,
  from: { readonly terms: Terms; readonly outbox: Outbox; readonly ahead: Batch | undefined },
): Promise<{ readonly waiting: Waiting; readonly next: Batch | undefined }> {
  const { terms: { fees }, outbox } = from;
  let { terms: { waiting }, ahead } = from;
  while (mayDebit(run, waiting)) {
    const payees = nextBatch(run, waiting);
    if (payees.length === 0) break;
    const isHeard = run.inFlight.size > 0;
    run.queue = run.queue.slice(payees.length);
    const batch = isFor(payees, run, ahead)
      ? ahead
      : signBatch(run, payees, { fees, nonce: run.nextNonce });
    ahead = signAhead(run, { ...batch, fees }, room(run, waiting) - payees.length);
    const debited = await debit(run, batch);
    waiting = sumOf(waiting, waitingOf(run, debited));
    await outbox.post(debited);
    // A node that takes nothing is found out by the first batch; one that signs tells the hash.
    if (!isHeard || run.ports.signer.kind === "sends") await outbox.empty();
    // Not before the first batch: a slow node would be asked for heads and nothing else.
    if (isDue(run)) break;
  }
  return { waiting, next: ahead };
}

/** Whether there may be a head that nobody has seen. */
function isDue({ ports: { clock }, watch: { lookedAt } }: Run): boolean {
  return clock.now() - lookedAt >= POLL_MS;
}

/** Whether these payees, at the run's next nonces, are what was signed ahead. */
function isFor(payees: readonly Payee[], run: Run, ahead: Batch | undefined): ahead is Batch {
  return ahead !== undefined && ahead.nonce === run.nextNonce &&
    ahead.payees.length === payees.length && ahead.payees[0] === payees[0];
}

/** Signs the batch that will follow, if nobody is dropped from this one and the node takes it. */
function signAhead(run: Run, { payees, nonce, fees }: Batch, roomLeft: number): Batch | undefined {
  const next = run.queue.slice(0, Math.max(0, Math.min(run.batchSize, roomLeft)));
  if (next.length === 0 || run.stopped !== null || run.signal.aborted) return undefined;
  return signBatch(run, next, { fees, nonce: nonce + payees.length });
}

/** A fixed gas price that no block would take jams every payment behind it. */
function isBelowBaseFee(run: Run, fees: Fees): boolean {
  const { baseFeeWei } = run.watch.tip.head;
  if (baseFeeWei === null || maxPriceWei(fees) >= baseFeeWei) return false;
  const detail = `the base fee is ${baseFeeWei} Wei, above the ${maxPriceWei(fees)} that we may ` +
    `offer: waiting`;
  run.ports.report({ kind: "trouble", detail });
  return true;
}

function mayDebit(run: Run, waiting: Waiting): boolean {
  return run.stopped === null && !run.signal.aborted && run.queue.length > 0 &&
    room(run, waiting) > 0;
}

/** The nonce of an orphan is a gap until its cancel is on its way: what is behind it would wait. */
function hasOpenOrphan({ inFlight, watch }: Run): boolean {
  const latestNonce = valueOf(watch.tip.latestNonce) ?? 0;
  return [...inFlight.values()].some(({ orphan, payment }) =>
    orphan !== null && payment.nonce >= latestNonce && newestAttempt(payment).kind === "pay"
  );
}

/** A nonce that is spent before it was debited was spent by somebody else: the next run finds out. */
function heedSpentNonce(run: Run): void {
  const latestNonce = valueOf(run.watch.tip.latestNonce);
  if (latestNonce === undefined || latestNonce <= run.nextNonce || run.queue.length === 0) return;
  const detail = `nonce ${run.nextNonce} of the wallet is spent, and not by this ledger: ` +
    `somebody else sends from it`;
  stopDebits(run, { kind: "stranger", detail });
  run.results.attention.push(detail);
}

/** How many payments more may go out now. */
function room(run: Run, waiting: Waiting): number {
  return (run.nonceIsHonoured ? run.window.size : 1) - waiting.count;
}

/** What waits in the mempool: payments that only wait to be final fill no window, nor bind coins. */
interface Waiting {
  readonly count: number;
  /** The most that they may still take from the wallet. */
  readonly costWei: bigint;
}

function waitingOf(run: Run, payments: readonly Payment[]): Waiting {
  const latestNonce = valueOf(run.watch.tip.latestNonce) ?? 0;
  return {
    count: payments.filter(({ nonce }) => nonce >= latestNonce).length,
    costWei: reservedWei(payments, run.watch.tip),
  };
}

function sumOf(some: Waiting, more: Waiting): Waiting {
  return { count: some.count + more.count, costWei: some.costWei + more.costWei };
}

/** The next payees in order whose cost the wallet covers besides everything in flight. */
function nextBatch(run: Run, waiting: Waiting): readonly Payee[] {
  const wanted = run.queue.slice(0, Math.min(run.batchSize, room(run, waiting)));
  const balanceWei = valueOf(run.watch.tip.balanceWei);
  if (balanceWei === undefined) return [];
  const { covered, shortfallWei } = cover(wanted, {
    availableWei: balanceWei - waiting.costWei,
    ceilingWei: run.policy.ceilingWei,
  });
  if (covered.length === 0 && waiting.count === 0) giveUpUnfunded(run, shortfallWei);
  return covered;
}

/** Nothing is in flight that could free coins: whoever is left is not paid in this run. */
function giveUpUnfunded(run: Run, shortfallWei: bigint): void {
  run.results.shortfallWei += shortfallWei;
  for (const { login, amountShannon } of run.queue) {
    run.results.skipped.push({ login, amountShannon, reason: "insufficient-funds" });
  }
  run.queue = [];
}
