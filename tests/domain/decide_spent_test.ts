import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Hash, Hex } from "../../domain/address.ts";
import { ABSENT, type Fact, present, unknown } from "../../domain/fact.ts";
import { wei } from "../../domain/money.ts";
import type { Receipt } from "../../domain/ports/chain.ts";
import { addressOf, attemptOf, paymentOf, WALLET } from "./arbitraries.ts";
import {
  BUMPED,
  FINAL,
  FIRST,
  IN_POOL,
  mined,
  ONE_TRY,
  SECOND,
  spenderOf,
  SPENT,
  SPENT_FOR_GOOD,
  STRANGE,
  verdictOf,
  verdictOfSpender,
  waits,
} from "./decide_cases.ts";
import { pureTest } from "./pure.ts";

pureTest("decide() waits when the nonce is spent, but by nothing that is final", () => {
  const receipts = new Map([[FIRST, ABSENT]]);
  waits(verdictOf(ONE_TRY, { ...SPENT, receipts }), "not in a final block");
  const spenders = new Map([[7, present(spenderOf({ valueWei: wei(1n) }))]]);
  waits(verdictOf(ONE_TRY, { ...SPENT, receipts, spenders }), "not in a final block");
});

pureTest("decide() looks for what spent the nonce until a scan was complete", () => {
  strictEqual(verdictOf(ONE_TRY, SPENT_FOR_GOOD).kind, "investigate");
  strictEqual(
    verdictOf(ONE_TRY, { ...SPENT_FOR_GOOD, spenders: new Map([[8, ABSENT]]) }).kind,
    "investigate",
  );
  strictEqual(verdictOfSpender(unknown("a time-out")).kind, "investigate");
});

pureTest("decide() holds a payment whose nonce was spent by nothing that a scan can find", () => {
  deepStrictEqual(verdictOfSpender(ABSENT), { kind: "hold", reason: "nonce-vanished" });
});

pureTest("decide() settles with the payment itself under a hash that nobody recorded", () => {
  const verdict = verdictOfSpender(present(spenderOf({})));
  deepStrictEqual(verdict, { kind: "settle", hash: STRANGE, block: 109, feeWei: 21_000n });
});

pureTest("decide() credits back a lost attempt that reverted, and holds the payee", () => {
  const verdict = verdictOfSpender(present(spenderOf({}, { status: "reverted" })));
  deepStrictEqual(verdict, {
    kind: "credit-back",
    reason: "reverted",
    hash: STRANGE,
    feeWei: 21_000n,
    hold: "reverted",
    stranger: null,
  });
});

pureTest("decide() settles a lost plain transfer without a status, and holds any other", () => {
  const spender = present(spenderOf({}, { status: "missing" }));
  const fixed = { gas: { kind: "fixed", gas: 21_000n, gasPriceWei: wei(1n) } } as const;
  strictEqual(verdictOfSpender(spender).kind, "settle");
  const hold = { kind: "hold", reason: "status-missing" };
  deepStrictEqual(verdictOfSpender(spender, fixed), hold);
  const receipts = mined(FIRST, FINAL, "missing");
  deepStrictEqual(verdictOf(ONE_TRY, { ...SPENT, receipts }, {}, fixed), hold);
});

pureTest(
  "decide() holds when the spender is recorded as a payment already, whatever it did",
  () => {
    for (const changes of [{}, { to: addressOf(9) }, { data: "0x01" as Hex }]) {
      const verdict = verdictOfSpender(present(spenderOf(changes, { recorded: true })));
      deepStrictEqual(verdict, { kind: "hold", reason: "recorded" });
    }
  },
);

pureTest("decide() credits back when another transaction took the nonce, and reports it", () => {
  for (const changes of [{ to: addressOf(9) }, { to: null }, { to: WALLET }]) {
    for (const status of ["success", "reverted", "missing"] as const) {
      const spender = spenderOf(changes, { status });
      deepStrictEqual(verdictOfSpender(present(spender)), {
        kind: "credit-back",
        reason: "nonce-taken",
        hash: STRANGE,
        feeWei: 21_000n,
        hold: null,
        stranger: spender.transaction,
      });
    }
  }
});

pureTest("decide() holds the payee in the same step when the other transaction was to him", () => {
  for (const changes of [{ valueWei: wei(1n) }, { data: "0x01" as Hex }]) {
    const spender = spenderOf(changes);
    deepStrictEqual(verdictOfSpender(present(spender)), {
      kind: "credit-back",
      reason: "nonce-taken",
      hash: STRANGE,
      feeWei: 21_000n,
      hold: "paid-by-stranger",
      stranger: spender.transaction,
    });
  }
});

pureTest("decide() takes a zero transfer to the wallet for a cancel, under any hash", () => {
  const verdict = verdictOfSpender(present(spenderOf({ to: WALLET, valueWei: wei(0n) })));
  deepStrictEqual(verdict, {
    kind: "credit-back",
    reason: "cancelled",
    hash: STRANGE,
    feeWei: 21_000n,
    hold: "cancelled",
    stranger: null,
  });
});

pureTest("decide() takes a transaction at another nonce for no evidence", () => {
  strictEqual(
    verdictOfSpender(present(spenderOf({ nonce: 8, to: addressOf(9) }))).kind,
    "investigate",
  );
});

pureTest("decide() finds an attempt whose hash the node never told by its nonce", () => {
  const payment = paymentOf({ attempts: [attemptOf(FIRST, { hash: null, raw: null })] });
  strictEqual(verdictOf(payment, SPENT).kind, "wait");
  strictEqual(verdictOf(payment, SPENT_FOR_GOOD).kind, "investigate");
  const spenders = new Map([[7, present(spenderOf({}))]]);
  strictEqual(verdictOf(payment, { ...SPENT_FOR_GOOD, spenders }).kind, "settle");
});

pureTest("decide() waits for what the node does not say", () => {
  const why = unknown("a time-out");
  const stranger = new Map([[7, present(spenderOf({ to: addressOf(9) }))]]);
  waits(verdictOf(ONE_TRY, { ...SPENT, latestNonce: why }), "wallet's nonce");
  waits(verdictOf(ONE_TRY, { ...IN_POOL, pendingNonce: why }), "mempool's nonce");
  waits(verdictOf(ONE_TRY, { ...IN_POOL, runs: [] }), "no head");
  waits(verdictOf(ONE_TRY, { ...SPENT, finalNonce: why, spenders: stranger }), "not in a final");
  const receipts = new Map([[FIRST, why]]);
  const facts = { ...SPENT_FOR_GOOD, receipts, spenders: stranger };
  waits(verdictOf(ONE_TRY, facts), "receipt");
});

pureTest("decide() credits nothing back while one receipt of several is unknown", () => {
  const receipts = new Map<Hash, Fact<Receipt>>([[FIRST, unknown("pruned")], [SECOND, ABSENT]]);
  const spenders = new Map([[7, present(spenderOf({ to: addressOf(9) }))]]);
  waits(verdictOf(BUMPED, { ...SPENT_FOR_GOOD, receipts, spenders }), "receipt");
});
