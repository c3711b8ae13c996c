import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { decide, type Verdict } from "../../domain/decide.ts";
import { ABSENT } from "../../domain/fact.ts";
import { attemptOf, blockOf, headersOf, paymentOf } from "./arbitraries.ts";
import {
  BUMPED,
  CANCELLED,
  factsOf,
  FINAL,
  FIRST,
  flightOf,
  HEAD,
  IN_POOL,
  mined,
  NOT_IN_POOL,
  OFF_CHAIN,
  ONE_TRY,
  POLICY,
  SECOND,
  SHALLOW,
  SPENT,
  SPENT_FOR_GOOD,
  verdictOf,
  waits,
} from "./decide_cases.ts";
import { pureTest } from "./pure.ts";

pureTest("decide() answers for every payment, in order", () => {
  const flights = [paymentOf({ nonce: 8 }), ONE_TRY].map((payment) => flightOf(payment));
  const decided = decide(flights, factsOf({ ...SPENT, receipts: mined(FIRST, FINAL) }), POLICY);
  deepStrictEqual(decided.map(({ flight }) => flight), flights);
  deepStrictEqual(decided.map(({ verdict }) => verdict.kind), ["send-again", "settle"]);
});

pureTest("decide() settles a payment that is final", () => {
  const verdict = verdictOf(ONE_TRY, { ...SPENT, receipts: mined(FIRST, FINAL) });
  deepStrictEqual(verdict, { kind: "settle", hash: FIRST, block: 109, feeWei: 21_000n });
});

pureTest("decide() settles with the attempt that was mined, whichever it is", () => {
  for (const hash of [FIRST, SECOND]) {
    const receipts = new Map([[FIRST, ABSENT], [SECOND, ABSENT], ...mined(hash, FINAL)]);
    const verdict = verdictOf(BUMPED, { ...SPENT, receipts });
    deepStrictEqual(verdict, { kind: "settle", hash, block: 109, feeWei: 21_000n });
  }
});

pureTest("decide() settles although a cancel was sent, when the payment was mined", () => {
  const verdict = verdictOf(CANCELLED, { ...SPENT, receipts: mined(FIRST, FINAL) });
  strictEqual(verdict.kind, "settle");
});

pureTest("decide() settles what is deep in older linked headers", () => {
  const runs = [headersOf(100, HEAD), headersOf(40, 51)];
  const verdictAt = (number: number): Verdict =>
    verdictOf(ONE_TRY, { ...SPENT, runs, receipts: mined(FIRST, blockOf(number)) });
  strictEqual(verdictAt(40).kind, "settle");
  strictEqual(verdictAt(41).kind, "wait");
});

pureTest("decide() credits a final reverted payment back and holds the payee", () => {
  const verdict = verdictOf(ONE_TRY, { ...SPENT, receipts: mined(FIRST, FINAL, "reverted") });
  deepStrictEqual(verdict, {
    kind: "credit-back",
    reason: "reverted",
    hash: FIRST,
    feeWei: 21_000n,
    hold: "reverted",
    stranger: null,
  });
});

pureTest("decide() credits back when the cancel is final, whatever its status", () => {
  for (const status of ["success", "reverted", "missing"] as const) {
    const verdict = verdictOf(CANCELLED, { ...SPENT, receipts: mined(SECOND, FINAL, status) });
    deepStrictEqual(verdict, {
      kind: "credit-back",
      reason: "cancelled",
      hash: SECOND,
      feeWei: 21_000n,
      hold: "cancelled",
      stranger: null,
    });
  }
});

pureTest("decide() waits while what was mined is not final", () => {
  for (const status of ["success", "reverted"] as const) {
    const facts = { ...SPENT_FOR_GOOD, receipts: mined(FIRST, SHALLOW, status) };
    waits(verdictOf(ONE_TRY, facts), "mined, not final yet");
  }
  waits(verdictOf(CANCELLED, { ...SPENT, receipts: mined(SECOND, SHALLOW) }), "not final");
});

pureTest("decide() waits when the block that was told is not on our chain", () => {
  for (const block of [OFF_CHAIN, blockOf(99), blockOf(121)]) {
    const facts = { ...SPENT_FOR_GOOD, receipts: mined(FIRST, block) };
    waits(verdictOf(ONE_TRY, facts), "off our chain");
  }
});

pureTest("decide() takes no block off our chain for final, not even with 0 confirmations", () => {
  const facts = { ...SPENT, receipts: mined(FIRST, OFF_CHAIN) };
  waits(verdictOf(ONE_TRY, facts, {}, { confirmations: 0 }), "off our chain");
});

pureTest("decide() waits when two attempts of one nonce are told to be mined", () => {
  const runs = [headersOf(100, HEAD), headersOf(100, HEAD, { id: 1, at: 105 })];
  for (const block of [FINAL, OFF_CHAIN, SHALLOW]) {
    const receipts = new Map([
      ...mined(FIRST, block),
      ...mined(SECOND, FINAL, "reverted"),
    ]);
    waits(verdictOf(BUMPED, { ...SPENT_FOR_GOOD, runs, receipts }), "two attempts");
    waits(verdictOf(CANCELLED, { ...SPENT_FOR_GOOD, runs, receipts }), "two attempts");
  }
});

pureTest("decide() settles an attempt that was written down twice", () => {
  const payment = paymentOf({ attempts: [attemptOf(FIRST), attemptOf(FIRST)] });
  strictEqual(verdictOf(payment, { ...SPENT, receipts: mined(FIRST, FINAL) }).kind, "settle");
});

pureTest("decide() follows the chain through a reorg", () => {
  const gone = { receipts: new Map([[FIRST, ABSENT]]) };
  waits(verdictOf(ONE_TRY, { ...SPENT, ...gone }), "not in a final block");
  waits(verdictOf(ONE_TRY, { ...IN_POOL, ...gone }), "in the mempool");
  strictEqual(verdictOf(ONE_TRY, { ...NOT_IN_POOL, ...gone }).kind, "send-again");
});

pureTest("decide() settles a plain transfer without a status, and holds any other", () => {
  const kindWith = (gas: bigint): Verdict =>
    verdictOf(paymentOf({ attempts: [attemptOf(FIRST, { gas })] }), {
      ...SPENT,
      receipts: mined(FIRST, FINAL, "missing"),
    });
  strictEqual(kindWith(21_000n).kind, "settle");
  deepStrictEqual(kindWith(21_001n), { kind: "hold", reason: "status-missing" });
});
