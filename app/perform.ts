/**
 * Performs verdicts: the ledger first, the network second.
 *
 * @module
 */

import type { InFlight, Verdict } from "../domain/decide.ts";
import { chooseFees, type Fees, maxPriceWei, replaceFees, TRANSFER_GAS } from "../domain/fees.ts";
import {
  type Attempt,
  newestAttempt,
  type Payment,
  paymentKey,
  withAttempt,
} from "../domain/payment.ts";
import { type Hold, loginOf, type Transition } from "../domain/transition.ts";
import { commitAll } from "./commit.ts";
import { signNewest } from "./fill_window.ts";
import { feeQuote } from "./preflight.ts";
import { fresh, type Run, stopDebits, track, unixSeconds } from "./run.ts";
import { sendNewest } from "./send.ts";

/** A payment in flight with what was decided about it. */
export interface Decided {
  readonly flight: InFlight;
  readonly verdict: Verdict;
}

/** Performs everything that was decided at one head. */
export async function perform(run: Run, decided: readonly Decided[]): Promise<void> {
  await endPayments(run, decided);
  await replaceAttempts(run, decided);
  await sendNewest(
    run,
    decided.flatMap(({ flight, verdict }) => verdict.kind === "send-again" ? [flight] : []),
  );
}

type Ending = Transition & { readonly kind: "settle" | "credit-back" | "hold" };

/** Settles, credits back and holds, in one commit for as many as fit. */
async function endPayments(run: Run, decided: readonly Decided[]): Promise<void> {
  const at = unixSeconds(run.ports.clock);
  const endings = decided.flatMap((each): { each: Decided; ending: Ending }[] => {
    const ending = endingOf(each, at);
    return ending === undefined ? [] : [{ each, ending }];
  });
  const walletHold = holdForStrangers(run, decided, at);
  const refused = await commitAll<Ending>(run.fence, [
    ...walletHold === undefined ? [] : [{ kind: "hold", hold: walletHold } as const],
    ...endings.map(({ ending }) => ending).filter((ending) => !isHeldAlready(run, ending)),
  ]);
  if (walletHold !== undefined) noteHold(run, walletHold);
  const details = new Map(refused.map(({ transition, detail }) => [loginOf(transition), detail]));
  for (const { each, ending } of endings) {
    const { payment } = each.flight;
    run.inFlight.delete(paymentKey(payment));
    const detail = details.get(payment.login);
    if (detail === undefined) noteEnding(run, each, ending);
    else park(run, payment, `the ledger does not fit the payment to "${payment.login}": ${detail}`);
  }
}

function endingOf({ flight, verdict }: Decided, at: number): Ending | undefined {
  const { payment } = flight;
  const holdFor = (reason: string): Hold => ({ login: payment.login, reason, since: at });
  switch (verdict.kind) {
    case "settle":
      return { kind: "settle", debt: payment, payment, hash: verdict.hash, at };
    case "credit-back": {
      const hold = verdict.hold === null ? null : holdFor(verdict.hold);
      return { kind: "credit-back", debt: payment, payment, hold };
    }
    case "hold":
      return { kind: "hold", hold: holdFor(verdict.reason) };
    case "wait":
    case "send-again":
    case "replace":
    case "mend":
    case "investigate":
      return undefined;
    default:
      return verdict satisfies never;
  }
}

function noteEnding(run: Run, { flight, verdict }: Decided, ending: Ending): void {
  const { payment } = flight;
  const { login, amountShannon, nonce } = payment;
  if (verdict.kind === "settle") {
    const { hash, block } = verdict;
    run.results.paid.push({ login, amountShannon, txHash: hash, nonce, block });
    run.ports.report({ kind: "settled", login, amountShannon, nonce, hash });
  }
  if (verdict.kind === "credit-back") {
    run.results.creditedBack.push({ login, amountShannon, reason: verdict.reason });
    run.ports.report({ kind: "credited-back", login, amountShannon, reason: verdict.reason });
  }
  if (verdict.kind === "settle" || verdict.kind === "credit-back") {
    run.results.feesWei += verdict.feeWei ?? 0n;
  }
  if (ending.kind === "hold") park(run, payment, `the payment to "${login}" is held`);
  if (ending.kind !== "settle" && "hold" in ending && ending.hold !== null) {
    noteHold(run, ending.hold);
  }
}

