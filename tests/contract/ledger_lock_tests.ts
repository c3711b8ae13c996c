/**
 * How every ledger is locked: two owners, a lease that lapses, a fence.
 *
 * @module
 */

import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import type { Fence } from "../../domain/ports/ledger.ts";
import { isFault } from "../support/faults.ts";
import {
  ALICE,
  ALICE_IN_FLIGHT,
  ALICE_LEFT_BY_GO,
  fenceOf,
  type LedgerHarness,
  type LedgerTest,
  POOL,
  records,
  text,
  TO_ALICE,
  without,
  wrongValue,
} from "./ledger_fixtures.ts";

const LOCK = "eth:payments:lock";
const LEASE = "eth:payments:lease";
const OF_ONE = { [LOCK]: text("paydirt:one"), [LEASE]: text("paydirt:one") };
const OF_TWO = { [LOCK]: text("paydirt:two"), [LEASE]: text("paydirt:two") };
const GO_LOCK = `${ALICE}:600000000`;

/** Registers the tests. */
export function ledgerLockTests(test: LedgerTest): void {
  takingTests(test);
  fenceTests(test);
  releaseTests(test);
}

function takingTests(test: LedgerTest): void {
  test("lock() takes lock and lease; only the lease lapses", async (harness) => {
    await using ledger = await harness.ledger();
    strictEqual((await ledger.lock("one")).kind, "taken");
    deepStrictEqual(await harness.dump(), OF_ONE);
    await harness.expireLease();
    deepStrictEqual(await harness.dump(), without(OF_ONE, [LEASE]));
  });

  test("lock() of one run twice takes it once", async (harness) => {
    await harness.seed(POOL);
    await using ledger = await harness.ledger();
    const first = await fenceOf(ledger);
    const second = await fenceOf(ledger);
    deepStrictEqual(await harness.dump(), { ...POOL, ...OF_ONE });
    await first.renew();
    await second.renew();
    strictEqual((await first.commit([{ kind: "debit", payment: TO_ALICE }])).kind, "applied");
    deepStrictEqual(await records(harness), ALICE_IN_FLIGHT);
  });

  test("lock() finds another run while its lease lives", async (harness) => {
    await using one = await harness.ledger();
    await using two = await harness.ledger();
    await fenceOf(one);
    const found = { kind: "another-run", owner: "paydirt:one" };
    deepStrictEqual(await two.lock("two"), found);
    deepStrictEqual(await two.lock("two", { overGoPayer: "paydirt:one" }), found);
    deepStrictEqual(await harness.dump(), OF_ONE);
  });

  test("lock() takes over from a run whose lease lapsed", async (harness) => {
    await using one = await harness.ledger();
    await using two = await harness.ledger();
    await fenceOf(one);
    await harness.expireLease();
    strictEqual((await two.lock("two")).kind, "taken");
    deepStrictEqual(await harness.dump(), OF_TWO);
    deepStrictEqual(await one.lock("one"), { kind: "another-run", owner: "paydirt:two" });
  });

  test("lock() of two runs at the same time is one's", async (harness) => {
    await using one = await harness.ledger();
    await using two = await harness.ledger();
    const outcomes = await Promise.all([one.lock("one"), two.lock("two")]);
    deepStrictEqual(outcomes.map(({ kind }) => kind).sort(), ["another-run", "taken"]);
    deepStrictEqual(await harness.dump(), outcomes[0].kind === "taken" ? OF_ONE : OF_TWO);
  });

  test("lock() leaves a Go payer's lock alone", async (harness) => {
    await harness.seed({ [LOCK]: text(GO_LOCK) });
    await using ledger = await harness.ledger();
    const found = { kind: "go-payer", lock: GO_LOCK };
    deepStrictEqual(await ledger.lock("one"), found);
    deepStrictEqual(await ledger.lock("one", { overGoPayer: `${ALICE}:600000001` }), found);
    deepStrictEqual(await ledger.lock("one", { overGoPayer: "" }), found);
    deepStrictEqual(await harness.dump(), { [LOCK]: text(GO_LOCK) });
  });

  test("lock() replaces the very lock that the operator spoke for", async (harness) => {
    await harness.seed({ [LOCK]: text(GO_LOCK) });
    await using ledger = await harness.ledger();
    strictEqual((await ledger.lock("one", { overGoPayer: GO_LOCK })).kind, "taken");
    deepStrictEqual(await harness.dump(), OF_ONE);
  });

  test("lock() over a Go payer's lock that is gone takes the free one", async (harness) => {
    await using ledger = await harness.ledger();
    strictEqual((await ledger.lock("one", { overGoPayer: GO_LOCK })).kind, "taken");
    deepStrictEqual(await harness.dump(), OF_ONE);
  });

  for (const key of [LOCK, LEASE]) {
    test(`lock() rejects a key ${key} of another type`, async (harness) => {
      await harness.seed({ [key]: wrongValue(key) });
      await using ledger = await harness.ledger();
      await rejects(() => ledger.lock("one"), isFault("ledger-wrong-type", `"${key}"`));
      deepStrictEqual(await harness.dump(), { [key]: wrongValue(key) });
    });
  }
}

