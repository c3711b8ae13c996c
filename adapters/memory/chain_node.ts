/**
 * An Ethereum node in memory: a mempool, blocks, receipts, reorganisations. Deterministic: the same
 * calls give the same hashes.
 *
 * @module
 */

import type { Address, Hash, Hex } from "../../domain/address.ts";
import type { Fees } from "../../domain/fees.ts";
import type { Header } from "../../domain/headers.ts";
import { type Wei, wei } from "../../domain/money.ts";
import type { Clock } from "../../domain/ports/clock.ts";
import type { SendAnswer } from "../../domain/send_answer.ts";
import { Accounts, type ContractCode } from "./chain_accounts.ts";
import { fillBlock, type MemoryBlock, nextBaseFeeWei } from "./chain_blocks.ts";
import { Mempool } from "./chain_pool.ts";
import { type NodeRules, refusalOf, replaces } from "./chain_rules.ts";
import type {
  ForeignTransaction,
  MemoryNodeOptions,
  MinedPlace,
  ReorgOptions,
} from "./chain_setup.ts";
import {
  cheapHash,
  decodeTransaction,
  encodeTransaction,
  feeCapWei,
  type MemoryTransaction,
  tipCapWei,
} from "./chain_transaction.ts";

export type { ForeignTransaction, MemoryNodeOptions, MinedPlace, ReorgOptions };

const GWEI = 1_000_000_000n;
const COIN = 10n ** 18n;

/**
 * An Ethereum node in memory. Its methods show and change what it holds; the chain port over it is
 * `memoryChain`.
 *
 * @example
 * ```ts
 * import type { Address } from "../../domain/address.ts";
 * import { MemoryNode } from "./chain_node.ts";
 *
 * const node = new MemoryNode({ clock: { now: () => 1_700_000_000_000 } });
 * const wallet = `0x${"11".repeat(20)}` as Address;
 * node.fund(wallet, 10n ** 18n);
 * node.mine();
 * console.assert(node.head.number === 1 && node.balanceWei(wallet) === 10n ** 18n);
 * ```
 */
export class MemoryNode {
  /** Its rules; may be changed while it runs. */
  rules: NodeRules;
  /** What it says of itself; may be changed while it runs. */
  health: { syncing: boolean; peers: number | null } = { syncing: false, peers: 25 };
  /** The tip that it proposes; may be changed while it runs. */
  tipWei: Wei;
  /** How many blocks back it knows what accounts were. */
  readonly stateBlocks: number;
  readonly #clock: Pick<Clock, "now">;
  readonly #accounts = new Accounts();
  readonly #pool = new Mempool(this.#accounts);
  readonly #blocks: MemoryBlock[] = [];
  readonly #mined = new Map<Hash, MinedPlace>();
  #branch = 0;
  #forcedBaseFeeWei: Wei | undefined;

  /** A chain of one block, with nobody owning anything. */
  constructor(options: MemoryNodeOptions) {
    const { clock, baseFeeWei = wei(GWEI), tipWei = wei(GWEI), stateBlocks = 128 } = options;
    this.#clock = clock;
    this.tipWei = tipWei;
    this.stateBlocks = stateBlocks;
    this.rules = {
      chainId: options.chainId ?? 1337n,
      gasLimit: options.gasLimit ?? 30_000_000n,
      minTipWei: options.minTipWei ?? wei(1n),
      feeCapWei: options.feeCapWei ?? wei(COIN),
      mempoolLimit: options.mempoolLimit ?? 5120,
      gappedLimit: options.gappedLimit ?? 64,
      belowBaseFee: options.belowBaseFee ?? "waits",
    };
    this.#append(baseFeeWei, false);
  }

  /** The newest block's header. */
  get head(): Header {
    return this.#newest().header;
  }

  /** What the next block asks for a unit of gas; `null` on a chain without base fee. */
  get baseFeeWei(): Wei | null {
    return this.#forcedBaseFeeWei ?? nextBaseFeeWei(this.#newest(), this.rules.gasLimit);
  }

  /** A block, or `undefined` above the head. */
  block(number: number): MemoryBlock | undefined {
    return this.#blocks[number];
  }

  /** Where a transaction was mined. */
  mined(hash: Hash): MinedPlace | undefined {
    return this.#mined.get(hash);
  }

  /** A transaction that waits. */
  pending(hash: Hash): MemoryTransaction | undefined {
    return this.#pool.get(hash);
  }

