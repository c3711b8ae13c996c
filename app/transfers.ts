/**
 * Looks for the wallet's transfers on the chain, each with what its receipt says and whether its block
 * is final.
 *
 * @module
 */

import type { Hash } from "../domain/address.ts";
import type { ForeignCandidate } from "../domain/decide_foreign.ts";
import { type Fact, present, unknown, valueOf } from "../domain/fact.ts";
import { depthOf, isLinked } from "../domain/headers.ts";
import type { BlockRef } from "../domain/payment.ts";
import type { MinedTransaction, Receipt } from "../domain/ports/chain.ts";
import { recordedHashes } from "./recorded_hashes.ts";
import type { Looking } from "./run.ts";

/** These transactions as candidates for a debt. */
export async function asCandidates(
  run: Looking,
  transactions: readonly Pick<MinedTransaction, "hash" | "nonce">[],
): Promise<readonly ForeignCandidate[]> {
  const recorded = await recordedHashes(run);
  return await Promise.all(transactions.map(async ({ hash, nonce }) => {
    const { receipt, final } = await finalReceipt(run, hash);
    const status = receipt?.status ?? "missing";
    return { hash, nonce, status, final, recorded: recorded.has(hash) };
  }));
}

/** A transaction's receipt, and whether linked headers stand on its block as deep as they must. */
export async function finalReceipt(
  run: Looking,
  hash: Hash,
): Promise<{ readonly receipt: Receipt | undefined; readonly final: boolean }> {
  const { wallet, confirmations } = run.policy;
  const question = { wallet, headers: null, receipts: [hash], finalNumber: 0 };
  const receipt = valueOf((await run.ports.chain.observe(question)).receipts.get(hash));
  if (receipt === undefined) return { receipt, final: false };
  run.watch.receipts.set(hash, receipt);
  const { depth } = await placeOf(run, receipt.block);
  return { receipt, final: depth >= confirmations };
}

/** How deep a block lies in linked headers, and when it was made; `null`: that is not known. */
export async function placeOf(
  run: Looking,
  block: BlockRef,
): Promise<{ readonly depth: number; readonly minedAt: number | null }> {
  const { wallet, confirmations } = run.policy;
  const { number } = block;
  const above = { from: number, to: number + confirmations - 1 };
  const question = { wallet, headers: above, receipts: [], finalNumber: 0 };
  const headers = valueOf((await run.ports.chain.observe(question)).headers) ?? [];
  const runs = [run.watch.main, isLinked(headers) ? headers : []];
  const header = runs.flat().find(({ hash }) => hash === block.hash);
  return { depth: depthOf(block, runs), minedAt: header?.time ?? null };
}

/** Whether the wallet has transactions that are not in a final block yet. */
export async function isUnderWay(run: Looking): Promise<Fact<boolean>> {
  const { tip } = run.watch;
  const finalNumber = Math.max(0, tip.head.number - run.policy.confirmations + 1);
  const { wallet } = run.policy;
  const answer = await run.ports.chain.observe({
    wallet,
    headers: null,
    receipts: [],
    finalNumber,
  });
  const finalNonce = valueOf(answer.finalNonce);
  const pendingNonce = valueOf(tip.pendingNonce);
  return finalNonce === undefined || pendingNonce === undefined
    ? unknown("the node did not report the wallet's nonces")
    : present(finalNonce !== pendingNonce);
}

/** The number of the first block at or after a time, by halving; `undefined` when nobody says. */
export async function firstBlockSince(run: Looking, seconds: number): Promise<number | undefined> {
  let low = 0;
  let high = run.watch.tip.head.number;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const answer = await run.ports.chain.observe({
      wallet: run.policy.wallet,
      headers: { from: middle, to: middle },
      receipts: [],
      finalNumber: 0,
    });
    const header = valueOf(answer.headers)?.[0];
    if (header === undefined) return undefined;
    if (header.time < seconds) low = middle + 1;
    else high = middle;
  }
  return low;
}
