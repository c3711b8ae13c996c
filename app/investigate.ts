/**
 * Looks for the transactions that spent nonces of payments in flight under hashes that are not
 * ours: by a complete scan of final blocks since the debit, or it says that it does not know.
 *
 * @module
 */

import { ABSENT, type Fact, present, unknown, valueOf } from "../domain/fact.ts";
import type { Spender } from "../domain/decide.ts";
import { runsNoCode } from "../domain/decide_spent.ts";
import { newestAttempt, type Payment } from "../domain/payment.ts";
import type { MinedTransaction } from "../domain/ports/chain.ts";
import { recordedHashes } from "./recorded_hashes.ts";
import { scanFinal } from "./scan_final.ts";
import type { Looking } from "./run.ts";

/** How deep a block lies whose receipts no node lacks because it lags: its state is gone, too. */
export const PRUNED_DEPTH = 128;

/** Fills in the spenders of these payments' nonces. */
export async function investigate(run: Looking, payments: readonly Payment[]): Promise<void> {
  const oldest = Math.min(...payments.map(({ head }) => head.number));
  // A reorg may have replaced the head that the debit saw.
  const from = Math.max(0, oldest - run.policy.confirmations);
  const scanned = await scanFinal(run, from);
  for (const payment of payments) {
    run.watch.spenders.set(payment.nonce, await spenderOf(run, payment, { scanned, from }));
  }
}

interface Scan {
  readonly scanned: Fact<readonly MinedTransaction[]>;
  /** The oldest block of the scan. */
  readonly from: number;
}

async function spenderOf(
  run: Looking,
  payment: Payment,
  { scanned, from }: Scan,
): Promise<Fact<Spender>> {
  if (scanned.kind !== "present") return unknown("the scan of the chain could not finish");
  const transaction = scanned.value.find(({ nonce }) => nonce === payment.nonce);
  if (transaction === undefined) {
    const later = scanned.value.some(({ nonce }) => nonce > payment.nonce);
    return later || await wasSpentBefore(run, payment.nonce, from)
      ? ABSENT
      : unknown("the nonce is said to be spent, and no final block shows it");
  }
  const answer = await run.ports.chain.observe({
    wallet: run.policy.wallet,
    headers: null,
    receipts: [transaction.hash],
    finalNumber: transaction.block.number,
  });
  const told = answer.receipts.get(transaction.hash) ?? unknown("no answer");
  // The block itself has the transaction: a node without its receipt has pruned it, or lags behind.
  const depth = run.watch.tip.head.number - transaction.block.number;
  const isPruned = told.kind === "absent" && depth >= PRUNED_DEPTH;
  const receipt = isPruned && runsNoCode(newestAttempt(payment), run.policy)
    ? { status: "missing" as const, feeWei: null, block: transaction.block }
    : valueOf(told);
  if (receipt === undefined || receipt.block.hash !== transaction.block.hash) {
    return unknown("the node did not report the receipt");
  }
  const recorded = (await recordedHashes(run, payment)).has(transaction.hash);
  const { status, feeWei } = receipt;
  return present({ transaction, status, feeWei, recorded });
}

/**
 * Whether a nonce was spent before the scanned blocks. A count is answered for a block's number: for a
 * newer block, a node on a branch that the others left gives a wrong one. This one is older than any
 * reorg reaches.
 */
async function wasSpentBefore(run: Looking, nonce: number, from: number): Promise<boolean> {
  if (from === 0) return false;
  const { wallet } = run.policy;
  const question = { wallet, headers: null, receipts: [], finalNumber: from - 1 };
  return (valueOf((await run.ports.chain.observe(question)).finalNonce) ?? 0) > nonce;
}
