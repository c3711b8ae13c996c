import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { decide, type Facts, type Spender, type Verdict } from "../../domain/decide.ts";
import { present, valueOf } from "../../domain/fact.ts";
import { maxPriceWei } from "../../domain/fees.ts";
import { type Attempt, newestAttempt, type Payment } from "../../domain/payment.ts";
import type { Receipt } from "../../domain/ports/chain.ts";
import { paymentOf } from "./arbitraries.ts";
import {
  anyCase,
  anyFlight,
  anyHonestCase,
  type Case,
  NONCE,
  RUNS,
  type Truth,
  UNKNOWN,
} from "./decide_arbitraries.ts";
import { pureTest } from "./pure.ts";

pureTest("decide() credits back on positive evidence only", () => {
  fc.assert(
    fc.property(anyCase, (given) => {
      const verdict = verdictOf(given);
      if (verdict.kind !== "credit-back") return;
      ok(hasFailed(given), JSON.stringify(verdict.reason));
    }),
    RUNS,
  );
});

pureTest("decide() settles on a final success only", () => {
  fc.assert(
    fc.property(anyCase, (given) => {
      if (verdictOf(given).kind === "settle") ok(hasSucceeded(given));
    }),
    RUNS,
  );
});

pureTest("decide() ends nothing before the wallet's nonce is spent", () => {
  fc.assert(
    fc.property(anyCase, fc.nat({ max: NONCE }), (given, count) => {
      const facts = { ...given.facts, latestNonce: present(count) };
      ok(!isEnding(verdictOf({ ...given, facts })));
    }),
    RUNS,
  );
});

pureTest("decide() ends nothing by receipts that are not deep", () => {
  fc.assert(
    fc.property(anyCase, (given) => {
      const facts = { ...given.facts, finalNonce: present(NONCE) };
      const policy = { ...given.policy, confirmations: 100 };
      ok(!isEnding(verdictOf({ ...given, facts, policy })));
    }),
    RUNS,
  );
});

pureTest("decide() that knows less ends nothing more", () => {
  fc.assert(
    fc.property(anyCase.filter(isPossible), fc.nat(), (given, what) => {
      const before = verdictOf(given);
      const after = verdictOf({ ...given, facts: withLess(given.facts, what) });
      if (isEnding(after)) deepStrictEqual(after, before);
    }),
    RUNS,
  );
});

pureTest("decide() with fewer headers ends nothing more", () => {
  fc.assert(
    fc.property(anyCase.filter(isPossible), fc.nat({ max: 25 }), (given, length) => {
      const runs = given.facts.runs.map((run) => run.slice(0, length));
      const after = verdictOf({ ...given, facts: { ...given.facts, runs } });
      if (isEnding(after)) deepStrictEqual(after, verdictOf(given));
    }),
    RUNS,
  );
});

pureTest("decide() that asks for more confirmations ends nothing more", () => {
  fc.assert(
    fc.property(anyCase.filter(isPossible), fc.nat({ max: 12 }), (given, more) => {
      const confirmations = given.policy.confirmations + more;
      const after = verdictOf({ ...given, policy: { ...given.policy, confirmations } });
      if (isEnding(after)) deepStrictEqual(after, verdictOf(given));
    }),
    RUNS,
  );
});

pureTest("decide() never says what the chain did not do, however little of it is told", () => {
  fc.assert(
    fc.property(anyHonestCase, ({ truth, ...given }) => {
      const verdict = verdictOf(given);
      const paid = hasPaid(given.flight.payment, truth);
      if (verdict.kind === "settle") ok(paid);
      if (verdict.kind === "credit-back") ok(!paid);
    }),
    RUNS,
  );
});

pureTest("decide() offers no more for gas than the ceiling, and never pays after a cancel", () => {
  fc.assert(
    fc.property(anyCase, (given) => {
      const verdict = verdictOf(given);
      if (verdict.kind !== "replace") return;
      const newest = newestAttempt(given.flight.payment);
      if (newest.kind === "cancel") strictEqual(verdict.attempt, "cancel");
      ok(maxPriceWei(verdict.fees) <= given.policy.ceilingWei);
    }),
    RUNS,
  );
});

pureTest("decide() is the same for the same facts, whatever else is in flight", () => {
  fc.assert(
    fc.property(anyCase, anyFlight, ({ flight, facts, policy }, other) => {
      const [first, second] = decide([flight, other], facts, policy);
      deepStrictEqual(first?.verdict, verdictOf({ flight, facts, policy }));
      deepStrictEqual(second?.verdict, verdictOf({ flight: other, facts, policy }));
    }),
  );
});

