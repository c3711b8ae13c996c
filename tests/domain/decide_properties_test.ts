import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import type { Hash, Hex } from "../../domain/address.ts";
import {
  decide,
  type DecidePolicy,
  type Facts,
  type InFlight,
  type Spender,
  type Verdict,
} from "../../domain/decide.ts";
import { ABSENT, type Fact, present, unknown, valueOf } from "../../domain/fact.ts";
import { maxPriceWei } from "../../domain/fees.ts";
import type { HeaderRun } from "../../domain/headers.ts";
import { wei } from "../../domain/money.ts";
import { type Attempt, newestAttempt, type Payment } from "../../domain/payment.ts";
import type { BlockRef } from "../../domain/payment.ts";
import type { Receipt } from "../../domain/ports/chain.ts";
import {
  addressOf,
  attemptOf,
  blockOf,
  type Fork,
  hashOf,
  headersOf,
  legacyOf,
  paymentOf,
  WALLET,
} from "./arbitraries.ts";
import { pureTest } from "./pure.ts";

/** A payment in flight with everything that decides about it. */
interface Case {
  readonly flight: InFlight;
  readonly facts: Facts;
  readonly policy: DecidePolicy;
}

const NONCE = 7;
const FORK: Fork = { id: 1, at: 105 };
const UNKNOWN = unknown("a time-out");
const RUNS = { numRuns: 5_000 };

const anyStatus = fc.constantFrom("success" as const, "reverted" as const, "missing" as const);
const anyNumber = fc.integer({ min: 98, max: 122 });
const anyBlock: fc.Arbitrary<BlockRef> = fc.tuple(anyNumber, fc.boolean())
  .map(([number, forked]) => blockOf(number, forked ? FORK : undefined));

/** The head's headers and perhaps older ones; all of the chain, none of the fork. */
const anyRuns: fc.Arbitrary<readonly HeaderRun[]> = fc.record({
  from: fc.integer({ min: 98, max: 112 }),
  to: fc.integer({ min: 100, max: 122 }),
  older: fc.option(fc.integer({ min: 0, max: 15 })),
}).map(({ from, to, older }) => [
  headersOf(from, to),
  ...(older === null ? [] : [headersOf(99, 99 + older)]),
]);

const anyPolicy: fc.Arbitrary<DecidePolicy> = fc.record({
  confirmations: fc.integer({ min: 0, max: 12 }),
  bumpAfterBlocks: fc.nat({ max: 8 }),
  cancelAfterBlocks: fc.nat({ max: 8 }),
  gas: fc.constant({ kind: "auto" as const }),
  ceilingWei: fc.bigInt({ min: 8n, max: 100n }).map(wei),
});

const anyAttempts: fc.Arbitrary<readonly Attempt[]> = fc.array(
  fc.record({
    kind: fc.constantFrom("pay" as const, "pay" as const, "cancel" as const),
    gas: fc.constantFrom(21_000n, 50_000n),
    fees: fc.bigInt({ min: 0n, max: 8n }).map(legacyOf),
  }),
  { minLength: 1, maxLength: 4 },
).map((attempts) => attempts.map((changes, index) => attemptOf(hashOf(0xa0 + index), changes)));

const anyFlight: fc.Arbitrary<InFlight> = fc.record({
  payment: anyAttempts.map((attempts) => paymentOf({ attempts, nonce: NONCE })),
  sentAt: fc.option(anyNumber),
  underpriced: fc.boolean(),
  refusals: fc.nat({ max: 5 }),
  refusedSince: fc.option(anyNumber),
});

const anySpender: fc.Arbitrary<Spender> = fc.record({
  transaction: fc.record({
    hash: fc.constant(hashOf(0xbad)),
    nonce: fc.constantFrom(NONCE, NONCE, NONCE, NONCE + 1),
    to: fc.constantFrom(paymentOf().recipient, paymentOf().recipient, addressOf(9), WALLET, null),
    valueWei: fc.constantFrom(paymentOf().valueWei, paymentOf().valueWei, wei(0n), wei(1n)),
    data: fc.constantFrom("0x" as Hex, "0x" as Hex, "0x01" as Hex),
    block: anyBlock,
  }),
  status: anyStatus,
  feeWei: fc.constant(null),
  recorded: fc.boolean(),
});

/** Facts that any mixture of honest, late, forked and lying nodes may tell. */
const anyCase: fc.Arbitrary<Case> = anyFlight.chain((flight) =>
  fc.record({
    flight: fc.constant(flight),
    policy: anyPolicy,
    facts: fc.record({
      runs: anyRuns,
      latestNonce: anyCount(),
      pendingNonce: anyCount(),
      finalNonce: anyCount(),
      receipts: anyReceipts(flight.payment),
      spenders: fc.option(anyFact(anySpender), { nil: undefined })
        .map((fact) => new Map(fact === undefined ? [] : [[NONCE, fact]])),
    }),
  })
);

/** What the chain did with a payment's nonce: an attempt of ours, something else, or nothing. */
interface Truth {
  readonly attempt: Attempt | null;
  readonly spender: Spender | null;
  readonly number: number;
  readonly status: Receipt["status"];
}

