import assert from "node:assert/strict";
import {
  awaitAround,
  type LedgerMethod,
  MemoryJournal,
  memoryLedger,
  type Seam,
} from "../../adapters/memory/mod.ts";
import { assess } from "../../app/assess.ts";
import { runPayouts } from "../../app/run_payouts.ts";
import { LEASE_MS } from "../../domain/ports/ledger.ts";
import type { LocalJournal } from "../../domain/ports/local_journal.ts";
import { WALLET } from "./payees.ts";
import { miner, SMALL_POLICY, SmallPool } from "./small_pool.ts";
import { sentAndDropped } from "./stuck_pools.ts";
import { KEYS } from "./world.ts";

for (const asleepAt of ["obligations", "newestPaid"] as const) {
  Deno.test(`a run that slept at ${asleepAt} while another one paid calls no operator`, async () => {
    const pool = new SmallPool(4);
    const asleep = Promise.withResolvers<void>();
    const awake = Promise.withResolvers<void>();
    let sleeps = false;
    const seam: Seam<LedgerMethod> = async (method, effect) => {
      if (sleeps) await awake.promise;
      const answer = effect();
      if (method !== asleepAt || sleeps) return answer;
      sleeps = true;
      asleep.resolve();
      await awake.promise;
      return answer;
    };
    const ledger = memoryLedger(pool.store, { clock: pool.clock, prefix: "eth", seam });
    const sleeper = runPayouts(pool.ports({ ledger, newRunId: () => "sleeper" }), SMALL_POLICY);
    sleeper.catch(() => {}); // Looked at below.
    await asleep.promise;
    await pool.clock.advance(2 * LEASE_MS);
    assert.equal((await pool.run()).paid.length, 4);
    awake.resolve();
    await assert.rejects(sleeper, { kind: "fenced" });
  });
}

Deno.test("a run that slept over its debit sends nothing before it has looked at its lock", async () => {
  const pool = new SmallPool(2);
  const asleep = Promise.withResolvers<void>();
  const awake = Promise.withResolvers<void>();
  let sleeps = false;
  const seam: Seam<LedgerMethod> = async (_method, effect) => {
    if (sleeps) await awake.promise;
    const answer = effect();
    if (sleeps || pool.store.typeOf(KEYS.pending) === null) return answer;
    sleeps = true;
    asleep.resolve();
    await awake.promise;
    return answer;
  };
  const told: string[] = [];
  const sleeper = runPayouts(
    pool.ports({
      ledger: memoryLedger(pool.store, { clock: pool.clock, prefix: "eth", seam }),
      newRunId: () => "sleeper",
      report: ({ kind }) => told.push(kind),
    }),
    SMALL_POLICY,
  );
  sleeper.catch(() => {}); // Looked at below.
  await asleep.promise;
  await pool.clock.advance(2 * LEASE_MS);
  assert.equal((await pool.run()).paid.length, 2);
  awake.resolve();
  assert.deepEqual((await sleeper).stopped?.kind, "fault");
  assert(told.includes("debited"));
  assert(!told.includes("sent"));
});

Deno.test("a run whose lock is gone with its debits when it has journalled them sends nothing", async () => {
  const pool = new SmallPool(2);
  const copy = pool.store.dump();
  const { journal } = pool;
  const writing = Promise.withResolvers<void>();
  const written = Promise.withResolvers<void>();
  const slow: LocalJournal = {
    name: "a slow disk",
    read: () => journal.read(),
    prepare: () => journal.prepare(),
    rotate: () => journal.rotate(),
    append: async (payments) => {
      writing.resolve();
      await written.promise;
      await journal.append(payments);
    },
  };
  const told: string[] = [];
  const first = runPayouts(
    pool.ports({
      localJournal: slow,
      newRunId: () => "first",
      report: ({ kind }) => told.push(kind),
    }),
    SMALL_POLICY,
  );
  first.catch(() => {}); // Looked at below.
  await writing.promise;
  // Redis forgets lock and debits at once, and says nothing of it.
  for (const key of pool.store.keys()) pool.store.delete(key);
  pool.store.seed(copy);
  pool.credit(miner(0), 1n);
  assert.equal((await pool.run({ options: { wait: false } })).inFlight.length, 2);
  written.resolve();
  assert.deepEqual((await first).stopped?.kind, "fault");
  assert(!told.includes("sent"));
});

Deno.test("a server that came back with an older copy between preflight and lock is found out", async () => {
  const { pool, copy } = await sentAndDropped();
  const seam: Seam<LedgerMethod> = (method, effect) => {
    if (method === "lock") pool.restartLedger(copy);
    return awaitAround(method, effect);
  };
  const ports = pool.ports({
    ledger: memoryLedger(pool.store, { clock: pool.clock, prefix: "eth", seam }),
    localJournal: new MemoryJournal(),
  });
  await assert.rejects(pool.run({ ports }), { kind: "continuity", message: /resolve --seal/ });
});

Deno.test("what a living run journals while another one looks is no write that Redis lost", async () => {
  const pool = new SmallPool(4);
  let paying: Promise<unknown> | undefined;
  const seam: Seam<LedgerMethod> = async (method, effect) => {
    const answer = effect();
    if (method === "obligations") await (paying ??= pool.run({ options: { wait: false } }));
    return answer;
  };
  const { chain, journal: localJournal, clock } = pool;
  const ledger = memoryLedger(pool.store, { clock, prefix: "eth", seam });
  const { continuity } = await assess({ ledger, chain, localJournal, clock }, {
    policy: SMALL_POLICY,
    identity: await chain.identity(),
    tip: await chain.tip(WALLET),
    server: await ledger.server(),
  });
  assert(paying !== undefined);
  assert.equal((await localJournal.read()).length, 4);
  assert.equal(continuity.kind, "continuous");
});
