/**
 * What every ledger writes: the very keys, transition by transition.
 *
 * @module
 */

import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { LedgerDump } from "../../adapters/memory/ledger_store.ts";
import { encodeRecord } from "../../domain/journal_record.ts";
import { newestAttempt, type Payment, paymentKey } from "../../domain/payment.ts";
import { encodeHold, type Hold, type Transition } from "../../domain/transition.ts";
import {
  ALICE,
  ALICE_CREDITED,
  ALICE_IN_FLIGHT,
  ALICE_LEFT_BY_GO,
  ALICE_SETTLED,
  BOB,
  bumped,
  fenceOf,
  hash,
  hashOf,
  type LedgerHarness,
  type LedgerTest,
  payment,
  POOL,
  records,
  SETTLED_AT,
  TO_ALICE,
  TO_BOB,
  WALLET,
  without,
  zset,
} from "./ledger_fixtures.ts";

const HOLD: Hold = { login: ALICE, reason: "reverted", since: SETTLED_AT };

/** Registers the tests. */
export function ledgerCommitTests(test: LedgerTest): void {
  writingTests(test);
  manyTests(test);
  twiceTests(test);
}

function writingTests(test: LedgerTest): void {
  function writes(
    what: string,
    { before, transitions, after }: {
      readonly before: LedgerDump;
      readonly transitions: readonly Transition[];
      readonly after: LedgerDump;
    },
  ): void {
    test(`commit() writes ${what}`, async (harness) => {
      await harness.seed(before);
      await commit(harness, transitions);
      deepStrictEqual(await records(harness), after);
    });
  }

  writes("a debit", {
    before: POOL,
    transitions: [{ kind: "debit", payment: TO_ALICE }],
    after: ALICE_IN_FLIGHT,
  });

  const unhashed: Payment = {
    ...TO_ALICE,
    attempts: [{ ...newestAttempt(TO_ALICE), hash: null, raw: null }],
  };
  writes("a debit without a hash", {
    before: POOL,
    transitions: [{ kind: "debit", payment: unhashed }],
    after: {
      ...without(ALICE_IN_FLIGHT, ["eth:payments:pendingtx"]),
      "eth:payments:journal": hash({ [paymentKey(TO_ALICE)]: encodeRecord(unhashed) }),
    },
  });

  const exact = payment({ login: "a:b", amount: 9_007_199_254_740_993n, nonce: 7 });
  writes("amounts above 2^53 to the last Shannon, of a login with a colon", {
    before: {
      "eth:finances": hash({ balance: "9223372036854775807", pending: "0" }),
      "eth:miners:a:b": hash({ balance: "9007199254740995" }),
      "eth:payments:nonces": hash({ [WALLET]: "7" }),
    },
    transitions: [
      { kind: "debit", payment: exact },
      { kind: "settle", debt: exact, payment: exact, hash: hashOf(7), at: SETTLED_AT },
    ],
    after: {
      "eth:finances": hash({
        balance: "9214364837600034814",
        pending: "0",
        paid: "9007199254740993",
      }),
      "eth:miners:a:b": hash({ balance: "2", pending: "0", paid: "9007199254740993" }),
      "eth:payments:nonces": hash({ [WALLET]: "8" }),
      "eth:payments:all": zset([`${hashOf(7)}:a:b:9007199254740993`, SETTLED_AT]),
      "eth:payments:a:b": zset([`${hashOf(7)}:9007199254740993`, SETTLED_AT]),
    },
  });

  const after = bumped(TO_ALICE, 70);
  writes("an attempt more, and moves no money", {
    before: ALICE_IN_FLIGHT,
    transitions: [{ kind: "record-attempt", before: TO_ALICE, after }],
    after: {
      ...ALICE_IN_FLIGHT,
      "eth:payments:journal": hash({ [paymentKey(TO_ALICE)]: encodeRecord(after) }),
      "eth:payments:pendingtx": hash({ [paymentKey(TO_ALICE)]: hashOf(70) }),
    },
  });

  writes("a settlement", {
    before: ALICE_IN_FLIGHT,
    transitions: [settleAlice(TO_ALICE)],
    after: ALICE_SETTLED,
  });
  writes("a settlement of what a Go payer left", {
    before: ALICE_LEFT_BY_GO,
    transitions: [settleAlice(null)],
    after: ALICE_SETTLED,
  });
  writes("a settlement of what a Go payer left, with its notes", {
    before: without(ALICE_IN_FLIGHT, ["eth:payments:journal"]),
    transitions: [settleAlice(null)],
    after: ALICE_SETTLED,
  });

  writes("a credit back", {
    before: ALICE_IN_FLIGHT,
    transitions: [{ kind: "credit-back", debt: TO_ALICE, payment: TO_ALICE, hold: null }],
    after: ALICE_CREDITED,
  });
  writes("a credit back that holds the payee", {
    before: ALICE_IN_FLIGHT,
    transitions: [{ kind: "credit-back", debt: TO_ALICE, payment: TO_ALICE, hold: HOLD }],
    after: { ...ALICE_CREDITED, "eth:payments:held": hash({ [ALICE]: encodeHold(HOLD) }) },
  });
  writes("a credit back of what a Go payer left", {
    before: ALICE_LEFT_BY_GO,
    transitions: [{ kind: "credit-back", debt: TO_ALICE, payment: null, hold: null }],
    after: ALICE_CREDITED,
  });

  writes("a hold, over an older one", {
    before: { ...POOL, "eth:payments:held": hash({ [ALICE]: "by hand", [BOB]: "by hand" }) },
    transitions: [{ kind: "hold", hold: HOLD }],
    after: {
      ...POOL,
      "eth:payments:held": hash({
        [ALICE]: '{"v":1,"reason":"reverted","since":1790000500}',
        [BOB]: "by hand",
      }),
    },
  });

  writes("the first nonce", {
    before: without(POOL, ["eth:payments:nonces"]),
    transitions: [{ kind: "advance-nonce", wallet: WALLET, from: null, to: 12 }],
    after: { ...POOL, "eth:payments:nonces": hash({ [WALLET]: "12" }) },
  });
  writes("a nonce further on", {
    before: POOL,
    transitions: [{ kind: "advance-nonce", wallet: WALLET, from: 7, to: 9 }],
    after: { ...POOL, "eth:payments:nonces": hash({ [WALLET]: "9" }) },
  });

  writes("nothing for nothing", { before: POOL, transitions: [], after: POOL });
}