function verdictOf({ flight, facts, policy }: Case): Verdict {
  const [decided] = decide([flight], facts, policy);
  if (decided === undefined) throw new Error("nothing was decided");
  return decided.verdict;
}

/** Whether a verdict ends a payment: the ledger's money moves, or an operator has to look. */
function isEnding({ kind }: Verdict): boolean {
  return kind === "settle" || kind === "credit-back" || kind === "hold";
}

/** An own attempt reverted or cancelled in a final block, or a final spender that did not pay. */
function hasFailed(given: Case): boolean {
  const spender = finalSpender(given);
  return finalAttempts(given).some(({ attempt, receipt }) =>
    attempt.kind === "cancel" || receipt.status === "reverted"
  ) ||
    (spender !== undefined && (!isSamePayment(spender) || spender.status === "reverted"));
}

/** An own payment succeeded in a final block, or a final spender did pay. */
function hasSucceeded(given: Case): boolean {
  const spender = finalSpender(given);
  return finalAttempts(given).some(({ attempt, receipt }) =>
    attempt.kind === "pay" &&
    (receipt.status === "success" || (receipt.status === "missing" && attempt.gas === 21_000n))
  ) ||
    (spender !== undefined && isSamePayment(spender) && (spender.status === "success" ||
      (spender.status === "missing" && given.flight.payment.attempts.at(-1)?.gas === 21_000n)));
}

/** Own attempts with a receipt from a block that is deep enough, counted by hand. */
function finalAttempts(
  { flight, facts, policy }: Case,
): readonly { readonly attempt: Attempt; readonly receipt: Receipt }[] {
  if ((valueOf(facts.latestNonce) ?? 0) <= NONCE) return [];
  return flight.payment.attempts.flatMap((attempt) => {
    const receipt = valueOf(facts.receipts.get(attempt.hash!));
    if (receipt === undefined) return [];
    const deep = facts.runs.some((run) => {
      const above = run.filter(({ number }) => number >= receipt.block.number);
      return above[0]?.hash === receipt.block.hash && above.length >= policy.confirmations;
    });
    return deep ? [{ attempt, receipt }] : [];
  });
}

/** What took the nonce for good, by a complete scan, and stands in no payment row. */
function finalSpender({ facts }: Case): Spender | undefined {
  const spender = valueOf(facts.spenders.get(NONCE));
  if (spender === undefined || spender.recorded) return undefined;
  if ((valueOf(facts.finalNonce) ?? 0) <= NONCE) return undefined;
  return spender.transaction.nonce === NONCE ? spender : undefined;
}

function isSamePayment({ transaction }: Spender): boolean {
  const { recipient, valueWei } = paymentOf();
  return transaction.to === recipient && transaction.valueWei === valueWei &&
    transaction.data === "0x";
}

/** Whether a chain can be so: of all attempts at one nonce, at most one is on it. */
function isPossible({ flight, facts }: Case): boolean {
  const placed = flight.payment.attempts.filter((attempt) => {
    const block = valueOf(facts.receipts.get(attempt.hash!))?.block;
    return facts.runs.flat().some(({ hash }) => hash === block?.hash);
  });
  return placed.length <= 1;
}

/** The same facts, one of them unknown. */
function withLess(facts: Facts, what: number): Facts {
  const lesser: readonly Facts[] = [
    { ...facts, latestNonce: UNKNOWN },
    { ...facts, pendingNonce: UNKNOWN },
    { ...facts, finalNonce: UNKNOWN },
    { ...facts, spenders: new Map([[NONCE, UNKNOWN]]) },
    { ...facts, runs: facts.runs.slice(1) },
    { ...facts, runs: facts.runs.slice(0, 1) },
    ...[...facts.receipts.keys()].map((hash) => ({
      ...facts,
      receipts: new Map([...facts.receipts, [hash, UNKNOWN]]),
    })),
  ];
  return lesser[what % lesser.length]!;
}

/** Whether the payee has the coins. */
function hasPaid(payment: Payment, truth: Truth): boolean {
  if (truth.status !== "success") return false;
  if (truth.attempt !== null) return truth.attempt.kind === "pay";
  return truth.spender !== null && isSamePayment(truth.spender) &&
    truth.spender.transaction.nonce === payment.nonce;
}
