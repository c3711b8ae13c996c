/**
 * Reads transactions.
 *
 * @module
 */

import type { Hash } from "../../../domain/address.ts";
import type { BlockRef } from "../../../domain/payment.ts";
import type { LookedUpTransaction, MinedTransaction } from "../../../domain/ports/chain.ts";
import {
  decodeAddress,
  decodeBytes,
  decodeCount,
  decodeHash,
  decodeObject,
  decodeWei,
  type Fields,
  unexpected,
} from "./values.ts";

/**
 * Reads the answer to a look-up (`eth_getTransactionByHash`); `null` when there is none.
 *
 * @throws {Fault} `chain-nonsense`, also for another transaction.
 */
export function decodeLookedUp(value: unknown, hash: Hash): LookedUpTransaction | null {
  if (value === null) return null;
  const fields = decodeObject(value, "a transaction");
  const transaction = { ...decodeEffect(fields), block: decodeBlock(fields) };
  if (transaction.hash !== hash) throw unexpected(`transaction ${hash}`, transaction.hash);
  return { ...transaction, from: decodeAddress(fields.from, "a sender") };
}

/** Reads a transaction of a block. @throws {Fault} `chain-nonsense`. */
export function decodeMined(value: unknown): MinedTransaction {
  const fields = decodeObject(value, "a transaction");
  const block = decodeBlock(fields);
  if (block === null) throw unexpected("a transaction's block", null);
  return { ...decodeEffect(fields), block };
}

/** The block that a transaction or receipt says it is in; `null` while it is pending. */
export function decodeBlock(fields: Fields): BlockRef | null {
  if (fields.blockHash == null) return null;
  return {
    number: decodeCount(fields.blockNumber, "a block number"),
    hash: decodeHash(fields.blockHash, "a block hash"),
  };
}

function decodeEffect(fields: Fields): Omit<MinedTransaction, "block"> {
  return {
    hash: decodeHash(fields.hash, "a transaction hash"),
    nonce: decodeCount(fields.nonce, "a nonce"),
    to: fields.to == null ? null : decodeAddress(fields.to, "a recipient"),
    valueWei: decodeWei(fields.value),
    data: decodeBytes(fields.input ?? fields.data, "a transaction's data"),
  };
}
