/**
 * Payments in flight and facts about them, for plain tests of `decide`.
 *
 * @module
 */

import { match, strictEqual } from "node:assert/strict";
import type { Hash, Hex } from "../../domain/address.ts";
import {
  decide,
  type DecidePolicy,
  type Facts,
  type InFlight,
  type Spender,
  type Verdict,
} from "../../domain/decide.ts";
import { ABSENT, type Fact, present } from "../../domain/fact.ts";
import { wei } from "../../domain/money.ts";
import type { BlockRef, Payment } from "../../domain/payment.ts";
import type { MinedTransaction, Receipt } from "../../domain/ports/chain.ts";
import { attemptOf, blockOf, hashOf, headersOf, paymentOf } from "./arbitraries.ts";

/** The head is block 120; with 12 confirmations the newest final block is 109. */
export const HEAD = 120;
/** A block that is final. */
export const FINAL = blockOf(109);
/** A block that is one short of final. */
export const SHALLOW = blockOf(110);
/** The number of a final block, on a branch that was left. */
export const OFF_CHAIN = blockOf(109, { id: 1, at: 105 });

/** What is decided by, where a test says nothing else. */
export const POLICY: DecidePolicy = {
  confirmations: 12,
  bumpAfterBlocks: 5,
  cancelAfterBlocks: 30,
  gas: { kind: "auto" },
  ceilingWei: wei(100n),
};

/** The hash of the first attempt. */
export const FIRST = hashOf(0xa1);
/** The hash of the second attempt. */
export const SECOND = hashOf(0xa2);
/** A hash that is none of ours. */
export const STRANGE = hashOf(0xbad);

/** A payment with one attempt. */
export const ONE_TRY = paymentOf();
/** A payment whose fees were raised. */
export const BUMPED = paymentOf({ attempts: [attemptOf(FIRST), attemptOf(SECOND)] });
/** A payment that was to be cancelled. */
export const CANCELLED = paymentOf({
  attempts: [attemptOf(FIRST), attemptOf(SECOND, { kind: "cancel" })],
});

/** The mempool holds the payment; nothing after it was sent. */
export const IN_POOL = {
  latestNonce: present(7),
  pendingNonce: present(8),
  finalNonce: present(7),
};

/** The node knows nothing of the payment. */
export const NOT_IN_POOL = { ...IN_POOL, pendingNonce: present(7) };

/** The payment's nonce is spent at the head. */
export const SPENT = { latestNonce: present(8), pendingNonce: present(8), finalNonce: present(7) };

/** The payment's nonce is spent in a final block. */
export const SPENT_FOR_GOOD = { ...SPENT, finalNonce: present(8) };

/** What is decided about a payment. */
export function verdictOf(
  payment: Payment,
  facts: Partial<Facts>,
  seen: Partial<InFlight> = {},
  policy: Partial<DecidePolicy> = {},
): Verdict {
  const [decided] = decide([flightOf(payment, seen)], factsOf(facts), { ...POLICY, ...policy });
  if (decided === undefined) throw new Error("nothing was decided");
  return decided.verdict;
}

/** What is decided when a scan found this at the payment's nonce. */
export function verdictOfSpender(
  spender: Fact<Spender>,
  policy: Partial<DecidePolicy> = {},
): Verdict {
  const receipts = new Map([[FIRST, ABSENT]]);
  const facts = { ...SPENT_FOR_GOOD, receipts, spenders: new Map([[7, spender]]) };
  return verdictOf(ONE_TRY, facts, {}, policy);
}

/** A payment that this run sent at the head. */
export function flightOf(payment: Payment, seen: Partial<InFlight> = {}): InFlight {
  return {
    payment,
    sentAt: HEAD,
    underpriced: false,
    outbid: false,
    refusals: 0,
    refusedSince: null,
    contested: false,
    orphan: null,
    ...seen,
  };
}

/** Facts of a nonce that is spent, with changes. */
export function factsOf(facts: Partial<Facts>): Facts {
  return {
    runs: [headersOf(100, HEAD)],
    receipts: new Map(),
    spenders: new Map(),
    ...SPENT,
    ...facts,
  };
}

/** A receipt for one hash. */
export function mined(
  hash: Hash,
  block: BlockRef,
  status: Receipt["status"] = "success",
): ReadonlyMap<Hash, Fact<Receipt>> {
  return new Map([[hash, present({ hash, block, status, feeWei: wei(21_000n) })]]);
}

/** The payment itself in a final block, under a hash that is none of ours, with changes. */
export function spenderOf(
  changes: Partial<MinedTransaction>,
  about: Partial<Omit<Spender, "transaction">> = {},
): Spender {
  const transaction: MinedTransaction = {
    hash: STRANGE,
    nonce: 7,
    to: ONE_TRY.recipient,
    valueWei: ONE_TRY.valueWei,
    data: "0x" as Hex,
    block: FINAL,
    ...changes,
  };
  return { transaction, status: "success", feeWei: wei(21_000n), recorded: false, ...about };
}

/** Demands a wait with this reason. */
export function waits(verdict: Verdict, why: string): void {
  strictEqual(verdict.kind, "wait");
  if (verdict.kind === "wait") match(verdict.why, new RegExp(why));
}
