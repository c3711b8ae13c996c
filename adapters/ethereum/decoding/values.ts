/**
 * Reads the values of the Ethereum JSON-RPC: quantities, hashes, addresses, bytes. Strict: what is
 * not exactly one is refused, never guessed.
 *
 * @module
 */

import type { Address, Hash, Hex } from "../../../domain/address.ts";
import { Fault } from "../../../domain/fault.ts";
import type { Wei } from "../../../domain/money.ts";

/** The members of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** Reads an object. @throws {Fault} `chain-nonsense`. */
export function decodeObject(value: unknown, expected: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw unexpected(expected, value);
}

/** Reads a quantity: `0x` and up to 64 hex digits. @throws {Fault} `chain-nonsense`. */
export function decodeQuantity(value: unknown, expected = "a quantity"): bigint {
  if (typeof value === "string" && /^0x[0-9a-f]{1,64}$/i.test(value)) return BigInt(value);
  throw unexpected(expected, value);
}

/** Reads a quantity that counts something. @throws {Fault} `chain-nonsense`. */
export function decodeCount(value: unknown, expected = "a number"): number {
  const count = Number(decodeQuantity(value, expected));
  if (Number.isSafeInteger(count)) return count;
  throw unexpected(expected, value);
}

/** Reads a quantity of Wei. @throws {Fault} `chain-nonsense`. */
export function decodeWei(value: unknown, expected = "an amount of Wei"): Wei {
  return decodeQuantity(value, expected) as Wei; // 64 digits are 256 bits.
}

/**
 * Reads a price of a unit of gas: at most 128 bits, so that what is reckoned from it stays an amount
 * of Wei.
 *
 * @throws {Fault} `chain-nonsense`.
 */
export function decodePrice(value: unknown, expected = "a gas price"): Wei {
  const price = decodeWei(value, expected);
  if (price < 2n ** 128n) return price;
  throw unexpected(expected, value);
}

/** Reads an amount of gas: at most 64 bits, as in a block. @throws {Fault} `chain-nonsense`. */
export function decodeGas(value: unknown): bigint {
  const gas = decodeQuantity(value, "an amount of gas");
  if (gas < 2n ** 64n) return gas;
  throw unexpected("an amount of gas", value);
}

/** Reads a hash, in lower case. @throws {Fault} `chain-nonsense`. */
export function decodeHash(value: unknown, expected = "a hash"): Hash {
  if (typeof value === "string" && /^0x[0-9a-f]{64}$/i.test(value)) {
    return value.toLowerCase() as Hash;
  }
  throw unexpected(expected, value);
}

/** Reads an address, in lower case; its checksum says nothing. @throws {Fault} `chain-nonsense`. */
export function decodeAddress(value: unknown, expected = "an address"): Address {
  if (typeof value === "string" && /^0x[0-9a-f]{40}$/i.test(value)) {
    return value.toLowerCase() as Address;
  }
  throw unexpected(expected, value);
}

/** Reads bytes, in lower case. @throws {Fault} `chain-nonsense`. */
export function decodeBytes(value: unknown, expected = "bytes"): Hex {
  if (typeof value === "string" && /^0x(?:[0-9a-f]{2})*$/i.test(value)) {
    return value.toLowerCase() as Hex;
  }
  throw unexpected(expected, value);
}

/** The fault of an answer that holds something else than was expected. */
export function unexpected(expected: string, value: unknown): Fault {
  return new Fault("chain-nonsense", `answered ${shown(value)}, expected ${expected}`);
}

/** A value for people: no more of a text than tells what it looks like. */
function shown(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value.length > 20 ? `${value.slice(0, 20)}…` : value);
  }
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return value === undefined ? "nothing" : String(value);
}
