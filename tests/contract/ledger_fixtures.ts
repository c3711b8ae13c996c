/**
 * Pools and payments on which ledgers are tried.
 *
 * @module
 */

import { strictEqual } from "node:assert/strict";
import type { KeyValue, LedgerDump } from "../../adapters/memory/ledger_store.ts";
import type { Address, Hash } from "../../domain/address.ts";
import { encodeRecord } from "../../domain/journal_record.ts";
import { shannon, weiOfShannon } from "../../domain/money.ts";
import { newestAttempt, type Payment, paymentKey, withAttempt } from "../../domain/payment.ts";
import type { Fence, Ledger } from "../../domain/ports/ledger.ts";
import type { Transition } from "../../domain/transition.ts";
import { paymentOf } from "./local_journal_contract.ts";

/** A ledger with the prefix `eth`, empty at first, and what happens to it from outside. */
export interface LedgerHarness extends AsyncDisposable {
  /** The ledger as a new process sees it. */
  ledger(): Promise<Ledger>;
  /** Puts these keys over whatever stands there. */
  seed(dump: LedgerDump): Promise<void>;
  /** Every key. */
  dump(): Promise<LedgerDump>;
  /** Lets the lease lapse as if its time were over. */
  expireLease(): Promise<void>;
}

/** Registers a test of one behaviour, with a harness of its own. */
export type LedgerTest = (
  behaviour: string,
  run: (harness: LedgerHarness) => Promise<void>,
) => void;

export const ALICE = `0x${"a1".repeat(20)}`;
export const BOB = `0x${"b0".repeat(20)}`;
export const WALLET = `0x${"cd".repeat(20)}` as Address;

/** Her payment: 0.6 coins at nonce 7. */
export const TO_ALICE: Payment = payment({ login: ALICE, amount: 600_000_000n, nonce: 7 });

/** His payment: 0.7 coins at nonce 8. */
export const TO_BOB: Payment = payment({ login: BOB, amount: 700_000_000n, nonce: 8 });

/** A pool that owes both, and pays nobody yet. It keeps fields that are not ours. */
export const POOL: LedgerDump = {
  "eth:finances": hash({ balance: "1300000005", immature: "11", totalMined: "12" }),
  [`eth:miners:${ALICE}`]: hash({ balance: "600000005", lastShare: "1790000000" }),
  [`eth:miners:${BOB}`]: hash({ balance: "700000000", pending: "0", paid: "42" }),
  "eth:payments:nonces": hash({ [WALLET]: "7" }),
};

/** The same pool when her payment is debited. */
export const ALICE_IN_FLIGHT: LedgerDump = {
  ...POOL,
  "eth:finances": hash({
    balance: "700000005",
    pending: "600000000",
    immature: "11",
    totalMined: "12",
  }),
  [`eth:miners:${ALICE}`]: hash({
    balance: "5",
    pending: "600000000",
    lastShare: "1790000000",
  }),
  "eth:payments:pending": zset([paymentKey(TO_ALICE), TO_ALICE.debitedAt]),
  "eth:payments:journal": hash({ [paymentKey(TO_ALICE)]: encodeRecord(TO_ALICE) }),
  "eth:payments:pendingtx": hash({ [paymentKey(TO_ALICE)]: hashOf(7) }),
  "eth:payments:pendingnonce": hash({ [paymentKey(TO_ALICE)]: "7" }),
  "eth:payments:nonces": hash({ [WALLET]: "8" }),
};

/** Paydirt's own notes about a payment. */
export const NOTES = ["journal", "pendingtx", "pendingnonce"].map((name) => `eth:payments:${name}`);

/** The pool after a classic Go payer died between her debit and its notes: no record of ours. */
export const ALICE_LEFT_BY_GO: LedgerDump = without(ALICE_IN_FLIGHT, NOTES);

/** When payments are settled, in unix seconds. */
export const SETTLED_AT = 1_790_000_500;

/** What is left of a payment of hers that came to its end. */
const ALICE_ENDED: LedgerDump = {
  [`eth:miners:${BOB}`]: POOL[`eth:miners:${BOB}`]!,
  "eth:payments:nonces": hash({ [WALLET]: "8" }),
};