function manyTests(test: LedgerTest): void {
  test("commit() writes many transitions as if they came one by one", async (harness) => {
    const transitions: readonly Transition[] = [
      { kind: "debit", payment: TO_ALICE },
      { kind: "debit", payment: TO_BOB },
      { kind: "record-attempt", before: TO_ALICE, after: bumped(TO_ALICE, 70) },
      settleAlice(bumped(TO_ALICE, 70)),
      { kind: "credit-back", debt: TO_BOB, payment: TO_BOB, hold: { ...HOLD, login: BOB } },
      { kind: "advance-nonce", wallet: WALLET, from: 9, to: 10 },
    ];
    await harness.seed(POOL);
    await commit(harness, transitions);
    deepStrictEqual(await records(harness), {
      ...ALICE_SETTLED,
      "eth:payments:nonces": hash({ [WALLET]: "10" }),
      "eth:payments:held": hash({ [BOB]: encodeHold(HOLD) }),
    });
  });

  test("commit() takes a hundred debits at once", async (harness) => {
    const payments = Array.from(
      { length: 100 },
      (_, index) => payment({ login: `miner-${index}`, amount: 1_000n, nonce: index }),
    );
    await harness.seed(
      Object.fromEntries(
        payments.map(({ login }) => [`eth:miners:${login}`, hash({ balance: "1000" })]),
      ),
    );
    await harness.seed({
      "eth:finances": hash({ balance: "100000" }),
      "eth:payments:nonces": hash({ [WALLET]: "0" }),
    });
    await commit(harness, payments.map((payment) => ({ kind: "debit", payment })));
    const dump = await harness.dump();
    deepStrictEqual(dump["eth:finances"], hash({ balance: "0", pending: "100000" }));
    deepStrictEqual(dump["eth:payments:nonces"], hash({ [WALLET]: "100" }));
    await using ledger = await harness.ledger();
    const { journal, pending } = await ledger.obligations();
    deepStrictEqual([journal.size, pending.length], [100, 100]);
  });

  test("commit() of one fence twice at the same time keeps the two apart", async (harness) => {
    await harness.seed(POOL);
    await using ledger = await harness.ledger();
    const fence = await fenceOf(ledger);
    const rival = payment({ login: BOB, amount: 700_000_000n, nonce: 7 });
    const [one, other] = await Promise.all([
      fence.commit([{ kind: "debit", payment: TO_ALICE }]),
      fence.commit([{ kind: "debit", payment: rival }]),
      fence.renew(),
    ]);
    deepStrictEqual([one.kind, other.kind].sort(), ["applied", "refused"]);
    await using reader = await harness.ledger();
    strictEqual((await reader.obligations()).journal.size, 1);
  });
}

function twiceTests(test: LedgerTest): void {
  const once: readonly (readonly [LedgerDump, Transition])[] = [
    [POOL, { kind: "debit", payment: TO_ALICE }],
    [ALICE_IN_FLIGHT, {
      kind: "record-attempt",
      before: TO_ALICE,
      after: bumped(TO_ALICE, 70),
    }],
    [ALICE_IN_FLIGHT, settleAlice(TO_ALICE)],
    [ALICE_IN_FLIGHT, { kind: "credit-back", debt: TO_ALICE, payment: TO_ALICE, hold: HOLD }],
    [POOL, { kind: "advance-nonce", wallet: WALLET, from: 7, to: 8 }],
  ];
  for (const [before, transition] of once) {
    test(`commit() refuses a ${transition.kind} the second time`, async (harness) => {
      // Funds for both, so that nothing but the repetition speaks against it.
      await harness.seed({ ...before, [`eth:miners:${ALICE}`]: hash({ balance: "1200000000" }) });
      await using ledger = await harness.ledger();
      const fence = await fenceOf(ledger);
      strictEqual((await fence.commit([transition, transition])).kind, "refused");
      strictEqual((await fence.commit([transition])).kind, "applied");
      const after = await harness.dump();
      strictEqual((await fence.commit([transition])).kind, "refused");
      deepStrictEqual(await harness.dump(), after);
    });
  }
}

function settleAlice(payment: Payment | null): Transition {
  return { kind: "settle", debt: TO_ALICE, payment, hash: hashOf(70), at: SETTLED_AT };
}

async function commit(harness: LedgerHarness, transitions: readonly Transition[]): Promise<void> {
  await using ledger = await harness.ledger();
  const fence = await fenceOf(ledger);
  deepStrictEqual(await fence.commit(transitions), { kind: "applied" });
}
