/**
 * Every question of the chain port, each where it takes several requests.
 *
 * @module
 */

import type { Hash } from "../../domain/address.ts";
import type { Chain } from "../../domain/ports/chain.ts";
import { type ChainHarness, payeeOf, VALUE_WEI } from "./chain_harness.ts";

/** How many calls a request may hold: few, so that questions take several. */
export const CALLS_A_REQUEST = 10;

/** How many payments there are: the first half in one block, the others in the mempool. */
export const PAYMENTS = 40;

/** How many blocks there are. */
export const BLOCKS = 25;

/** What a question is about. */
export interface Asked {
  readonly wallet: ChainHarness["wallet"];
  /** Hashes of all payments, and one that nobody has heard of. */
  readonly hashes: readonly Hash[];
  readonly head: number;
}

/** A question, as a chain is asked. */
export interface Question {
  readonly name: string;
  readonly ask: (chain: Chain, of: Asked) => Promise<unknown>;
  /** What becomes of it when a request is cut: it rejects, or the facts of that request are unknown. */
  readonly becomes: "a fault" | "unknown";
  /** Whether it asks for what is missing by itself, so that it may be answered all the same. */
  readonly asksAgain?: true;
}

const EACH = Array.from({ length: PAYMENTS }, (_, index) => payeeOf(index));

/** All members but `broadcast`. */
export const QUESTIONS: readonly Question[] = [
  { name: "identity()", becomes: "a fault", ask: (chain) => chain.identity() },
  { name: "health()", becomes: "a fault", ask: (chain) => chain.health() },
  { name: "feeQuote()", becomes: "a fault", ask: (chain) => chain.feeQuote() },
  { name: "tip()", becomes: "a fault", ask: (chain, { wallet }) => chain.tip(wallet) },
  {
    // Receipts that did not come by block are asked for by hash.
    name: "observe()",
    becomes: "unknown",
    asksAgain: true,
    ask: async (chain, { wallet, hashes, head }) => {
      const headers = { from: head - BLOCKS + 1, to: head };
      const question = { wallet, headers, receipts: hashes, finalNumber: head };
      const { receipts, ...rest } = await chain.observe(question);
      return { ...rest, receipts: hashes.map((hash) => receipts.get(hash)) };
    },
  },
  {
    name: "observe() of receipts alone",
    becomes: "unknown",
    ask: async (chain, { wallet, hashes, head }) => {
      const question = { wallet, headers: null, receipts: hashes, finalNumber: head };
      const { receipts, ...rest } = await chain.observe(question);
      return { ...rest, receipts: hashes.map((hash) => receipts.get(hash)) };
    },
  },
  {
    // A block that is missing from its page is asked for once more.
    name: "scan()",
    becomes: "a fault",
    asksAgain: true,
    ask: (chain, { wallet, head }) =>
      Array.fromAsync(chain.scan(wallet, { from: head - BLOCKS + 1, to: head })),
  },
  {
    name: "transactions()",
    becomes: "unknown",
    ask: (chain, { hashes }) => chain.transactions(hashes),
  },
  { name: "hasCode()", becomes: "unknown", ask: (chain) => chain.hasCode(EACH) },
  {
    name: "estimateGas()",
    becomes: "unknown",
    ask: (chain, { wallet: from }) =>
      chain.estimateGas(EACH.map((to) => ({ from, to, valueWei: VALUE_WEI }))),
  },
];
