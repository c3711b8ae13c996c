/**
 * Payments in flight with whatever mixture of honest, late, forked and lying nodes may tell of them.
 *
 * @module
 */

import fc from "fast-check";
import type { Hash, Hex } from "../../domain/address.ts";
import type { DecidePolicy, Facts, InFlight, Spender } from "../../domain/decide.ts";
import { ABSENT, type Fact, present, unknown } from "../../domain/fact.ts";
import type { HeaderRun } from "../../domain/headers.ts";
import { wei } from "../../domain/money.ts";
import type { Attempt, BlockRef, Payment } from "../../domain/payment.ts";
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

/** A payment in flight with everything that decides about it. */
export interface Case {
  readonly flight: InFlight;
  readonly facts: Facts;
  readonly policy: DecidePolicy;
}

export const NONCE = 7;
const FORK: Fork = { id: 1, at: 105 };
export const UNKNOWN = unknown("a time-out");
export const RUNS = { numRuns: 5_000 };

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

export const anyFlight: fc.Arbitrary<InFlight> = fc.record({
  payment: anyAttempts.map((attempts) => paymentOf({ attempts, nonce: NONCE })),
  sentAt: fc.option(anyNumber),
  underpriced: fc.boolean(),
  outbid: fc.boolean(),
  refusals: fc.nat({ max: 5 }),
  refusedSince: fc.option(anyNumber),
  contested: fc.constant(false),
  orphan: fc.constant(null),
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
export const anyCase: fc.Arbitrary<Case> = anyFlight.chain((flight) =>
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
export interface Truth {
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
export const anyHonestCase: fc.Arbitrary<Case & { readonly truth: Truth }> = anyFlight.chain((
  flight,
) =>
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
