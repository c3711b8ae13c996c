/**
 * The text of a payment's write-ahead record: what stands in `P:payments:journal` and in the local
 * journal. One payment has exactly one text, so that two records can be compared byte for byte.
 *
 * @module
 */

import { type Address, type Hash, type Hex, isHash } from "./address.ts";
import type { Fees } from "./fees.ts";
import { parseShannon, wei, weiOfShannon } from "./money.ts";
import type { Attempt, Payment } from "./payment.ts";

/**
 * Writes a record: JSON, version 1, amounts as decimal strings.
 *
 * @example
 * ```ts ignore
 * const text = encodeRecord(payment); // {"v":1,"login":"0x…","amountShannon":"600000000",…}
 * ```
 */
export function encodeRecord(payment: Payment): string {
  let text = written.get(payment);
  if (text === undefined) {
    text = write(payment);
    written.set(payment, text);
  }
  return text;
}

/** A payment never changes, and its text is compared and written several times on its way. */
const written = new WeakMap<Payment, string>();

function write(payment: Payment): string {
  return JSON.stringify({
    v: 1,
    login: payment.login,
    amountShannon: payment.amountShannon.toString(),
    wallet: payment.wallet,
    chainId: payment.chainId.toString(),
    genesis: payment.genesis,
    nonce: payment.nonce,
    recipient: payment.recipient,
    valueWei: payment.valueWei.toString(),
    debitedAt: payment.debitedAt,
    head: { number: payment.head.number, hash: payment.head.hash },
    attempts: payment.attempts.map((attempt) => ({
      kind: attempt.kind,
      hash: attempt.hash,
      raw: attempt.raw,
      gas: attempt.gas.toString(),
      fees: encodeFees(attempt.fees),
    })),
  });
}

/**
 * Reads a record. A text that is no version 1 record is a value with the reason, never an
 * exception: it came from outside.
 */
export function decodeRecord(
  text: string,
): { readonly payment: Payment } | { readonly problem: string } {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return { problem: "it is not JSON" };
  }
  if (!isObject(found)) return { problem: "it is no JSON object" };
  if (found.v !== 1) return { problem: `its version is ${shown(found.v)}, expected 1` };
  try {
    return { payment: readPayment(found) };
  } catch (error) {
    if (error instanceof Misfit) return { problem: error.message };
    throw error;
  }
}

/** What nests deeply cannot be written out again. */
function shown(version: unknown): string {
  if (version === undefined) return "missing";
  return typeof version === "number" ? String(version) : "no number";
}

type JsonObject = { readonly [name: string]: unknown };

function readPayment(from: JsonObject): Payment {
  const amountShannon = parseShannon(text(from, "amountShannon"));
  if (amountShannon === undefined || amountShannon <= 0n) throw new Misfit("amountShannon");
  const head = from.head;
  if (!isObject(head)) throw new Misfit("head");
  if (!Array.isArray(from.attempts) || from.attempts.length === 0) throw new Misfit("attempts");
  const login = text(from, "login");
  const recipient = address(from, "recipient");
  const valueWei = weiField(from, "valueWei");
  // A new attempt is signed from these: a record that was changed must not pay another, or more.
  if (recipient !== login.toLowerCase()) throw new Misfit("recipient");
  if (valueWei !== weiOfShannon(amountShannon)) throw new Misfit("valueWei");
  return {
    login,
    amountShannon,
    wallet: address(from, "wallet"),
    chainId: natural(from, "chainId"),
    genesis: hash(from, "genesis"),
    nonce: count(from, "nonce"),
    recipient,
    valueWei,
    debitedAt: count(from, "debitedAt"),
    head: { number: count(head, "number"), hash: hash(head, "hash") },
    attempts: from.attempts.map(readAttempt),
  };
}

function readAttempt(from: unknown): Attempt {
  if (!isObject(from)) throw new Misfit("attempts");
  if (from.kind !== "pay" && from.kind !== "cancel") throw new Misfit("attempts.kind");
  return {
    kind: from.kind,
    hash: from.hash === null ? null : hash(from, "hash"),
    raw: from.raw === null ? null : hex(from, "raw"),
    gas: natural(from, "gas"),
    fees: readFees(from.fees),
  };
}

function encodeFees(fees: Fees): JsonObject {
  return fees.kind === "legacy" ? { kind: fees.kind, gasPriceWei: fees.gasPriceWei.toString() } : {
    kind: fees.kind,
    maxFeePerGasWei: fees.maxFeePerGasWei.toString(),
    maxPriorityFeePerGasWei: fees.maxPriorityFeePerGasWei.toString(),
  };
}

function readFees(from: unknown): Fees {
  if (!isObject(from)) throw new Misfit("fees");
  switch (from.kind) {
    case "legacy":
      return { kind: "legacy", gasPriceWei: weiField(from, "gasPriceWei") };
    case "eip1559":
      return {
        kind: "eip1559",
        maxFeePerGasWei: weiField(from, "maxFeePerGasWei"),
        maxPriorityFeePerGasWei: weiField(from, "maxPriorityFeePerGasWei"),
      };
    default:
      throw new Misfit("fees.kind");
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(from: JsonObject, name: string): string {
  const value = from[name];
  if (typeof value !== "string") throw new Misfit(name);
  return value;
}

function count(from: JsonObject, name: string): number {
  const value = from[name];
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw new Misfit(name);
  }
  return value;
}

function natural(from: JsonObject, name: string): bigint {
  const value = text(from, name);
  if (!/^(?:0|[1-9][0-9]{0,77})$/.test(value)) throw new Misfit(name);
  return BigInt(value);
}

function weiField(from: JsonObject, name: string): Payment["valueWei"] {
  const value = natural(from, name);
  if (value >= 2n ** 256n) throw new Misfit(name);
  return wei(value);
}

function address(from: JsonObject, name: string): Address {
  const value = text(from, name);
  if (!/^0x[0-9a-f]{40}$/.test(value)) throw new Misfit(name);
  return value as Address;
}

function hash(from: JsonObject, name: string): Hash {
  const value = from[name];
  if (!isHash(value)) throw new Misfit(name);
  return value;
}

function hex(from: JsonObject, name: string): Hex {
  const value = text(from, name);
  if (!/^0x(?:[0-9a-f]{2})+$/.test(value)) throw new Misfit(name);
  return value as Hex;
}

class Misfit extends Error {
  constructor(field: string) {
    super(`its field "${field}" is missing or malformed`);
  }
}
