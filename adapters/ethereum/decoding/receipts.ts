/**
 * Reads receipts.
 *
 * @module
 */

import type { Hash } from "../../../domain/address.ts";
import { type Wei, wei } from "../../../domain/money.ts";
import type { Receipt } from "../../../domain/ports/chain.ts";
import { decodeBlock } from "./transactions.ts";
import {
  decodeGas,
  decodeHash,
  decodeObject,
  decodePrice,
  decodeQuantity,
  type Fields,
  unexpected,
} from "./values.ts";

/**
 * Reads a receipt (`eth_getTransactionReceipt`); `null` when there is none, or one without a block,
 * as OpenEthereum gives for what is still pending.
 *
 * @throws {Fault} `chain-nonsense`, also for another transaction's.
 */
export function decodeReceipt(value: unknown, hash: Hash): Receipt | null {
  if (value === null) return null;
  const fields = decodeObject(value, "a receipt");
  const answered = decodeHash(fields.transactionHash, "a transaction hash");
  if (answered !== hash) throw unexpected(`the receipt of ${hash}`, answered);
  const block = decodeBlock(fields);
  if (block === null) return null;
  return { hash, block, status: decodeStatus(fields.status), feeWei: decodeFee(fields) };
}

/** EIP-658: 1 or 0; older receipts have none. */
function decodeStatus(value: unknown): Receipt["status"] {
  if (value == null) return "missing";
  switch (decodeQuantity(value, "a status")) {
    case 1n:
      return "success";
    case 0n:
      return "reverted";
    default:
      throw unexpected("the status 0x1 or 0x0", value);
  }
}

function decodeFee(fields: Fields): Wei | null {
  if (fields.gasUsed == null || fields.effectiveGasPrice == null) return null;
  return wei(decodeGas(fields.gasUsed) * decodePrice(fields.effectiveGasPrice));
}
