import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { decide, type Facts, type Verdict } from "../../domain/decide.ts";
import { ABSENT, present, valueOf } from "../../domain/fact.ts";
import { maxPriceWei } from "../../domain/fees.ts";
import { newestAttempt, type Payment } from "../../domain/payment.ts";
import { addressOf, attemptOf, legacyOf, paymentOf } from "./arbitraries.ts";
import { anyCase, NONCE, RUNS } from "./decide_arbitraries.ts";
import {
  CANCELLED,
  FINAL,
  FIRST,
  IN_POOL,
  mined,
  NOT_IN_POOL,
  ONE_TRY,
  SECOND,
  SHALLOW,
  spenderOf,
  SPENT_FOR_GOOD,
  STRANGE,
  verdictOf,
} from "./decide_cases.ts";
import { pureTest } from "./pure.ts";

/** What is decided about an orphan. */
function orphanVerdict(
  facts: Partial<Facts>,
  { payment = ONE_TRY, recorded = false }: {
    readonly payment?: Payment;
    readonly recorded?: boolean;
  } = {},
): Verdict {
  return verdictOf(payment, facts, { orphan: { recorded } });
}

function spent(about: Parameters<typeof spenderOf>): Partial<Facts> {
  const receipts = new Map([[FIRST, ABSENT]]);
  return { ...SPENT_FOR_GOOD, receipts, spenders: new Map([[7, present(spenderOf(...about))]]) };
}

pureTest("decide() cancels an orphan whose nonce is unused, wherever its bytes are", () => {
  for (const facts of [IN_POOL, NOT_IN_POOL]) {
    const verdict = orphanVerdict(facts);
    deepStrictEqual(verdict, { kind: "replace", attempt: "cancel", fees: legacyOf(10n) });
    ok(verdict.kind === "replace");
    ok(maxPriceWei(verdict.fees) > maxPriceWei(newestAttempt(ONE_TRY).fees));
  }
  // At the ceiling it offers no less than before.
  const dear = paymentOf({ attempts: [attemptOf(FIRST, { fees: legacyOf(100n) })] });
  deepStrictEqual(orphanVerdict(IN_POOL, { payment: dear }), {
    kind: "replace",
    attempt: "cancel",
    fees: legacyOf(100n),
  });
});

pureTest("decide() sends an orphan's cancel again, and raises it, like any attempt", () => {
  strictEqual(orphanVerdict(NOT_IN_POOL, { payment: CANCELLED }).kind, "send-again");
  strictEqual(orphanVerdict(IN_POOL, { payment: CANCELLED }).kind, "wait");
  const facts = { ...IN_POOL };
  const late = verdictOf(CANCELLED, facts, { orphan: { recorded: false }, sentAt: 115 });
  strictEqual(late.kind === "replace" && late.attempt, "cancel");
});

pureTest("decide() lets a node's own account cancel an orphan only at the next nonce", () => {
  const payment = paymentOf({ attempts: [attemptOf(FIRST, { raw: null })] });
  const behind = { ...NOT_IN_POOL, latestNonce: present(5), pendingNonce: present(6) };
  strictEqual(orphanVerdict(behind, { payment }).kind, "wait");
  strictEqual(orphanVerdict(NOT_IN_POOL, { payment }).kind, "replace");
});

pureTest("decide() cancels what is contested, and ends it by what became of its nonce", () => {
  const contested = (facts: Partial<Facts>, payment = ONE_TRY): Verdict =>
    verdictOf(payment, facts, { contested: true, sentAt: null });
  for (const facts of [IN_POOL, NOT_IN_POOL]) {
    deepStrictEqual(contested(facts), {
      kind: "replace",
      attempt: "cancel",
      fees: legacyOf(10n),
    });
  }
  strictEqual(contested(NOT_IN_POOL, CANCELLED).kind, "send-again");
  strictEqual(contested({ receipts: mined(FIRST, FINAL) }).kind, "settle");
  const taken = contested(spent([{ to: addressOf(0xcc) }]));
  strictEqual(taken.kind === "credit-back" && taken.reason, "nonce-taken");
});

