/**
 * What a node takes into its mempool, and what it says to the rest: geth's rules, in geth's order
 * and words.
 *
 * @module
 */

import { TRANSFER_GAS } from "../../domain/fees.ts";
import type { Wei } from "../../domain/money.ts";
import type { SendMeaning } from "../../domain/send_answer.ts";
import type { Accounts } from "./chain_accounts.ts";
import type { Mempool } from "./chain_pool.ts";
import { costWei, feeCapWei, type MemoryTransaction, tipCapWei } from "./chain_transaction.ts";

/** How a node is set up. */
export interface NodeRules {
  /** The chain's id (EIP-155). */
  readonly chainId: bigint;
  /** Gas in a block. */
  readonly gasLimit: bigint;
  /** The smallest tip (or gas price) that is taken. */
  readonly minTipWei: Wei;
  /** What a transaction's gas may cost at most when it is sent to this node. */
  readonly feeCapWei: Wei;
  /** Transactions in the whole mempool. */
  readonly mempoolLimit: number;
  /** An account's transactions behind a gap. */
  readonly gappedLimit: number;
  /** Whether a fee cap below the base fee is refused (Besu, anvil) or waits in the mempool (geth). */
  readonly belowBaseFee: "waits" | "refused";
}

/** What a node is at the moment. */
export interface NodeState {
  readonly accounts: Accounts;
  readonly pool: Mempool;
  /** The base fee of the next block; `null` on a chain without. */
  readonly baseFeeWei: Wei | null;
}

/** Why a transaction is not taken. */
export interface Refusal {
  readonly meaning: SendMeaning;
  readonly detail: string;
}

/** Why a node does not take a transaction; `undefined` when it does. */
export function refusalOf(
  transaction: MemoryTransaction,
  rules: NodeRules,
  state: NodeState,
): Refusal | undefined {
  if (state.pool.get(transaction.hash)) return { meaning: "known", detail: "already known" };
  return refusedForItself(transaction, rules, state) ?? refusedForSender(transaction, state) ??
    refusedForRoom(transaction, rules, state);
}

function refusedForItself(
  transaction: MemoryTransaction,
  rules: NodeRules,
  { baseFeeWei }: NodeState,
): Refusal | undefined {
  const { chainId, fees, gas } = transaction;
  const [feeCap, tipCap] = [feeCapWei(transaction), tipCapWei(transaction)];
  if (chainId !== rules.chainId) return fatal("invalid sender: invalid chain id for signer");
  if (fees.kind === "eip1559" && baseFeeWei === null) {
    return { meaning: "refused", detail: "transaction type not supported" };
  }
  if (feeCap * gas > rules.feeCapWei) {
    return { meaning: "fee-cap", detail: "tx fee exceeds the configured cap" };
  }
  if (gas > rules.gasLimit) return fatal("exceeds block gas limit");
  if (gas < TRANSFER_GAS) return fatal("intrinsic gas too low");
  if (tipCap > feeCap) {
    return { meaning: "refused", detail: "max priority fee per gas higher than max fee per gas" };
  }
  if (tipCap < rules.minTipWei) return underpriced("transaction underpriced");
  if (rules.belowBaseFee === "refused" && baseFeeWei !== null && feeCap < baseFeeWei) {
    return underpriced("max fee per gas less than block base fee");
  }
  return undefined;
}

function refusedForSender(
  transaction: MemoryTransaction,
  { accounts, pool }: NodeState,
): Refusal | undefined {
  const { from, nonce } = transaction;
  if (nonce < accounts.nonce(from)) return { meaning: "nonce-low", detail: "nonce too low" };
  const rival = pool.at(from, nonce);
  const queued = pool.costWei(from) - (rival === undefined ? 0n : costWei(rival));
  const [balance, cost] = [accounts.balanceWei(from), costWei(transaction)];
  if (balance < queued + cost) {
    const sums = `balance ${balance}, queued cost ${queued}, tx cost ${cost}`;
    return { meaning: "funds", detail: `insufficient funds for gas * price + value: ${sums}` };
  }
  return rival === undefined || replaces(transaction, rival)
    ? undefined
    : { meaning: "replacement-underpriced", detail: "replacement transaction underpriced" };
}

function refusedForRoom(
  { from, nonce }: MemoryTransaction,
  rules: NodeRules,
  { pool }: NodeState,
): Refusal | undefined {
  if (pool.at(from, nonce) !== undefined) return undefined;
  if (pool.size >= rules.mempoolLimit) return { meaning: "pool-full", detail: "txpool is full" };
  return nonce > pool.nextNonce(from) && pool.gapped(from) >= rules.gappedLimit
    ? { meaning: "pool-full", detail: "account limit exceeded" }
    : undefined;
}

/** Whether it may take a rival's place: 10 % more on both fields. */
export function replaces(transaction: MemoryTransaction, rival: MemoryTransaction): boolean {
  return raised(feeCapWei(transaction), feeCapWei(rival)) &&
    raised(tipCapWei(transaction), tipCapWei(rival));
}

function raised(offeredWei: bigint, rivalWei: bigint): boolean {
  return offeredWei > rivalWei && offeredWei >= rivalWei * 110n / 100n;
}

function fatal(detail: string): Refusal {
  return { meaning: "fatal", detail };
}

function underpriced(detail: string): Refusal {
  return { meaning: "underpriced", detail };
}