const anyTruth = (payment: Payment): fc.Arbitrary<Truth> =>
  fc.record({
    attempt: fc.option(fc.constantFrom(...payment.attempts), { freq: 3 }),
    spender: fc.option(anySpender, { freq: 3 }),
    number: fc.integer({ min: 100, max: 122 }),
    status: fc.constantFrom("success", "reverted"),
  });

/** An honest case, with what the chain did: some is not told, some is told by a node on a fork. */
const anyHonestCase: fc.Arbitrary<Case & { readonly truth: Truth }> = anyFlight.chain((flight) =>
  fc.record({
    flight: fc.constant(flight),
    policy: anyPolicy.map((policy) => ({ ...policy, confirmations: policy.confirmations + 1 })),
    truth: anyTruth(flight.payment),
    head: fc.integer({ min: FORK.at, max: 122 }),
    told: fc.array(fc.constantFrom("told", "told", "unknown", "absent", "forked"), {
      minLength: 8,
      maxLength: 8,
    }),
  })
).map(({ flight, policy, truth, head, told }) => ({
  flight,
  policy,
  truth,
  facts: factsOf(flight.payment, truth, { head, policy, told }),
}));

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

/** What is told about the chain at one head. `told` says which answers come, and from whom. */
function factsOf(
  payment: Payment,
  truth: Truth,
  seen: {
    readonly head: number;
    readonly policy: DecidePolicy;
    readonly told: readonly string[];
  },
): Facts {
  const { head, policy, told } = seen;
  const mined = truth.attempt !== null || truth.spender !== null;
  const countAt = (number: number): number => mined && truth.number <= number ? NONCE + 1 : NONCE;
  const final = head - policy.confirmations + 1;
  const receipts = payment.attempts.map((attempt, index): readonly [Hash, Fact<Receipt>] => {
    const hash = attempt.hash!;
    const how = told[index];
    const isMined = attempt === truth.attempt && truth.number <= head;
    const receipt = { hash, status: truth.status, feeWei: null };
    if (how === "unknown") return [hash, UNKNOWN];
    if (how === "forked") return [hash, present({ ...receipt, block: blockOf(head, FORK) })];
    if (how === "absent" || !isMined) return [hash, ABSENT];
    return [hash, present({ ...receipt, block: blockOf(truth.number) })];
  });
  return {
    runs: [headersOf(100, head)],
    latestNonce: told[4] === "unknown" ? UNKNOWN : present(countAt(head)),
    pendingNonce: told[5] === "unknown" ? UNKNOWN : present(countAt(head)),
    // A node ahead of the others may tell a count that is not final yet.
    finalNonce: told[6] === "unknown"
      ? UNKNOWN
      : present(countAt(told[6] === "forked" ? head : final)),
    receipts: new Map(receipts),
    spenders: new Map([[NONCE, spenderFact(truth, { final, how: told[7] })]]),
  };
}

/** What a complete scan up to the newest final block finds, if it is told. */
function spenderFact(
  truth: Truth,
  scan: { readonly final: number; readonly how: string | undefined },
): Fact<Spender> {
  if (scan.how === "unknown") return UNKNOWN;
  if (truth.number > scan.final) return ABSENT;
  const { attempt, status } = truth;
  if (attempt !== null) {
    const { wallet, recipient, valueWei } = paymentOf();
    const pays = attempt.kind === "pay";
    const transaction = {
      hash: attempt.hash!,
      nonce: NONCE,
      to: pays ? recipient : wallet,
      valueWei: pays ? valueWei : wei(0n),
      data: "0x" as Hex,
      block: blockOf(truth.number),
    };
    return present({ transaction, status, feeWei: null, recorded: false });
  }
  return truth.spender === null ? ABSENT : present({ ...truth.spender, status });
}

/** Whether the payee has the coins. */
function hasPaid(payment: Payment, truth: Truth): boolean {
  if (truth.status !== "success") return false;
  if (truth.attempt !== null) return truth.attempt.kind === "pay";
  return truth.spender !== null && isSamePayment(truth.spender) &&
    truth.spender.transaction.nonce === payment.nonce;
}

function anyFact<T>(anyValue: fc.Arbitrary<T>): fc.Arbitrary<Fact<T>> {
  return fc.oneof(
    { arbitrary: anyValue.map(present), weight: 4 },
    { arbitrary: fc.constant(ABSENT), weight: 2 },
    { arbitrary: fc.constant(UNKNOWN), weight: 1 },
  );
}

/** Mostly past the payment's nonce, since little is decided before. */
function anyCount(): fc.Arbitrary<Fact<number>> {
  return anyFact(fc.constantFrom(NONCE, NONCE + 1, NONCE + 2, NONCE + 1));
}

function anyReceipts(payment: Payment): fc.Arbitrary<ReadonlyMap<Hash, Fact<Receipt>>> {
  const entries = payment.attempts.map(({ hash }) => {
    const anyReceipt = fc.record({
      hash: fc.constant(hash!),
      block: anyBlock,
      status: anyStatus,
      feeWei: fc.constant(null),
    });
    return fc.tuple(fc.constant(hash!), anyFact(anyReceipt));
  });
  return fc.tuple(...entries).map((facts) => new Map(facts));
}