  /** Everything that waits, oldest first. */
  mempool(): readonly MemoryTransaction[] {
    return [...this.#pool.transactions()];
  }

  /** What an account holds at the head. */
  balanceWei(address: Address): Wei {
    return this.#accounts.balanceWei(address);
  }

  /** An account's transaction count at the head. */
  nonce(address: Address): number {
    return this.#accounts.nonce(address);
  }

  /** An account's transaction count with its executable transactions in the mempool. */
  pendingNonce(address: Address): number {
    return this.#pool.nextNonce(address);
  }

  /** An account's transaction count in a block; `undefined` where the node does not know it. */
  nonceAt(address: Address, number: number): number | undefined {
    const known = number <= this.head.number && number > this.head.number - this.stateBlocks;
    return known ? this.#accounts.nonceAt(address, number) : undefined;
  }

  /** What an account's code does; `undefined` without code. */
  code(address: Address): ContractCode | undefined {
    return this.#accounts.code(address);
  }

  /** Gives an account code, or takes it away. No reorganisation undoes it. */
  setCode(address: Address, code: ContractCode | undefined): void {
    this.#accounts.setCode(address, code);
  }

  /** Gives coins to an account. No reorganisation undoes it. */
  fund(address: Address, amountWei: bigint): void {
    this.#accounts.fund(address, amountWei);
  }

  /** Sets the base fee of the next block; later ones follow from it. */
  setBaseFee(baseFeeWei: Wei): void {
    this.#forcedBaseFeeWei = baseFeeWei;
  }

  /** Takes signed bytes. The same bytes again are `known`, or `nonce-low` once they were mined. */
  submit(raw: Hex): SendAnswer {
    const transaction = decodeTransaction(raw);
    if (transaction === undefined) {
      return { meaning: "refused", hash: null, detail: "cannot decode the transaction" };
    }
    const state = { accounts: this.#accounts, pool: this.#pool, baseFeeWei: this.baseFeeWei };
    const refusal = refusalOf(transaction, this.rules, state);
    if (refusal !== undefined) return { ...refusal, hash: null };
    this.#pool.put(transaction);
    return {
      meaning: "accepted",
      hash: transaction.hash,
      detail: `accepted as ${transaction.hash}`,
    };
  }

  /** Sends for somebody else, at the price that the node proposes. */
  submitForeign(foreign: ForeignTransaction): SendAnswer {
    const { raw } = encodeTransaction({
      chainId: this.rules.chainId,
      nonce: this.pendingNonce(foreign.from),
      gas: 21_000n,
      fees: this.proposedFees(),
      data: "0x" as Hex,
      ...foreign,
    });
    return this.submit(raw);
  }

  /** Fees that the next few blocks take. */
  proposedFees(): Fees {
    const { baseFeeWei, tipWei } = this;
    if (baseFeeWei === null) return { kind: "legacy", gasPriceWei: tipWei };
    return {
      kind: "eip1559",
      maxFeePerGasWei: wei(2n * baseFeeWei + tipWei),
      maxPriorityFeePerGasWei: tipWei,
    };
  }

  /** Mines blocks from the mempool. */
  mine(blocks = 1): void {
    for (let block = 0; block < blocks; block++) this.#append(this.baseFeeWei, true);
  }

  /** Drops a transaction from the mempool. Whether it was there. */
  dropFromMempool(hash: Hash): boolean {
    return this.#pool.drop(hash);
  }

  /** Drops the cheapest transactions from the mempool, as a full node does. */
  evict(count: number): readonly Hash[] {
    const cheapest = this.mempool().toSorted((one, other) => {
      const difference = tipCapWei(one) - tipCapWei(other) || feeCapWei(one) - feeCapWei(other);
      return difference < 0n ? -1 : difference > 0n ? 1 : other.nonce - one.nonce;
    });
    return cheapest.slice(0, count).map(({ hash }) => {
      this.#pool.drop(hash);
      return hash;
    });
  }

  /** Replaces the newest blocks; block 0 stays. */
  reorg(depth: number, { drop, blocks = depth + 1, fill = false }: ReorgOptions = {}): void {
    this.#branch++;
    const homeless: MemoryTransaction[] = [];
    for (let block = 0; block < depth && this.#blocks.length > 1; block++) {
      homeless.unshift(...this.#takeBack());
    }
    this.#pool.follow();
    for (const transaction of homeless) {
      const rival = this.#pool.at(transaction.from, transaction.nonce);
      if (drop?.(transaction.hash)) continue;
      if (rival === undefined || replaces(transaction, rival)) this.#pool.put(transaction);
    }
    for (let block = 0; block < blocks; block++) this.#append(this.baseFeeWei, fill);
  }

  #takeBack(): readonly MemoryTransaction[] {
    const block = this.#blocks.pop();
    if (block === undefined) return [];
    this.#accounts.revert(block.changes, block.header.number);
    for (const { hash } of block.transactions) this.#mined.delete(hash);
    return block.transactions;
  }

  #append(baseFeeWei: Wei | null, fill: boolean): void {
    const { gasLimit } = this.rules;
    const number = this.#blocks.length;
    const parent = this.#blocks.at(-1)?.header;
    const content = fillBlock({
      accounts: this.#accounts,
      pool: this.#pool,
      number,
      baseFeeWei,
      gasLimit: fill ? gasLimit : 0n,
    });
    const seconds = Math.floor(this.#clock.now() / 1000);
    const time = parent === undefined ? seconds : Math.max(parent.time + 1, seconds);
    const parentHash = parent?.hash ?? ZERO_HASH;
    const names = content.transactions.map(({ hash }) => hash).join();
    const seed = [this.rules.chainId, this.#branch, number, parentHash, time, baseFeeWei, names];
    const block = {
      ...content,
      header: { number, hash: cheapHash(seed.join()), parentHash, time, baseFeeWei },
    };
    this.#blocks.push(block);
    this.#forcedBaseFeeWei = undefined;
    for (const transaction of block.transactions) {
      this.#mined.set(transaction.hash, { block, transaction });
    }
  }

  #newest(): MemoryBlock {
    const newest = this.#blocks.at(-1);
    if (newest === undefined) throw new Error("A chain has at least block 0");
    return newest;
  }
}

const ZERO_HASH = `0x${"0".repeat(64)}` as Hash;
