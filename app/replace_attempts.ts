/**
 * Fee bumps, cancels and mended attempts: sign, commit, make durable, broadcast.
 *
 * @module
 */

import type { Decided, InFlight } from "../domain/decide.ts";
import {
  chooseFees,
  type FeeQuote,
  type Fees,
  maxPriceWei,
  replaceFees,
  TRANSFER_GAS,
} from "../domain/fees.ts";
import {
  type Attempt,
  newestAttempt,
  type Payment,
  paymentKey,
  withAttempt,
} from "../domain/payment.ts";
import { commitAll } from "./commit.ts";
import { makeDurable } from "./make_durable.ts";
import { park } from "./park.ts";
import { feeQuote } from "./preflight.ts";
import { fresh, type Run, track } from "./run.ts";
import { sendNewest } from "./send.ts";
import { signNewest } from "./sign.ts";

/** Makes a new attempt for each payment that needs one. What cannot be signed keeps the old one. */
export async function replaceAttempts(run: Run, decided: readonly Decided[]): Promise<void> {
  const before = new Map<string, Payment>();
  const drafts = await draftAttempts(run, decided);
  if (drafts.length === 0) return;
  for (const draft of drafts) before.set(paymentKey(draft.before), draft.before);
  const { signed, refused } = await signNewest(run, drafts.map(({ after }) => after));
  for (const { payment, detail } of refused) {
    const what = `the payment to "${payment.login}" keeps its fees`;
    run.ports.report({ kind: "trouble", detail: `${what}: ${detail}` });
  }
  await sendRecorded(run, await record(run, signed, before));
}

/** Writes the attempts to the ledger and to the local journal; answers those that are in both. */
async function record(
  run: Run,
  signed: readonly Payment[],
  before: ReadonlyMap<string, Payment>,
): Promise<readonly Payment[]> {
  const transitions = signed.map((after) => ({
    kind: "record-attempt" as const,
    before: before.get(paymentKey(after)) ?? after,
    after,
  }));
  const unfit = await commitAll(run.fence, transitions);
  for (const { transition, detail } of unfit) {
    const { login } = transition.before;
    park(run, transition.before, `the ledger does not fit the payment to "${login}": ${detail}`);
  }
  const bad = new Set(unfit.map(({ transition }) => transition));
  const recorded = transitions.filter((each) => !bad.has(each)).map(({ after }) => after);
  await makeDurable(run, recorded);
  return recorded;
}

async function sendRecorded(run: Run, recorded: readonly Payment[]): Promise<void> {
  for (const payment of recorded) {
    // A mended attempt is refused for as long as the one before it was: the cancel must come.
    const before = run.inFlight.get(paymentKey(payment));
    const { refusedSince, contested, orphan } = before ?? fresh(payment);
    track(run, { ...fresh(payment), refusedSince, contested, orphan });
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
  const mends = decided.some(({ verdict }) => verdict.kind === "mend");
  const quote = mends ? await feeQuote(run.ports.chain, run.policy) : undefined;
  const drafts: Draft[] = [];
  for (const { flight, verdict } of decided) {
    const { payment } = flight;
    const newest = newestAttempt(payment);
    if (verdict.kind !== "replace" && verdict.kind !== "mend") continue;
    const fees = verdict.kind === "replace"
      ? verdict.fees
      : quote && mendedFees(run, flight, quote);
    if (fees === undefined) continue;
    const kind: Attempt["kind"] = verdict.kind === "replace" ? verdict.attempt : newest.kind;
    const gas = kind === "cancel" ? TRANSFER_GAS : newest.gas;
    const draft: Attempt = { kind, hash: null, raw: null, gas, fees };
    drafts.push({ before: payment, after: withAttempt(payment, draft) });
  }
  return drafts;
}

/** Fees as the node asks for now; refused for good, it may want the other transaction type, too. */
function mendedFees(
  run: Run,
  { payment, underpriced }: InFlight,
  quote: FeeQuote,
): Fees | undefined {
  const { ceilingWei } = run.policy;
  const fees = chooseFees(quote, ceilingWei);
  if (fees === undefined) return undefined;
  if (underpriced) {
    // The node may hold an earlier attempt, which only a raise of it replaces.
    const earlier = payment.attempts.map((attempt) => attempt.fees);
    return replaceFees(fees, earlier, ceilingWei) ?? fees;
  }
  if (newestAttempt(payment).fees.kind === "legacy") return fees;
  return { kind: "legacy", gasPriceWei: maxPriceWei(fees) };
}