/** The same pool when her payment is settled with the hash 70. */
export const ALICE_SETTLED: LedgerDump = {
  ...ALICE_ENDED,
  "eth:finances": hash({
    balance: "700000005",
    pending: "0",
    paid: "600000000",
    immature: "11",
    totalMined: "12",
  }),
  [`eth:miners:${ALICE}`]: hash({
    balance: "5",
    pending: "0",
    paid: "600000000",
    lastShare: "1790000000",
  }),
  "eth:payments:all": zset([`${hashOf(70)}:${ALICE}:600000000`, SETTLED_AT]),
  [`eth:payments:${ALICE}`]: zset([`${hashOf(70)}:600000000`, SETTLED_AT]),
};

/** The same pool when her payment is credited back. */
export const ALICE_CREDITED: LedgerDump = {
  ...ALICE_ENDED,
  "eth:finances": hash({
    balance: "1300000005",
    pending: "0",
    immature: "11",
    totalMined: "12",
  }),
  [`eth:miners:${ALICE}`]: hash({
    balance: "600000005",
    pending: "0",
    lastShare: "1790000000",
  }),
};

/** The same pool when a Go resolver credited it back: our notes are all that is left of it. */
export const ALICE_ORPHANED: LedgerDump = {
  ...ALICE_CREDITED,
  ...Object.fromEntries(Object.entries(ALICE_IN_FLIGHT).filter(([key]) => NOTES.includes(key))),
};

/** The keys that all payees share. */
export const SHARED_KEYS: readonly string[] = [
  "eth:finances",
  ...["lock", "lease", "pending", "all", "pendingtx", "pendingnonce", "journal", "nonces", "held"]
    .map((name) => `eth:payments:${name}`),
];

/** A payment of the wallet. */
export function payment(
  { login, amount, nonce }: {
    readonly login: string;
    readonly amount: bigint;
    readonly nonce: number;
  },
): Payment {
  const amountShannon = shannon(amount);
  return { ...paymentOf(nonce, login), amountShannon, valueWei: weiOfShannon(amountShannon) };
}

/** The same payment with an attempt more, which has this hash. */
export function bumped(before: Payment, seed: number): Payment {
  return withAttempt(before, { ...newestAttempt(before), hash: hashOf(seed) });
}

/** A hash for a number. */
export function hashOf(seed: number): Hash {
  return `0x${seed.toString(16).padStart(64, "0")}` as Hash;
}

/** A hash as a dump has it. */
export function hash(fields: Readonly<Record<string, string>>): KeyValue {
  return { type: "hash", value: fields };
}

/** A sorted set as a dump has it. */
export function zset(...rows: readonly (readonly [string, number])[]): KeyValue {
  return { type: "zset", value: rows };
}

/** A string as a dump has it. */
export function text(value: string): KeyValue {
  return { type: "string", value };
}

/** A value of another type than the key must have. */
export function wrongValue(key: string): KeyValue {
  return /:(?:lock|lease)$/.test(key) ? hash({ a: "1" }) : text("x");
}

/** A dump without some keys. */
export function without(dump: LedgerDump, keys: readonly string[]): LedgerDump {
  return Object.fromEntries(Object.entries(dump).filter(([key]) => !keys.includes(key)));
}

/** Everything but lock and lease. */
export async function records(harness: LedgerHarness): Promise<LedgerDump> {
  return without(await harness.dump(), ["eth:payments:lock", "eth:payments:lease"]);
}

/** Takes the lock for a run. */
export async function fenceOf(ledger: Ledger, runId = "one"): Promise<Fence> {
  const outcome = await ledger.lock(runId);
  if (outcome.kind !== "taken") throw new Error(`Cannot lock for a test: ${outcome.kind}`);
  return outcome.fence;
}

/** Commits under a lock of its own, and expects that it is applied. */
export async function commit(
  harness: LedgerHarness,
  transitions: readonly Transition[],
): Promise<void> {
  await using ledger = await harness.ledger();
  const fence = await fenceOf(ledger);
  strictEqual((await fence.commit(transitions)).kind, "applied");
}
