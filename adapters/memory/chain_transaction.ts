/**
 * Transactions of the memory chain. Their bytes are JSON in hex and their hashes are cheap: no
 * elliptic curve, so that a simulation of thousands of payments takes milliseconds.
 *
 * @module
 */

import type { Address, Hash, Hex } from "../../domain/address.ts";
import type { Fees } from "../../domain/fees.ts";
import { type Wei, wei } from "../../domain/money.ts";
import type { SignedTransfer } from "../../domain/ports/signer.ts";

/** What a transaction says. */
export interface TransactionBody {
  /** The chain's id (EIP-155). */
  readonly chainId: bigint;
  /** Who sends, and is believed. */
  readonly from: Address;
  /** `null` creates a contract. */
  readonly to: Address | null;
  /** What is sent. */
  readonly valueWei: Wei;
  /** Its place among the sender's transactions. */
  readonly nonce: number;
  /** The gas limit. */
  readonly gas: bigint;
  /** What it offers for its gas. */
  readonly fees: Fees;
  /** Empty for a payment. */
  readonly data: Hex;
}

/** A transaction with its hash. */
export interface MemoryTransaction extends TransactionBody {
  /** Of its bytes. */
  readonly hash: Hash;
}

/** Signs: the same transaction gives the same bytes and hash. */
export function encodeTransaction(body: TransactionBody): SignedTransfer {
  const { chainId, from, to, valueWei, nonce, gas, fees, data } = body;
  const price = fees.kind === "legacy"
    ? [fees.gasPriceWei]
    : [fees.maxFeePerGasWei, fees.maxPriorityFeePerGasWei];
  const text = JSON.stringify([chainId, from, to, valueWei, nonce, gas, data, ...price].map(plain));
  return { raw: `0x${new TextEncoder().encode(text).toHex()}` as Hex, hash: cheapHash(text) };
}

/** Reads signed bytes; `undefined` when they are none of {@linkcode encodeTransaction}. */
export function decodeTransaction(raw: Hex): MemoryTransaction | undefined {
  try {
    const text = new TextDecoder().decode(Uint8Array.fromHex(raw.slice(2)));
    const [chainId, from, to, value, nonce, gas, data, price, tip] = JSON.parse(text);
    const fees: Fees = tip === undefined ? { kind: "legacy", gasPriceWei: wei(BigInt(price)) } : {
      kind: "eip1559",
      maxFeePerGasWei: wei(BigInt(price)),
      maxPriorityFeePerGasWei: wei(BigInt(tip)),
    };
    const [valueWei, hash] = [wei(BigInt(value)), cheapHash(text)];
    const body = { chainId: BigInt(chainId), from, to, valueWei, nonce, gas: BigInt(gas), fees };
    return { ...body, data, hash };
  } catch {
    return undefined; // A node says of such bytes that they are none.
  }
}

/** What a unit of gas may cost at most. */
export function feeCapWei({ fees }: TransactionBody): Wei {
  return fees.kind === "legacy" ? fees.gasPriceWei : fees.maxFeePerGasWei;
}

/** What the block's producer is offered at most for a unit of gas. */
export function tipCapWei({ fees }: TransactionBody): Wei {
  return fees.kind === "legacy" ? fees.gasPriceWei : fees.maxPriorityFeePerGasWei;
}

/** What the wallet must hold for it: value and the most that its gas can cost. */
export function costWei(transaction: TransactionBody): bigint {
  return transaction.valueWei + transaction.gas * feeCapWei(transaction);
}

/** A hash of 32 bytes for any text. It tells texts apart, and keeps nobody from forging one. */
export function cheapHash(text: string): Hash {
  let [a, b, c, d] = [0x9e3779b9, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x5bd1e995) + a;
    c = Math.imul(c ^ code, 0x1b873593) ^ (b >>> 15);
    d = Math.imul(d ^ code, 0xcc9e2d51) + (c >>> 13);
  }
  let hash = "0x";
  for (let word = 0; word < 8; word++) {
    a = mix(a + d + word);
    b = mix(b ^ a);
    c = mix(c + b);
    d = mix(d ^ c);
    hash += d.toString(16).padStart(8, "0");
  }
  return hash as Hash;
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function plain(value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
