/**
 * Values of the domain for its tests: chosen ones (`…Of`) and fast-check's (`any…`).
 *
 * @module
 */

import fc from "fast-check";
import type { Address, Hash, Hex } from "../../domain/address.ts";
import type { Fees } from "../../domain/fees.ts";
import type { HeaderRun } from "../../domain/headers.ts";
import {
  MAX_SHANNON,
  MIN_SHANNON,
  type Shannon,
  shannon,
  type Wei,
  wei,
  weiOfShannon,
} from "../../domain/money.ts";
import type { Attempt, BlockRef, Payment } from "../../domain/payment.ts";

/** The largest amount of Wei. */
export const MAX_WEI = 2n ** 256n - 1n;

/** The hash with this number. */
export function hashOf(seed: number): Hash {
  return `0x${seed.toString(16).padStart(64, "0")}` as Hash;
}

/** The address with this number. */
export function addressOf(seed: number): Address {
  return `0x${seed.toString(16).padStart(40, "0")}` as Address;
}

/** The pool's wallet in every test. */
export const WALLET = addressOf(0xcafe);

/** A fork of the chain: other blocks from a number on. */
export interface Fork {
  readonly id: number;
  readonly at: number;
}

/** A block of the chain, or of a fork of it. */
export function blockOf(number: number, fork: Fork = { id: 0, at: 0 }): BlockRef {
  return { number, hash: hashOf((number < fork.at ? 0 : fork.id) * 1_000_000 + number + 1) };
}

/** Linked headers, both numbers inclusive, of the chain or of a fork of it. */
export function headersOf(from: number, to: number, fork?: Fork): HeaderRun {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => ({
    ...blockOf(from + index, fork),
    parentHash: blockOf(from + index - 1, fork).hash,
    time: 1_790_000_000 + 12 * (from + index),
    baseFeeWei: null,
  }));
}

/** Legacy fees. */
export function legacyOf(gasPriceWei: bigint): Fees {
  return { kind: "legacy", gasPriceWei: wei(gasPriceWei) };
}

/** EIP-1559 fees. */
export function eip1559Of(maxFeePerGasWei: bigint, maxPriorityFeePerGasWei: bigint): Fees {
  return {
    kind: "eip1559",
    maxFeePerGasWei: wei(maxFeePerGasWei),
    maxPriorityFeePerGasWei: wei(maxPriorityFeePerGasWei),
  };
}

/** A plain transfer with this hash. */
export function attemptOf(hash: Hash, changes: Partial<Attempt> = {}): Attempt {
  return { kind: "pay", hash, raw: "0x02" as Hex, gas: 21_000n, fees: legacyOf(8n), ...changes };
}

/** A payment of 0.6 coins at nonce 7, debited at block 99, with one attempt. */
export function paymentOf(changes: Partial<Payment> = {}): Payment {
  const recipient = addressOf(0xab);
  return {
    login: recipient,
    amountShannon: shannon(600_000_000n),
    wallet: WALLET,
    chainId: 61n,
    genesis: blockOf(0).hash,
    nonce: 7,
    recipient,
    valueWei: wei(600_000_000_000_000_000n),
    debitedAt: 1_790_000_000,
    head: blockOf(99),
    attempts: [attemptOf(hashOf(0xa1))],
    ...changes,
  };
}

/** Any hash. */
export const anyHash: fc.Arbitrary<Hash> = hexOf(64) as fc.Arbitrary<Hash>;

/** Any address. */
export const anyAddress: fc.Arbitrary<Address> = hexOf(40) as fc.Arbitrary<Address>;

/** Any amount of Wei, up to a limit. */
export function anyWei(max: bigint = MAX_WEI): fc.Arbitrary<Wei> {
  return fc.bigInt({ min: 0n, max }).map(wei);
}

/** Any amount of Shannon, also a negative one. */
export const anyShannon: fc.Arbitrary<Shannon> = fc.bigInt({ min: MIN_SHANNON, max: MAX_SHANNON })
  .map(shannon);

/** An amount that can be paid. */
export const anyAmount: fc.Arbitrary<Shannon> = fc.bigInt({ min: 1n, max: MAX_SHANNON })
  .map(shannon);

/** Any fees; a tip is never above its cap. */
export const anyFees: fc.Arbitrary<Fees> = fc.oneof(
  anyWei().map(legacyOf),
  fc.tuple(anyWei(), anyWei()).map(([one, other]) =>
    one < other ? eip1559Of(other, one) : eip1559Of(one, other)
  ),
);

/** Any login: a miner's address as a rule, now and then whatever an operator may have typed. */
export const anyLogin: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: anyAddress, weight: 3 },
  fc.string({ unit: "binary" }),
);

/** Records as object literals are, which a strict comparison tells from those without a prototype. */
const PLAIN = { noNullPrototype: true } as const;

/** Any attempt. */
export const anyAttempt: fc.Arbitrary<Attempt> = fc.record({
  kind: fc.constantFrom("pay", "cancel"),
  hash: fc.option(anyHash),
  raw: fc.option(fc.integer({ min: 1, max: 40 }).chain((bytes) => hexOf(2 * bytes))),
  gas: fc.bigInt({ min: 21_000n, max: 30_000_000n }),
  fees: anyFees,
}, PLAIN) as fc.Arbitrary<Attempt>;

/** Any payment. The ledger's login is its recipient's address, in any spelling. */
export const anyPayment: fc.Arbitrary<Payment> = fc.record({
  login: fc.mixedCase(anyAddress),
  amountShannon: anyAmount,
  wallet: anyAddress,
  chainId: fc.bigInt({ min: 1n, max: 2n ** 64n }),
  genesis: anyHash,
  nonce: fc.maxSafeNat(),
  debitedAt: fc.maxSafeNat(),
  head: fc.record({ number: fc.maxSafeNat(), hash: anyHash }, PLAIN),
  attempts: fc.array(anyAttempt, { minLength: 1, maxLength: 4 }),
}, PLAIN).map((payment) => ({
  ...payment,
  recipient: payment.login.toLowerCase() as Address,
  valueWei: weiOfShannon(payment.amountShannon),
}));

function hexOf(digits: number): fc.Arbitrary<string> {
  return fc.string({
    unit: fc.constantFrom(..."0123456789abcdef"),
    minLength: digits,
    maxLength: digits,
  }).map((text) => `0x${text}`);
}