/** A payment that is held was held by an earlier run, too: its reason and time stay. */
function isHeldAlready(run: Run, ending: Ending): boolean {
  return ending.kind === "hold" &&
    run.results.held.get(ending.hold.login)?.reason === ending.hold.reason;
}

/**
 * Somebody else sends from the wallet, and may have paid miners: the wallet itself is held, so that no
 * run debits anybody before an operator has looked.
 */
function holdForStrangers(
  run: Run,
  decided: readonly Decided[],
  since: number,
): Hold | undefined {
  for (const { flight: { payment }, verdict } of decided) {
    const stranger = verdict.kind === "credit-back" ? verdict.stranger : null;
    if (stranger === null) continue;
    const reason =
      `transaction ${stranger.hash} took nonce ${payment.nonce} and is no payment of ` +
      `this ledger: somebody else sends from the wallet`;
    stopDebits(run, { kind: "stranger", detail: reason });
    return { login: run.policy.wallet, reason, since };
  }
  return undefined;
}

function noteHold(run: Run, hold: Hold): void {
  run.results.held.set(hold.login, hold);
  run.ports.report({ kind: "held", hold });
}

/** Leaves a payment as it is in the ledger, for an operator. */
function park(run: Run, payment: Payment, why: string): void {
  run.results.parked.push(payment);
  run.results.attention.push(why);
  run.ports.report({ kind: "trouble", detail: why });
}

/** Fee bumps, cancels and mended attempts: sign, commit, make durable, broadcast. */
async function replaceAttempts(run: Run, decided: readonly Decided[]): Promise<void> {
  const drafts = await draftAttempts(run, decided);
  if (drafts.length === 0) return;
  const signed = await signNewest(run, drafts.map(({ after }) => after));
  const transitions = drafts.map(({ before }, index) => ({
    kind: "record-attempt" as const,
    before,
    after: signed[index] ?? before,
  }));
  const refused = await commitAll(run.fence, transitions);
  for (const { transition, detail } of refused) {
    const { before } = transition;
    run.inFlight.delete(paymentKey(before));
    park(run, before, `the ledger does not fit the payment to "${before.login}": ${detail}`);
  }
  const bad = new Set(refused.map(({ transition }) => transition));
  const recorded = transitions.filter((each) => !bad.has(each)).map(({ after }) => after);
  await run.ports.localJournal.append(recorded);
  for (const payment of recorded) {
    // A mended attempt is refused for as long as the one before it was: the cancel must come.
    const refusedSince = run.inFlight.get(paymentKey(payment))?.refusedSince ?? null;
    track(run, { ...fresh(payment), refusedSince });
    const { kind: attempt, hash } = newestAttempt(payment);
    const { login, nonce } = payment;
    run.ports.report({ kind: "replaced", login, nonce, attempt, hash });
  }
  await sendNewest(run, recorded.map(fresh));
}

interface Draft {
  readonly before: Payment;
  readonly after: Payment;
}

async function draftAttempts(run: Run, decided: readonly Decided[]): Promise<readonly Draft[]> {
  const drafts: Draft[] = [];
  for (const { flight, verdict } of decided) {
    const { payment } = flight;
    const newest = newestAttempt(payment);
    if (verdict.kind !== "replace" && verdict.kind !== "mend") continue;
    const fees = verdict.kind === "replace" ? verdict.fees : await mendedFees(run, flight);
    if (fees === undefined) continue;
    const kind: Attempt["kind"] = verdict.kind === "replace" ? verdict.attempt : newest.kind;
    const gas = kind === "cancel" ? TRANSFER_GAS : newest.gas;
    const draft: Attempt = { kind, hash: null, raw: null, gas, fees };
    drafts.push({ before: payment, after: withAttempt(payment, draft) });
  }
  return drafts;
}

/** Fees as the node asks for now; refused for good, it may want the other transaction type, too. */
async function mendedFees(
  run: Run,
  { payment, underpriced }: InFlight,
): Promise<Fees | undefined> {
  const quote = await feeQuote(run.ports.chain, run.policy);
  const fees = chooseFees(quote, run.policy.ceilingWei);
  const refused = newestAttempt(payment).fees;
  if (fees === undefined) return undefined;
  if (underpriced) {
    // The node may hold an earlier attempt, which only a raise of it replaces.
    const earlier = payment.attempts.map((attempt) => attempt.fees);
    return replaceFees(fees, earlier, run.policy.ceilingWei) ?? fees;
  }
  if (refused.kind === "legacy") return fees;
  return { kind: "legacy", gasPriceWei: maxPriceWei(fees) };
}