function fenceTests(test: LedgerTest): void {
  test("renew() keeps another run out, also after the lease lapsed", async (harness) => {
    await using one = await harness.ledger();
    await using two = await harness.ledger();
    const fence = await fenceOf(one);
    await harness.expireLease();
    await fence.renew();
    deepStrictEqual(await two.lock("two"), { kind: "another-run", owner: "paydirt:one" });
  });

  test("confirm() is content with the lock, and changes nothing", async (harness) => {
    await harness.seed(POOL);
    await using ledger = await harness.ledger();
    const fence = await fenceOf(ledger);
    await harness.expireLease();
    const before = await harness.dump();
    await fence.confirm();
    deepStrictEqual(await harness.dump(), before);
  });

  test("commit() of a run whose lease lapsed goes on while nobody took over", async (harness) => {
    await harness.seed(POOL);
    await using ledger = await harness.ledger();
    const fence = await fenceOf(ledger);
    await harness.expireLease();
    strictEqual((await fence.commit([{ kind: "debit", payment: TO_ALICE }])).kind, "applied");
    deepStrictEqual(await records(harness), ALICE_IN_FLIGHT);
  });

  test("a fence whose lock another run took writes nothing any more", async (harness) => {
    await harness.seed(POOL);
    await using one = await harness.ledger();
    await using two = await harness.ledger();
    const old = await fenceOf(one);
    await harness.expireLease();
    await fenceOf(two, "two");
    await isFencedOut(old, harness);
    await harness.expireLease();
    await isFencedOut(old, harness);
  });

  for (const found of [text(GO_LOCK), null]) {
    test(`a fence whose lock ${found ? "was replaced" : "is gone"} writes nothing`, async (harness) => {
      await harness.seed(POOL);
      await using one = await harness.ledger();
      await using two = await harness.ledger();
      const fence = await fenceOf(one);
      if (found === null) {
        // Only a release deletes the lock: the same run in another process does.
        await (await fenceOf(two)).release();
      } else await harness.seed({ [LOCK]: found });
      await isFencedOut(fence, harness);
    });
  }
}

/** Tries everything that a fence can do, and expects that nothing changes. */
async function isFencedOut(fence: Fence, harness: LedgerHarness): Promise<void> {
  const before = await harness.dump();
  await rejects(() => fence.commit([{ kind: "debit", payment: TO_ALICE }]), isFault("fenced"));
  await rejects(() => fence.confirm(), isFault("fenced"));
  await rejects(() => fence.renew(), isFault("fenced"));
  deepStrictEqual(await fence.release(), { lockReleased: false });
  deepStrictEqual(await harness.dump(), before);
}

function releaseTests(test: LedgerTest): void {
  test("release() with nothing unresolved frees the lock, once", async (harness) => {
    await harness.seed(POOL);
    await using ledger = await harness.ledger();
    const fence = await fenceOf(ledger);
    deepStrictEqual(await fence.release(), { lockReleased: true });
    deepStrictEqual(await harness.dump(), POOL);
    await fence.release();
    deepStrictEqual(await harness.dump(), POOL);
  });

  test("release() again does not touch the next run's lock", async (harness) => {
    await using one = await harness.ledger();
    await using two = await harness.ledger();
    const fence = await fenceOf(one);
    await fence.release();
    await fenceOf(two, "two");
    deepStrictEqual(await fence.release(), { lockReleased: false });
    deepStrictEqual(await harness.dump(), OF_TWO);
  });

  const unresolved = {
    "a payment is in flight": ALICE_IN_FLIGHT,
    "only a pending row is left": ALICE_LEFT_BY_GO,
    "only a journal record is left": without(ALICE_IN_FLIGHT, ["eth:payments:pending"]),
  };
  for (const [why, dump] of Object.entries(unresolved)) {
    test(`release() keeps the lock while ${why}`, async (harness) => {
      await harness.seed(dump);
      await using one = await harness.ledger();
      await using two = await harness.ledger();
      const fence = await fenceOf(one);
      for (const _ of ["once", "twice"]) {
        deepStrictEqual(await fence.release(), { lockReleased: false });
        deepStrictEqual(await harness.dump(), { ...dump, [LOCK]: text("paydirt:one") });
      }
      strictEqual((await two.lock("two")).kind, "taken");
    });
  }
}
