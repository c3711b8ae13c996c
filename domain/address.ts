/**
 * Addresses of accounts on the chain, and the logins of miners that name them.
 *
 * @module
 */

import type { Checksum } from "./ports/checksum.ts";

/** An account's address: `0x` and 40 lower-case hex digits. */
export type Address = string & { readonly __kind: "address" };

/** A hash of a block or a transaction: `0x` and 64 lower-case hex digits. */
export type Hash = string & { readonly __kind: "hash" };

/** Bytes in hex, lower case, with `0x`. */
export type Hex = string & { readonly __kind: "hex" };

/** The address that nobody owns: coins sent there are gone. */
export const ZERO_ADDRESS = `0x${"0".repeat(40)}` as Address;

/** Why a text is no address. */
export type AddressFault = "no-address" | "bad-checksum";

/**
 * Reads a login or a configured address. All-lower and all-upper spellings are taken; a mixed one
 * must carry the right checksum (EIP-55), since a wrong one is a mistyped address.
 *
 * @example
 * ```ts
 * import { parseAddress } from "./address.ts";
 *
 * parseAddress("0x" + "ab".repeat(20), (address) => address); // { address: "0xabab…" }
 * parseAddress("worker-7", (address) => address); // { fault: "no-address" }
 * ```
 */
export function parseAddress(
  text: string,
  checksum: Checksum,
): { readonly address: Address } | { readonly fault: AddressFault } {
  const address = addressTakenFor(text);
  if (address === undefined) return { fault: "no-address" };
  const digits = text.slice(2);
  const oneCase = digits === digits.toLowerCase() || digits === digits.toUpperCase();
  if (oneCase || checksum(address).slice(2) === digits) return { address };
  return { fault: "bad-checksum" };
}

/**
 * The address that a node takes a text for, which minds no checksum: where a Go payer's coins went.
 *
 * @example
 * ```ts
 * import { addressTakenFor } from "./address.ts";
 *
 * addressTakenFor("0x" + "aB".repeat(20)); // "0xabab…"
 * addressTakenFor("worker-7"); // undefined
 * ```
 */
export function addressTakenFor(text: string): Address | undefined {
  return /^0[xX][0-9a-fA-F]{40}$/.test(text)
    ? `0x${text.slice(2).toLowerCase()}` as Address
    : undefined;
}

/** Whether a text is a hash as the chain writes it, in lower case. */
export function isHash(text: unknown): text is Hash {
  return typeof text === "string" && /^0x[0-9a-f]{64}$/.test(text);
}
