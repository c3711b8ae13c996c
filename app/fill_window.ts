/**
 * Debits and sends payees until the window is full: nonce, signature, debit, durable, broadcast, in
 * this order and never another.
 *
 * @module
 */

import { chooseFees, currentPriceWei, type Fees, maxPriceWei } from "../domain/fees.ts";
import { valueOf } from "../domain/fact.ts";
import { weiOfShannon } from "../domain/money.ts";
import { newestAttempt, type Payment } from "../domain/payment.ts";
import { cover, type Payee } from "../domain/plan.ts";
import { COMMIT_SIZE, problemsByLogin } from "./commit.ts";
import { makeDurable } from "./make_durable.ts";
import { reservedWei } from "./make_plan.ts";
import { feeQuote } from "./preflight.ts";
import { fresh, type Run, stopDebits, track, unixSeconds } from "./run.ts";
import { sendNewest } from "./send.ts";
import { type Signed, signNewest } from "./sign.ts";

/** Fills the window from the queue, as far as fees, funds and the node allow at this head. */
export async function fillWindow(run: Run): Promise<void> {
  growWindow(run);
  heedSpentNonce(run);
  if (hasOpenOrphan(run)) return;
  // Looked through once: for each batch again it would make a run quadratic.
  let waiting = waitingOf(run, [...run.inFlight.values()].map(({ payment }) => payment));
  if (!mayDebit(run, waiting)) return;
  const quote = await feeQuote(run.ports.chain, run.policy);
  const fees = chooseFees(quote, run.policy.ceilingWei);
  if (fees === undefined) {
    run.ports.report({
      kind: "trouble",
      detail: `gas costs ${currentPriceWei(quote)} Wei, above the ceiling of ` +
        `${run.policy.ceilingWei}: waiting`,
    });
    return;
  }
  if (isBelowBaseFee(run, fees)) return;
  while (mayDebit(run, waiting)) {
    const batch = nextBatch(run, waiting);
    if (batch.length === 0) return;
    run.queue = run.queue.slice(batch.length);
    const debited = await debit(run, batch, fees);
    waiting = sumOf(waiting, waitingOf(run, debited));
    await makeDurable(run, debited);
    await sendNewest(run, debited.map(fresh));
  }
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
  return run.stopped === null && !run.signal.aborted &&
    run.queue.length > 0 &&
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

/** A node that had no room for a payment may have it again at another head. */
function growWindow(run: Run): void {
  run.window = Math.min(run.policy.maxInFlight, run.window + Math.ceil(run.window / 2));
}

/** How many payments more may go out now. */
function room(run: Run, waiting: Waiting): number {
  return (run.nonceIsHonoured ? run.window : 1) - waiting.count;
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
  const wanted = run.queue.slice(0, Math.min(COMMIT_SIZE, room(run, waiting)));
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

/** Signs and debits a batch. Payees whom signer or ledger refuse are dropped, the rest go on. */
async function debit(
  run: Run,
  batch: readonly Payee[],
  fees: Fees,
): Promise<readonly Payment[]> {
  let payees = batch;
  // Each round drops at least one payee, so the rounds are bounded by the batch.
  while (payees.length > 0) {
    const { signed, refused } = await signNewest(run, prepare(run, payees, fees));
    if (refused.length > 0) {
      // The nonces of the others have to close up, so they are signed again.
      payees = drop(run, payees, { reason: "signer-refused", details: detailsOf(refused) });
      continue;
    }
    const outcome = await run.fence.commit(signed.map((payment) => ({ kind: "debit", payment })));
    if (outcome.kind === "applied") {
      takeUp(run, signed);
      return signed;
    }
    const details = problemsByLogin(outcome.problems);
    payees = drop(run, payees, { reason: "ledger-unfit", details });
  }
  return [];
}

/** Skips the payees who are named, and answers the others. */
function drop(
  run: Run,
  payees: readonly Payee[],
  why: {
    readonly reason: "signer-refused" | "ledger-unfit";
    readonly details: ReadonlyMap<string | null, string>;
  },
): readonly Payee[] {
  const { reason, details } = why;
  for (const { login, amountShannon } of payees) {
    const detail = details.get(login);
    if (detail === undefined) continue;
    const skipped = { login, amountShannon, reason };
    run.results.skipped.push(skipped);
    run.ports.report({ kind: "skipped", skipped, detail });
    if (reason === "signer-refused") {
      run.results.attention.push(`the signer refused the payment to "${login}": ${detail}`);
    }
  }
  return payees.filter(({ login }) => !details.has(login));
}

function detailsOf(refused: Signed["refused"]): ReadonlyMap<string, string> {
  return new Map(refused.map(({ payment, detail }) => [payment.login, detail]));
}

/** Fixes nonces: nothing is signed, written or sent yet. */
function prepare(run: Run, payees: readonly Payee[], fees: Fees): readonly Payment[] {
  const { head } = run.watch.tip;
  const debitedAt = unixSeconds(run.ports.clock);
  return payees.map((payee, index): Payment => ({
    login: payee.login,
    amountShannon: payee.amountShannon,
    wallet: run.policy.wallet,
    chainId: run.identity.chainId,
    genesis: run.identity.genesis,
    nonce: run.nextNonce + index,
    recipient: payee.recipient,
    valueWei: weiOfShannon(payee.amountShannon),
    debitedAt,
    head: { number: head.number, hash: head.hash },
    attempts: [{ kind: "pay", hash: null, raw: null, gas: payee.gas, fees }],
  }));
}

function takeUp(run: Run, payments: readonly Payment[]): void {
  run.nextNonce += payments.length;
  for (const payment of payments) {
    track(run, fresh(payment));
    run.ports.report({
      kind: "debited",
      login: payment.login,
      amountShannon: payment.amountShannon,
      nonce: payment.nonce,
      hash: newestAttempt(payment).hash,
    });
  }
}
