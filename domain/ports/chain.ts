/**
 * The port for the chain: a node, asked and sent to.
 *
 * @module
 */

import type { Address, Hash, Hex } from "../address.ts";
import type { Fact } from "../fact.ts";
import type { FeeQuote } from "../fees.ts";
import type { Header } from "../headers.ts";
import type { Wei } from "../money.ts";
import type { BlockRef } from "../payment.ts";
import type { SendAnswer } from "../send_answer.ts";

/** Which chain a node is on. */
export interface ChainIdentity {
  /** The chain's id (EIP-155). */
  readonly chainId: bigint;
  /** The hash of block 0. */
  readonly genesis: Hash;
}

/** Whether a node can be believed to see the network. */
export interface NodeHealth {
  /** Whether it is still behind the network. */
  readonly syncing: boolean;
  /** `null` when the node does not offer `net_peerCount`. */
  readonly peers: number | null;
}

/** The newest block, and the wallet in it, in one round trip. */
export interface Tip {
  /** The newest block. */
  readonly head: Header;
  /** The wallet's transaction count at the latest head. */
  readonly latestNonce: Fact<number>;
  /** The wallet's transaction count with its mempool. */
  readonly pendingNonce: Fact<number>;
  /** What the wallet holds at the latest head. */
  readonly balanceWei: Fact<Wei>;
}

/** A transaction's receipt. */
export interface Receipt {
  /** The transaction's hash. */
  readonly hash: Hash;
  /** Where it was mined. */
  readonly block: BlockRef;
  /** `missing`: the node does not say (pruned, or older than EIP-658). */
  readonly status: "success" | "reverted" | "missing";
  /** What its gas cost; `null` where the node does not say. */
  readonly feeWei: Wei | null;
}

/** A transaction of the wallet as a block holds it. */
export interface MinedTransaction {
  /** The transaction's hash. */
  readonly hash: Hash;
  /** Its place among the sender's transactions. */
  readonly nonce: number;
  /** `null` when it creates a contract. */
  readonly to: Address | null;
  /** What was sent. */
  readonly valueWei: Wei;
  /** Empty (`0x`) in a plain transfer. */
  readonly data: Hex;
  /** Where it was mined. */
  readonly block: BlockRef;
}

/** A call whose gas is to be estimated. */
export interface TransferCall {
  /** The wallet. */
  readonly from: Address;
  /** The payee. */
  readonly to: Address;
  /** What would be sent. */
  readonly valueWei: Wei;
}

/** What a node answers to an estimate. */
export type GasEstimate =
  | { readonly kind: "gas"; readonly gas: bigint }
  | { readonly kind: "reverts" }
  | { readonly kind: "unknown"; readonly why: string };

/**
 * A node. Members that answer with facts never reject: a failed question is an unknown fact. The
 * others reject with a {@linkcode Fault} `chain-unreachable` (nothing, a time-out) or
 * `chain-nonsense` (HTML, garbage), which names what was asked of whom.
 *
 * Lists are split into batches of one round trip each; answers stand in the order of the
 * questions, and one that is missing from a batch is unknown. Reading may be repeated freely.
 *
 * A link that breaks under a question is silence; the next question is put on a new link. Sends go
 * out once: no adapter repeats them unasked.
 */
export interface Chain {
  /** Where the node is, for people, without credentials. */
  readonly name: string;
  /** `eth_chainId` and block 0. */
  identity(): Promise<ChainIdentity>;
  /** `eth_syncing` and `net_peerCount`. */
  health(): Promise<NodeHealth>;
  /** What gas costs now: EIP-1559 when the head block has a base fee, else `eth_gasPrice`. */
  feeQuote(): Promise<FeeQuote>;
  /** The newest block and the wallet in it. */
  tip(wallet: Address): Promise<Tip>;
  /**
   * What one head asks for, in few round trips: headers `from` to `to` (inclusive, ascending),
   * receipts, and the wallet's count at block `finalNumber`. Whatever fails is unknown on its own.
   */
  observe(question: ChainQuestion): Promise<ChainAnswer>;
  /**
   * The wallet's transactions in blocks `from` to `to`, with the linked headers they were in. Rejects
   * when it cannot be complete: a block is missing, or is not a child of the one before. Ends with the
   * signal's reason when it aborts.
   */
  scan(wallet: Address, range: BlockRange, signal?: AbortSignal): AsyncIterable<ScannedBlock>;
  /** Looks transactions up by hash; `block` is `null` while one is only in the mempool. */
  transactions(hashes: readonly Hash[]): Promise<readonly Fact<LookedUpTransaction>[]>;
  /** Whether addresses have code (`eth_getCode` at the latest head). */
  hasCode(addresses: readonly Address[]): Promise<readonly Fact<boolean>[]>;
  /** `eth_estimateGas`. */
  estimateGas(calls: readonly TransferCall[]): Promise<readonly GasEstimate[]>;
  /**
   * `eth_sendRawTransaction`, in the order given. Idempotent: a node takes the same bytes once. A
   * lost answer is `unknown`, never a failure: the node may have them, or get them later.
   */
  broadcast(raws: readonly Hex[]): Promise<readonly SendAnswer[]>;
  /** Closes what it holds. Called twice it changes nothing. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** See {@linkcode Chain.observe}. */
export interface ChainQuestion {
  /** Whose count is asked for. */
  readonly wallet: Address;
  /** Headers to ask for; `null`: none. */
  readonly headers: BlockRange | null;
  /** The transactions whose receipts are asked for. */
  readonly receipts: readonly Hash[];
  /** The block at which the count is asked for. */
  readonly finalNumber: number;
}

/** See {@linkcode Chain.observe}. */
export interface ChainAnswer {
  /** Every header of the range, or unknown when one is missing. They may not link: check. */
  readonly headers: Fact<readonly Header[]>;
  /** One entry for each hash that was asked for. */
  readonly receipts: ReadonlyMap<Hash, Fact<Receipt>>;
  /** The wallet's transaction count at the block that was asked for. */
  readonly finalNonce: Fact<number>;
}

/** Block numbers, both inclusive. */
export interface BlockRange {
  /** The oldest. */
  readonly from: number;
  /** The newest. */
  readonly to: number;
}

/** See {@linkcode Chain.scan}. */
export interface ScannedBlock {
  /** Linked to the one before in the same scan. */
  readonly header: Header;
  /** The wallet's own transactions in it. */
  readonly sent: readonly MinedTransaction[];
}

/** See {@linkcode Chain.transactions}. */
export interface LookedUpTransaction extends Omit<MinedTransaction, "block"> {
  /** Who sent it. */
  readonly from: Address;
  /** Where it was mined; `null` while it waits in the mempool. */
  readonly block: BlockRef | null;
}
