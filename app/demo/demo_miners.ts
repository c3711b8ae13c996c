/**
 * The miners of the demo: plain ones, and every kind of odd payee that a pool's ledger collects.
 *
 * @module
 */

import { getAddress } from "ethers/address";
import { keccak256 } from "ethers/crypto";
import type { KeyValue, LedgerDump } from "../../adapters/memory/ledger_store.ts";
import { type Address, ZERO_ADDRESS } from "../../domain/address.ts";
import {
  MAX_SHANNON,
  parseShannon,
  type Shannon,
  shannon,
  sumShannon,
} from "../../domain/money.ts";
import { DEMO_WALLET } from "./demo_chain.ts";

/** The pool's prefix in the demo's ledger. */
export const DEMO_PREFIX = "eth";

/** Paid is whoever is owed more: half a coin, a pool's usual threshold. */
export const DEMO_THRESHOLD: Shannon = shannon(500_000_000n);

/** A miner of the demo. */
export interface DemoMiner {
  readonly login: string;
  /** What stands under its key. */
  readonly entry: KeyValue;
  /** What is odd about it, in plain words; `null` for a plain miner. */
  readonly oddity: string | null;
}

/** Miners whose address is a contract. */
export const CONTRACTS = {
  accepts: addressOf("a wallet contract"),
  reverts: addressOf("a contract that refuses"),
} as const;

const PLAIN_MINERS = 30;
const SMALL_MINERS = 7;

/** Everybody whom the pool knows. */
export function demoMiners(): readonly DemoMiner[] {
  return [
    ...named("miner", PLAIN_MINERS).map((name) => plain(name, abovePayday(name))),
    ...named("beginner", SMALL_MINERS).map((name) => plain(name, belowPayday(name))),
    ...oddMiners(),
  ];
}

function oddMiners(): readonly DemoMiner[] {
  const upper = addressOf("upper case").slice(2).toUpperCase();
  return [
    odd(`0x${upper}`, "all in capitals"),
    odd(getAddress(addressOf("mixed case")), "the checksum in its capitals is right"),
    odd(CONTRACTS.accepts, "a contract that takes coins for more gas"),
    odd(addressOf("patient"), "is owed exactly the threshold, not more", DEMO_THRESHOLD),
    odd("rig-07", "a worker's name instead of an address"),
    odd(mistyped(getAddress(addressOf("typing error"))), "the checksum in its capitals is wrong"),
    odd(ZERO_ADDRESS, "an address that nobody owns"),
    odd(DEMO_WALLET, "the pool's own wallet"),
    odd(HELD_LOGIN, "held back by an operator"),
    odd(CONTRACTS.reverts, "a contract that refuses coins"),
    odd(addressOf("fraction"), "a balance that is no whole number", "612345678.5"),
    odd(addressOf("overflow"), "a balance beyond 64 bits", MAX_SHANNON + 1n),
    {
      login: addressOf("wrong type"),
      entry: { type: "string", value: "733000000" },
      oddity: "a stray key in its account's place",
    },
  ];
}

/** Held back since before the demo, as an operator does it by hand. */
const HELD_LOGIN = addressOf("held");

/** The ledger as the pool's other parts left it, before Paydirt first runs. */
export function demoLedger(miners: readonly DemoMiner[]): LedgerDump {
  const owed = miners.map(({ entry }) => balanceOf(entry)).filter((each) => each !== undefined);
  return {
    ...Object.fromEntries(miners.map(({ login, entry }) => [minerKey(login), entry])),
    [`${DEMO_PREFIX}:finances`]: account(sumShannon(owed)),
    [`${DEMO_PREFIX}:payments:held`]: {
      type: "hash",
      value: { [HELD_LOGIN]: "asked us to wait for a new address" },
    },
  };
}

/** Where a miner's account stands in the ledger. */
export function minerKey(login: string): string {
  return `${DEMO_PREFIX}:miners:${login}`;
}

/** What an account owes its miner; `undefined` when it cannot be read. */
export function balanceOf(entry: KeyValue | undefined): Shannon | undefined {
  return entry?.type === "hash" ? parseShannon(entry.value.balance ?? "0") : undefined;
}

function named(kind: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${kind} ${index + 1}`);
}

function plain(name: string, amountShannon: bigint): DemoMiner {
  return { login: addressOf(name), entry: account(amountShannon), oddity: null };
}

function odd(
  login: string,
  oddity: string,
  balance: bigint | string = abovePayday(login),
): DemoMiner {
  return { login, entry: account(balance), oddity };
}

function account(balance: bigint | string): KeyValue {
  return { type: "hash", value: { balance: String(balance) } };
}

/** An address that looks like any other, and is the same in every demo. */
function addressOf(name: string): Address {
  return `0x${digestOf(name).slice(-40)}` as Address;
}

/** Up to two coins above the threshold. */
function abovePayday(name: string): bigint {
  return DEMO_THRESHOLD + 1n + numberOf(name) % 2_000_000_000n;
}

function belowPayday(name: string): bigint {
  return numberOf(name) % DEMO_THRESHOLD;
}

function numberOf(name: string): bigint {
  return BigInt(`0x${digestOf(name).slice(2, 18)}`);
}

function digestOf(name: string): string {
  return keccak256(new TextEncoder().encode(`paydirt demo: ${name}`));
}

/** The same address with one letter in the other case. */
function mistyped(address: string): string {
  return address.replace(
    /[a-fA-F](?=[^a-fA-F]*$)/,
    (letter) => letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
}
