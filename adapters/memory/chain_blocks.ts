/**
 * The blocks of the memory chain: what goes into one, what becomes of it, and what the next costs.
 *
 * @module
 */

import type { Address, Hash } from "../../domain/address.ts";
import { TRANSFER_GAS } from "../../domain/fees.ts";
import type { Header } from "../../domain/headers.ts";
import { type Wei, wei } from "../../domain/money.ts";
import type { Receipt } from "../../domain/ports/chain.ts";
import type { Accounts, Changes, ContractCode } from "./chain_accounts.ts";
import type { Mempool } from "./chain_pool.ts";
import { costWei, feeCapWei, type MemoryTransaction, tipCapWei } from "./chain_transaction.ts";

/** A block. */
export interface MemoryBlock {
  /** What links it to the others. */
  readonly header: Header;
  /** In the order in which they were carried out. */
  readonly transactions: readonly MemoryTransaction[];
  /** What became of them, by hash. */
  readonly outcomes: ReadonlyMap<Hash, Outcome>;
  /** The gas of all of them. */
  readonly gasUsed: bigint;
  /** What it did to the accounts, to be taken back. */
  readonly changes: Changes;
}

/** What became of a transaction. */
export interface Outcome {
  /** As in its receipt. */
  readonly status: Receipt["status"];
  /** What its sender paid for its gas. */
  readonly feeWei: Wei;
}

/** What a block needs beyond a plain transfer's gas to run a contract that accepts coins. */
const ACCEPT_GAS = 22_100n;

/** What a contract burns until it reverts. */
const REVERT_GAS = 200n;

/** The gas of a payment to an account with this code. */
export function gasNeeded(code: ContractCode | undefined): bigint {
  if (code === undefined) return TRANSFER_GAS;
  return TRANSFER_GAS + (code === "accepts" ? ACCEPT_GAS : REVERT_GAS);
}

/** Where a block is made, and what it may hold. */
export interface BlockSpace {
  readonly accounts: Accounts;
  readonly pool: Mempool;
  readonly number: number;
  readonly baseFeeWei: Wei | null;
  readonly gasLimit: bigint;
}

/**
 * Takes transactions out of the pool and carries them out: each account's in the order of their
 * nonces, the best tip first, until the block is full. What its account cannot pay any more leaves
 * the pool.
 */
export function fillBlock(space: BlockSpace): Omit<MemoryBlock, "header"> {
  const { accounts, pool, gasLimit } = space;
  const transactions: MemoryTransaction[] = [];
  const outcomes = new Map<Hash, Outcome>();
  const senders = new Set(pool.senders());
  let gasUsed = 0n;
  while (gasLimit - gasUsed >= TRANSFER_GAS) {
    const best = bestOf(senders, space);
    if (best === undefined) break;
    if (best.gas > gasLimit - gasUsed) {
      senders.delete(best.from);
      continue;
    }
    if (accounts.balanceWei(best.from) < costWei(best)) {
      pool.drop(best.hash);
      continue;
    }
    pool.take(best);
    const { gas, outcome } = carryOut(best, space);
    gasUsed += gas;
    transactions.push(best);
    outcomes.set(best.hash, outcome);
  }
  return { transactions, outcomes, gasUsed, changes: accounts.seal() };
}

/** The base fee after a block (EIP-1559): an eighth up when it was full, down when it was empty. */
export function nextBaseFeeWei(parent: MemoryBlock, gasLimit: bigint): Wei | null {
  const { baseFeeWei } = parent.header;
  if (baseFeeWei === null) return null;
  const target = gasLimit / 2n;
  const above = parent.gasUsed - target;
  const step = baseFeeWei * (above < 0n ? -above : above) / target / 8n;
  if (above > 0n) return wei(baseFeeWei + (step > 0n ? step : 1n));
  return wei(baseFeeWei - step);
}

/** The executable transaction that pays best, of those that the base fee lets in. */
function bestOf(
  senders: Iterable<Address>,
  { accounts, pool, baseFeeWei }: BlockSpace,
): MemoryTransaction | undefined {
  let best: MemoryTransaction | undefined;
  let bestTip = -1n;
  for (const sender of senders) {
    const transaction = pool.at(sender, accounts.nonce(sender));
    if (transaction === undefined) continue;
    const tip = tipPaidWei(transaction, baseFeeWei);
    if (tip <= bestTip) continue;
    best = transaction;
    bestTip = tip;
  }
  return best;
}

/** What the producer gets for a unit of gas; negative when the base fee keeps it out. */
function tipPaidWei(transaction: MemoryTransaction, baseFeeWei: Wei | null): bigint {
  const room = feeCapWei(transaction) - (baseFeeWei ?? 0n);
  const tip = tipCapWei(transaction);
  return tip < room ? tip : room;
}

function carryOut(
  transaction: MemoryTransaction,
  { accounts, number, baseFeeWei }: BlockSpace,
): { readonly gas: bigint; readonly outcome: Outcome } {
  const { from, to, valueWei } = transaction;
  const code = to === null ? undefined : accounts.code(to);
  const needed = gasNeeded(code);
  const enough = transaction.gas >= needed;
  const success = enough && code !== "reverts";
  const gas = enough ? needed : transaction.gas;
  const feeWei = wei(gas * ((baseFeeWei ?? 0n) + tipPaidWei(transaction, baseFeeWei)));
  accounts.countSent(from, number);
  accounts.add(from, -feeWei);
  if (success && to !== null) {
    accounts.add(from, -valueWei);
    accounts.add(to, valueWei);
  }
  return { gas, outcome: { status: success ? "success" : "reverted", feeWei } };
}
