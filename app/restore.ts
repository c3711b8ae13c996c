/**
 * Writes again what a ledger that lost writes has forgotten: as far as the local journal proves it,
 * and further on the operator's word.
 *
 * @module
 */

import type { Hash } from "../domain/address.ts";
import type { Payment } from "../domain/payment.ts";
import { needsWord, type Restored } from "../domain/restoration.ts";
import type { Transition } from "../domain/transition.ts";
import { commitAll } from "./commit.ts";
import { makeDurable } from "./make_durable.ts";
import { fresh, type Run, track, unixSeconds } from "./run.ts";

/**
 * Commits these steps in order, one MULTI each, since each begins at the nonce of the one before.
 * Stopped in between, the next run begins where this one ended. Answers how many were written.
 */
export async function restore(
  run: Run,
  steps: readonly Restored[],
  { from, spokenFor }: { readonly from: number | null; readonly spokenFor: ReadonlySet<Hash> },
): Promise<number> {
  for (const [index, step] of steps.entries()) {
    let obstacle = obstacleTo(step, spokenFor);
    if (obstacle === undefined) {
      if (index === 0 && from === null) await beginAt(run, step);
      obstacle = await write(run, step);
    }
    if (obstacle === undefined) continue;
    run.results.attention.push(`the ledger forgot nonce ${step.nonce}: ${obstacle}`);
    return index;
  }
  return steps.length;
}

/** A ledger that knows no nonce at all is told the first one. */
async function beginAt(run: Run, { nonce }: Restored): Promise<void> {
  const { wallet } = run.policy;
  await commitAll(run.fence, [{ kind: "advance-nonce", wallet, from: null, to: nonce }]);
}

function obstacleTo(step: Restored, spokenFor: ReadonlySet<Hash>): string | undefined {
  if (step.kind === "unclear") return step.why;
  if (step.kind === "contested") return `${step.why}, and it may be mined: resolve --seal`;
  return needsWord(step) && !spokenFor.has(step.transaction.hash)
    ? `transaction ${step.transaction.hash} waits for your word: resolve --adopt`
    : undefined;
}

async function write(run: Run, step: Restored): Promise<string | undefined> {
  const transition = transitionOf(run, step);
  const [refused] = await commitAll(run.fence, [transition]);
  if (refused !== undefined) return refused.detail;
  run.ports.report({ kind: "restored", step });
  if (step.kind === "debit-again") await takeUp(run, step.payment);
  if (step.kind === "adopt") {
    const { debt, transaction: { hash, block } } = step;
    run.results.paid.push({ ...debt, txHash: hash, nonce: step.nonce, block: block.number });
  }
  return undefined;
}

/** From here on it is a payment in flight like any other. */
async function takeUp(run: Run, payment: Payment): Promise<void> {
  await makeDurable(run, [payment]);
  track(run, fresh(payment));
}

function transitionOf(run: Run, step: Restored): Transition {
  const { wallet } = run.policy;
  const { nonce } = step;
  switch (step.kind) {
    case "debit-again":
      return { kind: "debit-again", payment: step.payment };
    case "adopt": {
      const { debt, transaction: { hash } } = step;
      const at = unixSeconds(run.ports.clock);
      return { kind: "record-paid", debt, payment: null, spent: { wallet, nonce }, hash, at };
    }
    case "pass":
    case "recorded":
    case "contested":
    case "unclear":
      return { kind: "advance-nonce", wallet, from: nonce, to: nonce + 1 };
    default:
      return step satisfies never;
  }
}
