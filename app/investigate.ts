/**
 * Looks for the transactions that spent nonces of payments in flight under hashes that are not
 * ours: by a complete scan of final blocks since the debit, or it says that it does not know.
 *
 * @module
 */

import { ABSENT, type Fact, present, unknown, valueOf } from "../domain/fact.ts";
import type { Spender } from "../domain/decide.ts";
import { runsNoCode } from "../domain/decide_spent.ts";
import { highestNonce } from "../domain/nonces.ts";
import { newestAttempt, type Payment } from "../domain/payment.ts";
import type { MinedTransaction } from "../domain/ports/chain.ts";
import { recordedHashes } from "./recorded_hashes.ts";
import { lookBack, newestFinal } from "./scan_back.ts";
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
  const sent = new Map(valueOf(scanned)?.map((transaction) => [transaction.nonce, transaction]));
  const nonces = payments.map(({ nonce }) => nonce).filter((nonce) => !sent.has(nonce));
  const older = scanned.kind === "present" && nonces.length > 0
    ? await spentBefore(run, { nonces, from, last: highestNonce(sent.keys()) })
    : new Map<number, Fact<MinedTransaction>>();
  for (const payment of payments) {
    const { nonce } = payment;
    const transaction = sent.get(nonce);
    const found = transaction === undefined ? older.get(nonce) : present(transaction);
    const spender = await spenderOf(run, payment, found ?? unknown("no final block shows it"));
    run.watch.spenders.set(nonce, spender);
  }
}

async function spenderOf(
  run: Looking,
  payment: Payment,
  found: Fact<MinedTransaction>,
): Promise<Fact<Spender>> {
  if (found.kind !== "present") return found;
  const transaction = found.value;
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

/** What is asked about nonces that no scanned block shows. */
interface Missing {
  readonly nonces: readonly number[];
  /** The oldest scanned block. */
  readonly from: number;
  /** The highest nonce that the scanned blocks show; -1: none. */
  readonly last: number;
}

/**
 * What spent nonces before the scanned blocks: a debit may have been made on the word of a node that
 * had not seen it. Absent where a nonce was spent, and so many blocks do not show by what that nobody
 * can say.
 */
async function spentBefore(
  run: Looking,
  { nonces, from, last }: Missing,
): Promise<ReadonlyMap<number, Fact<MinedTransaction>>> {
  const { soughtInVain } = run.watch;
  const count = await countBefore(run, from);
  // Nonces are spent in order: a later one in these blocks says that this one was spent before.
  const isSpent = (nonce: number) => nonce < last || (count !== undefined && nonce < count);
  const sought = nonces.filter((nonce) =>
    !soughtInVain.has(nonce) && (count === undefined || isSpent(nonce))
  );
  const found = await lookFor(run, new Set(sought));
  if (found === undefined) return new Map();
  for (const nonce of sought) if (!found.has(nonce)) soughtInVain.add(nonce);
  return new Map(nonces.flatMap((nonce) => {
    const transaction = found.get(nonce);
    if (transaction !== undefined) return [[nonce, present(transaction)]];
    return soughtInVain.has(nonce) && isSpent(nonce) ? [[nonce, ABSENT]] : [];
  }));
}

/** Transactions in final blocks by nonce, as far back as is looked; `undefined` when nobody says. */
async function lookFor(
  run: Looking,
  nonces: ReadonlySet<number>,
): Promise<ReadonlyMap<number, MinedTransaction> | undefined> {
  if (nonces.size === 0) return new Map();
  const { ports: { chain }, policy: { wallet, confirmations }, signal, watch: { tip } } = run;
  const scanner = { chain, wallet, signal };
  const final = valueOf(await newestFinal(scanner, { tip, confirmations }));
  return final === undefined ? undefined : valueOf(await lookBack(scanner, final, nonces));
}

/**
 * The wallet's count before a block; `undefined`: the node does not say, perhaps for want of a state so
 * old. It is answered for a block's number: for a newer block, a node on a branch that the others left
 * gives a wrong one. This one is older than any reorg reaches.
 */
async function countBefore(run: Looking, from: number): Promise<number | undefined> {
  if (from === 0) return 0;
  const { wallet } = run.policy;
  const question = { wallet, headers: null, receipts: [], finalNumber: from - 1 };
  return valueOf((await run.ports.chain.observe(question)).finalNonce);
}
