/**
 * The start of a run under its lock: leftovers, continuity, plan.
 *
 * @module
 */

import type { Continuity } from "../domain/continuity.ts";
import { valueOf } from "../domain/fact.ts";
import { Fault, type FaultKind } from "../domain/fault.ts";
import type { ForeignRow } from "../domain/leftovers.ts";
import type { Payment } from "../domain/payment.ts";
import type { StopReason } from "../domain/report.ts";
import { assess } from "./assess.ts";
import { commitAll } from "./commit.ts";
import { makePlan } from "./make_plan.ts";
import { lookAtTip } from "./observe.ts";
import { recover } from "./recover.ts";
import { hasSomethingToTell, type Run, type RunOptions, stopDebits } from "./run.ts";

/** Under the lock: continuity, leftovers, plan. */
export async function startRun(run: Run, options: RunOptions): Promise<void> {
  const { ports, policy, identity, watch } = run;
  await lookAtTip(run);
  const question = { policy, identity, tip: watch.tip };
  let assessment = await assess(ports, question);
  const debits = options.debits ?? true;
  const { journalled } = assessment;
  await recover(run, assessment.leftovers, { journalled, lookAgain: !debits });
  // A Go payer's row that was resolved just now explains a nonce that nothing explained before.
  if (assessment.leftovers.foreign.length > 0) {
    const { explainedNonces } = run.results;
    assessment = await assess(ports, { ...question, explainedNonces });
  }
  const { leftovers, continuity } = assessment;
  const walletHold = leftovers.held.find(({ login }) => login === policy.wallet);
  if (walletHold !== undefined) return refuseDebits(run, "continuity", walletHold.reason);
  await takeNonce(run, continuity, options.adopt ?? false);
  heedOpenNonces(run, leftovers.foreign);
  heedOrphans(run, leftovers.orphans);
  if (!debits || run.stopped !== null) return;
  const { ceilingWei } = policy;
  const plan = await makePlan(ports, { policy, ceilingWei, tip: watch.tip, leftovers }, run.signal);
  run.results.skipped.push(...plan.skipped);
  run.results.belowThreshold = plan.belowThreshold;
  run.results.shortfallWei = plan.shortfallWei;
  if (plan.brokenLimit !== undefined) return refuseDebits(run, "circuit-breaker", plan.brokenLimit);
  run.queue = plan.covered;
  ports.report({
    kind: "planned",
    payees: plan.covered.length,
    amountShannon: plan.covered.reduce((sum, { amountShannon }) => sum + amountShannon, 0n),
    skipped: plan.skipped.length,
    belowThreshold: plan.belowThreshold,
  });
}

/** A Go payer's payment that may still be sent at its nonce: no debit of ours may take that nonce. */
function heedOpenNonces(run: Run, foreign: readonly ForeignRow[]): void {
  const open = foreign.find(({ nonce }) => nonce !== null && nonce >= run.nextNonce);
  if (open === undefined || run.stopped !== null) return;
  refuseDebits(
    run,
    "continuity",
    `a Go payer debited "${open.row.login}" for nonce ${open.nonce}, which is not spent yet`,
  );
}

/** An orphan is not sent again, so a debit behind its unused nonce would wait for ever. */
function heedOrphans(run: Run, orphans: readonly Payment[]): void {
  const latestNonce = valueOf(run.watch.tip.latestNonce) ?? 0;
  const open = orphans.find(({ nonce }) => nonce >= latestNonce);
  if (open === undefined || run.stopped !== null) return;
  refuseDebits(
    run,
    "continuity",
    `the payment to "${open.login}" at nonce ${open.nonce} is in our journal, not pending, and not ` +
      `mined: a Go payer resolved it behind our back`,
  );
}

async function takeNonce(run: Run, continuity: Continuity, adopt: boolean): Promise<void> {
  if (continuity.kind === "broken" && (!adopt || continuity.adoptable === null)) {
    return refuseDebits(run, "continuity", `${continuity.why}. Way out: ${continuity.wayOut}`);
  }
  const next = continuity.kind === "broken" ? continuity.adoptable : continuity.next;
  const { from } = continuity;
  if (next === null) return;
  run.nextNonce = next;
  if (from === next) return;
  const { wallet } = run.policy;
  await commitAll(run.fence, [{ kind: "advance-nonce", wallet, from, to: next }]);
}

/**
 * No debit in this run. It goes on for payments in flight, and to its report where leftovers moved
 * money; otherwise it ends here.
 */
function refuseDebits(run: Run, kind: FaultKind & StopReason["kind"], detail: string): void {
  if (!hasSomethingToTell(run)) throw new Fault(kind, `Not paying: ${detail}`);
  stopDebits(run, { kind, detail });
  run.results.attention.push(detail);
}