pureTest("decide() drops an orphan when another effect has its nonce for good", () => {
  const dropped: readonly (readonly [string, Verdict])[] = [
    ["cancelled", orphanVerdict({ receipts: mined(SECOND, FINAL) }, { payment: CANCELLED })],
    ["reverted", orphanVerdict({ receipts: mined(FIRST, FINAL, "reverted") })],
    ["nonce-taken", orphanVerdict(spent([{ to: addressOf(0xcc) }]))],
    ["nonce-taken", orphanVerdict(spent([{ to: addressOf(0xcc) }, { recorded: true }]))],
    // It stands in another row: whatever it was, it paid that one.
    ["nonce-taken", orphanVerdict(spent([{}, { recorded: true }]))],
    // The scan finds our own attempt, of which the node denied the receipt.
    ["paid", orphanVerdict(spent([{ hash: FIRST }, { recorded: true }]))],
    ["reverted", orphanVerdict(spent([{ hash: FIRST }, { recorded: true, status: "reverted" }]))],
    [
      "cancelled",
      orphanVerdict(spent([{ hash: SECOND }, { recorded: true }]), { payment: CANCELLED }),
    ],
  ];
  for (const [reason, verdict] of dropped) {
    strictEqual(verdict.kind === "drop" && verdict.reason, reason);
  }
  const [, , stranger] = dropped;
  ok(stranger?.[1].kind === "drop" && stranger[1].stranger?.hash === STRANGE);
});

pureTest("decide() holds the payee of an orphan that is recorded and never arrives", () => {
  const receipts = mined(SECOND, FINAL);
  for (const recorded of [true, false]) {
    const verdict = orphanVerdict({ receipts }, { payment: CANCELLED, recorded });
    ok(verdict.kind === "drop" && verdict.reason === "cancelled");
    strictEqual(verdict.hold, recorded ? "recorded-unpaid" : null);
  }
});

pureTest(
  "decide() drops an orphan that was paid and recorded, and asks when it was credited back",
  () => {
    const receipts = mined(FIRST, FINAL);
    deepStrictEqual(orphanVerdict({ receipts }, { recorded: true }), {
      kind: "drop",
      reason: "paid",
      hash: FIRST,
      hold: null,
      stranger: null,
    });
    for (const facts of [{ receipts }, spent([{}])]) {
      const verdict = orphanVerdict(facts);
      ok(verdict.kind === "ask" && /paid it .* resolve --settle/.test(verdict.why));
    }
  },
);

pureTest("decide() waits with an orphan until its end is final", () => {
  strictEqual(orphanVerdict({ receipts: mined(FIRST, SHALLOW) }).kind, "wait");
  strictEqual(
    orphanVerdict({ receipts: mined(SECOND, SHALLOW) }, { payment: CANCELLED }).kind,
    "wait",
  );
  strictEqual(orphanVerdict({ ...SPENT_FOR_GOOD, receipts: new Map() }).kind, "investigate");
});

pureTest("decide() asks about an orphan of which the chain shows too little", () => {
  const vanished = { ...SPENT_FOR_GOOD, spenders: new Map([[7, ABSENT]]) };
  const verdict = orphanVerdict(vanished);
  ok(verdict.kind === "ask" && /nonce-vanished/.test(verdict.why));
});

pureTest("decide() never pays an orphan, and moves no money for it", () => {
  fc.assert(
    fc.property(anyCase, fc.boolean(), ({ flight, facts, policy }, recorded) => {
      const orphan = { ...flight, orphan: { recorded } };
      const verdict = decide([orphan], facts, policy)[0]?.verdict;
      ok(verdict !== undefined);
      const { kind } = verdict;
      ok(kind !== "settle" && kind !== "credit-back" && kind !== "hold" && kind !== "mend");
      if (kind === "send-again") strictEqual(newestAttempt(flight.payment).kind, "cancel");
      if (kind === "replace") strictEqual(verdict.attempt, "cancel");
      const isUnused = (valueOf(facts.latestNonce) ?? 0) <= NONCE;
      if (isUnused) ok(kind !== "drop" && kind !== "ask");
      // What ends an orphan ends a payment, too.
      const plain = decide([flight], facts, policy)[0]?.verdict.kind;
      if (kind === "drop" || kind === "ask") {
        ok(plain === "settle" || plain === "credit-back" || plain === "hold", plain);
      }
    }),
    RUNS,
  );
});
