/**
 * What every ledger refuses, whole, before anything is written.
 *
 * @module
 */

import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import type { Transition } from "../../domain/transition.ts";
import {
  ALICE_IN_FLIGHT,
  BOB,
  fenceOf,
  type LedgerTest,
  payment,
  POOL,
  records,
  TO_ALICE,
  TO_BOB,
} from "./ledger_fixtures.ts";
import { refusals } from "./ledger_refusals.ts";

const DEBIT: Transition = { kind: "debit", payment: TO_ALICE };

/** Registers the tests. */
export function ledgerRefusalTests(test: LedgerTest): void {
  for (const [why, refusal] of Object.entries(refusals())) {
    test(`commit() refuses ${why}`, async (harness) => {
      await harness.seed(refusal.before);
      await using ledger = await harness.ledger();
      const fence = await fenceOf(ledger);
      const before = await harness.dump();
      const outcome = await fence.commit([refusal.transition]);
      ok(outcome.kind === "refused");
      const [problem] = outcome.problems;
      strictEqual(problem?.login, refusal.login);
      match(problem?.detail ?? "", refusal.detail);
      deepStrictEqual(await harness.dump(), before);
    });
  }

  test("commit() refuses all for one, and names that one", async (harness) => {
    await harness.seed(POOL);
    await using ledger = await harness.ledger();
    const fence = await fenceOf(ledger);
    const poor = payment({ login: BOB, amount: 700_000_001n, nonce: 8 });
    const outcome = await fence.commit([
      DEBIT,
      { kind: "debit", payment: poor },
      { kind: "hold", hold: { login: "carol", reason: "x", since: 1 } },
    ]);
    ok(outcome.kind === "refused");
    deepStrictEqual(outcome.problems.map(({ login }) => login), [BOB]);
    deepStrictEqual(await records(harness), POOL);
  });

  test("commit() goes on after a refusal", async (harness) => {
    await harness.seed(POOL);
    await using ledger = await harness.ledger();
    const fence = await fenceOf(ledger);
    strictEqual((await fence.commit([{ kind: "debit", payment: TO_BOB }])).kind, "refused");
    deepStrictEqual(await fence.commit([DEBIT]), { kind: "applied" });
    deepStrictEqual(await records(harness), ALICE_IN_FLIGHT);
  });
}
