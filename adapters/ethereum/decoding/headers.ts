/**
 * Reads blocks: their headers, and a wallet's transactions in them.
 *
 * @module
 */

import type { Address } from "../../../domain/address.ts";
import type { Header } from "../../../domain/headers.ts";
import type { MinedTransaction, ScannedBlock } from "../../../domain/ports/chain.ts";
import { decodeMined } from "./transactions.ts";
import {
  decodeAddress,
  decodeCount,
  decodeHash,
  decodeObject,
  decodePrice,
  unexpected,
} from "./values.ts";

/** Reads a block's header (`eth_getBlockByNumber`). @throws {Fault} `chain-nonsense`. */
export function decodeHeader(value: unknown): Header {
  const block = decodeObject(value, "a block");
  return {
    number: decodeCount(block.number, "a block number"),
    hash: decodeHash(block.hash, "a block hash"),
    parentHash: decodeHash(block.parentHash, "a parent hash"),
    time: decodeCount(block.timestamp, "a block's time"),
    baseFeeWei: block.baseFeePerGas == null ? null : decodePrice(block.baseFeePerGas, "a base fee"),
  };
}

/** Reads the header of one block. @throws {Fault} `chain-nonsense`, also for another block. */
export function decodeHeaderAt(value: unknown, number: number): Header {
  const header = decodeHeader(value);
  if (header.number !== number) throw unexpected(`block ${number}`, `block ${header.number}`);
  return header;
}

/**
 * Reads a block with its transactions, and keeps those of a wallet.
 *
 * @throws {Fault} `chain-nonsense`, also when the sender of any transaction cannot be told.
 */
export function decodeScanned(value: unknown, number: number, wallet: Address): ScannedBlock {
  const header = decodeHeaderAt(value, number);
  const { transactions } = decodeObject(value, "a block");
  if (!Array.isArray(transactions)) throw unexpected("a list of transactions", transactions);
  const sent = transactions.flatMap((entry): MinedTransaction[] => {
    const { from } = decodeObject(entry, "a transaction");
    if (decodeAddress(from, "a sender") !== wallet) return [];
    const transaction = decodeMined(entry);
    if (transaction.block.hash === header.hash) return [transaction];
    throw unexpected(`a transaction of block ${header.hash}`, transaction.block.hash);
  });
  return { header, sent };
}
