/**
 * What a node in memory is told: how it is set up, and what is done to it.
 *
 * @module
 */

import type { Address, Hash, Hex } from "../../domain/address.ts";
import type { Fees } from "../../domain/fees.ts";
import type { Wei } from "../../domain/money.ts";
import type { Clock } from "../../domain/ports/clock.ts";
import type { MemoryBlock } from "./chain_blocks.ts";
import type { NodeRules } from "./chain_rules.ts";
import type { MemoryTransaction } from "./chain_transaction.ts";

/** How a node is set up. Everything but the clock has a default. */
export interface MemoryNodeOptions extends Partial<NodeRules> {
  /** What time blocks get. */
  readonly clock: Pick<Clock, "now">;
  /** The base fee of block 0; `null` for a chain without (legacy). */
  readonly baseFeeWei?: Wei | null;
  /** The tip that it proposes; without base fee, the gas price. */
  readonly tipWei?: Wei;
  /** How many blocks back it knows what accounts were; a full node 128. */
  readonly stateBlocks?: number;
}

/** What a reorganisation does. */
export interface ReorgOptions {
  /** Which transactions of the replaced blocks are lost; the others go back to the mempool. */
  readonly drop?: (hash: Hash) => boolean;
  /** How many blocks take the place of the replaced ones: one more, when not given. */
  readonly blocks?: number;
  /** Whether the new blocks take from the mempool. Without it they are empty. */
  readonly fill?: boolean;
}

/** A transaction of somebody else, or of a stranger with the wallet's key. */
export interface ForeignTransaction {
  /** Whose account it leaves. */
  readonly from: Address;
  /** Who receives; `null` creates a contract. */
  readonly to: Address | null;
  /** What is sent. */
  readonly valueWei: Wei;
  /** The account's next one, when not given. */
  readonly nonce?: number;
  /** 21,000, when not given. */
  readonly gas?: bigint;
  /** What the node proposes, when not given. */
  readonly fees?: Fees;
  /** None, when not given. */
  readonly data?: Hex;
}

/** A transaction where it was mined. */
export interface MinedPlace {
  /** The block that holds it. */
  readonly block: MemoryBlock;
  /** The transaction itself. */
  readonly transaction: MemoryTransaction;
}
