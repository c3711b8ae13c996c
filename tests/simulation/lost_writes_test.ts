import assert from "node:assert/strict";
import { Fault } from "../../domain/fault.ts";
import { encodeRecord } from "../../domain/journal_record.ts";
import { wei } from "../../domain/money.ts";
import type { Payment } from "../../domain/payment.ts";
import type { LocalJournal } from "../../domain/ports/local_journal.ts";
import {
  awaitAround,
  type LedgerDump,
  type LedgerMethod,
  memoryLedger,
  type Seam,
} from "../../adapters/memory/mod.ts";
import type { RunPorts } from "../../app/run.ts";
import { miner, SmallPool } from "./small_pool.ts";
import { endsWell, jammed, resolving } from "./stuck_pools.ts";
import { WALLET } from "./payees.ts";
import { KEYS } from "./world.ts";

const OWED = 600_000_000n;

Deno.test("pay refuses and resolve writes the debits again that a restored ledger lost", async () => {
  const pool = new SmallPool(5);
  const copy = pool.store.dump();
  await pool.run();
  pool.restartLedger(copy);
  await assert.rejects(pool.run(), { kind: "continuity", message: /Redis lost writes/ });
  // Only the newest payment is in the journal still: the others need the operator's word.
  const report = await pool.run({ options: resolving({ adopt: pool.minedHashes() }) });
  assert.equal(report.paid.length, 5);
  await endsWell(pool, 5);
});

Deno.test("resolve adopts no transaction without the operator's word", async () => {
  const pool = new SmallPool(3);
  const copy = pool.store.dump();
  await pool.run();
  pool.restartLedger(copy);
  const [first, second] = [...pool.minedHashes()];
  await assert.rejects(pool.run({ options: resolving({}) }), { kind: "continuity" });
  assert.equal(pool.store.fields(KEYS.nonces).get(WALLET), undefined);
  assert(first !== undefined && second !== undefined);
  const report = await pool.run({ options: resolving({ adopt: new Set([first]) }) });
  assert.equal(report.paid.length, 1);
  assert.match(report.attention.join(), /waits for your word/);
  await pool.run({ options: resolving({ adopt: new Set([second]) }) });
  await endsWell(pool, 3);
});

for (const mined of [true, false]) {
  Deno.test(`payments that a ledger forgot in mid-air are taken up from the journal, mined: ${mined}`, async () => {
    const pool = new SmallPool(4);
    const copy = pool.store.dump();
    const stop = new AbortController();
    await pool.run({
      options: { signal: stop.signal },
      beforeBlock: () => {
        if (pool.count("sent") === 4) stop.abort();
        if (!mined) { for (const { hash } of pool.node.mempool()) pool.node.dropFromMempool(hash); }
      },
    });
    pool.restartLedger(copy);
    await assert.rejects(pool.run(), { kind: "continuity" });
    const report = await pool.run({ options: { ...resolving({}), wait: true } });
    assert.equal(report.paid.length, 4);
    await endsWell(pool, 4);
  });
}

Deno.test("an attempt that the ledger forgot is taken up from the journal, and not made anew", async () => {
  const pool = await jammed();
  const dear = { beforeBlock: () => pool.node.setBaseFee(wei(9n * 10n ** 9n)) };
  const copy = pool.store.dump();
  const forgotten = async (): Promise<number> => {
    await pool.run({ ...dear, policy: { waitLimitMs: 9_000 } });
    return (await pool.journal.read())[0]?.attempts.length ?? 0;
  };
  assert.equal(await forgotten(), 2);
  pool.store.seed(copy);
  await pool.run({ ...dear, policy: { waitLimitMs: 2_000 } });
  const [payment] = await pool.journal.read();
  const [record] = pool.store.fields(KEYS.journal).values();
  assert.equal(record, encodeRecord(payment!));
  assert.equal(payment?.attempts.length, 2);
});

Deno.test("a run that refuses keeps the local journal, whatever else it could end", async () => {
  const pool = new SmallPool(4);
  let copy: LedgerDump | undefined;
  const stop = new AbortController();
  await pool.run({
    policy: { maxInFlight: 2, confirmations: 6 },
    options: { signal: stop.signal },
    beforeBlock: () => {
      if (pool.count("sent") === 2) copy ??= pool.store.dump();
      if (pool.count("sent") === 4) stop.abort();
    },
  });
  assert(copy !== undefined);
  pool.restartLedger(copy);
  for (const { hash } of pool.node.mempool()) pool.node.dropFromMempool(hash);
  const refused = await pool.run();
  assert.deepEqual([refused.paid.length, refused.stopped?.kind], [2, "continuity"]);
  assert.equal((await pool.journal.read()).length, 4);
  assert.equal((await pool.run({ options: { ...resolving({}), wait: true } })).paid.length, 2);
  await endsWell(pool, 4);
});

Deno.test("resolve can be interrupted at any commit, and run again", async () => {
  for (let commits = 1; commits < 12; commits++) {
    const pool = new SmallPool(4);
    const copy = pool.store.dump();
    await pool.run();
    pool.restartLedger(copy);
    const adopt = pool.minedHashes();
    await pool.run({ ports: losingTheLink(pool, commits), options: resolving({ adopt }) })
      .catch((error: unknown) => assert(error instanceof Fault));
    await pool.run({ options: resolving({ adopt }) });
    await endsWell(pool, 4);
  }
});

Deno.test("a balance becomes negative where the snapshot lacks what was credited and paid", async () => {
  const pool = new SmallPool(1);
  const copy = pool.store.dump();
  pool.credit(miner(0), OWED);
  await pool.run();
  pool.restartLedger(copy);
  await pool.run({ options: resolving({ adopt: pool.minedHashes() }) });
  const account = pool.store.fields(KEYS.account({ kind: "miner", login: miner(0) }));
  assert.deepEqual(
    [account.get("balance"), account.get("paid")],
    [String(-OWED), String(2n * OWED)],
  );
  assert.equal((await pool.run()).paid.length, 0);
});

for (const rotated of [true, false]) {
  Deno.test(`resolve debits nobody again whose row stands, however many came after it, rotated: ${rotated}`, async () => {
    const pool = new SmallPool(150);
    const { journal } = pool;
    const kept: LocalJournal = Object.assign(Object.create(journal), {
      read: () => journal.read(),
      append: (payments: readonly Payment[]) => journal.append(payments),
      rotate: () => rotated ? journal.rotate() : Promise.resolve(),
    });
    await pool.run({ ports: pool.ports({ localJournal: kept }), policy: { maxInFlight: 200 } });
    pool.store.deleteField(KEYS.nonces, WALLET);
    await assert.rejects(pool.run(), { kind: "continuity" });
    const report = await pool.run({ options: { ...resolving({}), wait: true } });
    assert.deepEqual([report.inFlight, report.attention], [[], []]);
    assert.equal(pool.store.fields(KEYS.nonces).get(WALLET), "150");
    await endsWell(pool, 150);
  });
}

/** Ports whose ledger goes away after so many commits. */
function losingTheLink(pool: SmallPool, commits: number): RunPorts {
  let left = commits;
  const seam: Seam<LedgerMethod> = (method, effect) => {
    if (left === 0) throw new Fault("ledger-unreachable", "The link is gone");
    if (method === "commit") left--;
    return awaitAround(method, effect);
  };
  return pool.ports({
    ledger: memoryLedger(pool.store, { clock: pool.clock, prefix: "eth", seam }),
  });
}

/** Everything that the wallet ever sent. */
