/**
 * Commits of many transitions, and of the same one again.
 *
 * @module
 */

import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { LedgerDump } from "../../adapters/memory/ledger_store.ts";
import { encodeHold, type Hold } from "../../domain/hold.ts";
import type { Payment } from "../../domain/payment.ts";
import type { Transition } from "../../domain/transition.ts";
import {
  ALICE,
  ALICE_IN_FLIGHT,
  ALICE_ORPHANED,
  ALICE_SETTLED,
  BOB,
  bumped,
  commit,
  fenceOf,
  hash,
  hashOf,
  type LedgerTest,
  payment,
  POOL,
  records,
  SETTLED_AT,
  TO_ALICE,
  TO_BOB,
  WALLET,
} from "./ledger_fixtures.ts";

const HOLD: Hold = { login: ALICE, reason: "reverted", since: SETTLED_AT };

/** Registers the tests. */
export function ledgerManyTests(test: LedgerTest): void {
  manyTests(test);
  twiceTests(test);
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
    [POOL, {
      kind: "record-paid",
      debt: TO_ALICE,
      payment: null,
      spent: null,
      hash: hashOf(70),
      at: 5,
    }],
    [ALICE_ORPHANED, { kind: "drop", payment: TO_ALICE, hold: null }],
    [{ ...POOL, "eth:payments:held": hash({ [ALICE]: encodeHold(HOLD) }) }, {
      kind: "release",
      hold: HOLD,
    }],
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
