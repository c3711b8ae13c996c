import assert from "node:assert/strict";
import { exitCodeOfRun } from "../../app/exit_code.ts";
import { memoryLedger } from "../../adapters/memory/mod.ts";
import { Fault } from "../../domain/fault.ts";
import type { Ledger } from "../../domain/ports/ledger.ts";
import type { LocalJournal } from "../../domain/ports/local_journal.ts";
import { withCommit } from "./other_commits.ts";
import { WALLET } from "./payees.ts";
import { miner, SmallPool } from "./small_pool.ts";

Deno.test("runPayouts() tells what it did before the local journal failed", async () => {
  const pool = new SmallPool(6);
  let appends = 0;
  const localJournal: LocalJournal = {
    name: "a full disk",
    read: () => pool.journal.read(),
    prepare: () => pool.journal.prepare(),
    rotate: () => pool.journal.rotate(),
    append: (payments) => {
      if (++appends > 1) return Promise.reject(new Fault("journal", "The disk is full"));
      return pool.journal.append(payments);
    },
  };
  const ports = pool.ports({ localJournal });
  const report = await pool.run({ ports, policy: { maxInFlight: 2 } });
  assert.deepEqual(report.stopped, {
    kind: "fault",
    fault: "journal",
    detail: "The disk is full",
  });
  assert.equal(exitCodeOfRun(report), 1);
  // What was debited and not sent is left to the next run, which pays it once.
  assert.ok(report.inFlight.length > 0);
  const next = await pool.run();
  assert.equal(report.paid.length + next.paid.length, 6);
  for (let index = 0; index < 6; index++) {
    assert.equal(pool.node.balanceWei(miner(index)), 600_000_000n * 1_000_000_000n);
  }
});

Deno.test("runPayouts() debits nobody again after a debit that was applied by half", async () => {
  const pool = new SmallPool(3);
  const ledger = memoryLedger(pool.store, { clock: pool.clock, prefix: "eth" });
  await assert.rejects(
    pool.run({ ports: pool.ports({ ledger: breakingAtDebits(ledger) }) }),
    { kind: "ledger-broken" },
  );
  const obligations = await ledger.obligations();
  assert.match(obligations.held.get(WALLET) ?? "", /applied by half/);
  await assert.rejects(pool.run(), { kind: "continuity" });
  assert.equal(pool.count("debited"), 0);
});

/** A ledger whose debits fail inside EXEC, as when a key changes its type just before it. */
function breakingAtDebits(ledger: Ledger): Ledger {
  return withCommit(
    ledger,
    (fence) => (transitions) =>
      transitions.some(({ kind }) => kind === "debit")
        ? Promise.reject(new Fault("ledger-broken", "EXEC was applied by half"))
        : fence.commit(transitions),
  );
}

Deno.test("runPayouts() debits nobody whose payment could not be recorded, and pays the others", async () => {
  const pool = new SmallPool(4);
  pool.store.seed({
    ...pool.store.dump(),
    [`eth:miners:${miner(1)}`]: { type: "hash", value: { balance: "600000000", paid: "abc" } },
    [`eth:payments:${miner(2)}`]: { type: "string", value: "no rows" },
  });
  const report = await pool.run();
  assert.equal(report.paid.length, 2);
  assert.deepEqual(
    report.skipped.map(({ login, reason }) => [login, reason]),
    [[miner(1), "ledger-unfit"], [miner(2), "ledger-unfit"]],
  );
  assert.equal(pool.node.balanceWei(miner(1)), 0n);
  assert.equal(report.inFlight.length, 0);
});
