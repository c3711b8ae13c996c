import assert from "node:assert/strict";
import { Fault } from "../../domain/fault.ts";
import { type LedgerDump, MemoryJournal } from "../../adapters/memory/mod.ts";
import { miner, SmallPool } from "./small_pool.ts";
import { KEYS } from "./world.ts";

const OWED = 600_000_000n;

Deno.test("a nonce for which two payments were signed is used up on the operator's word", async () => {
  const pool = new SmallPool(1);
  const copy = pool.store.dump();
  await debitAndForget(pool, pool.journal);
  pool.restartLedger(copy);
  pool.credit(miner(0), 1n);
  const other = new MemoryJournal();
  await debitAndForget(pool, other);
  pool.restartLedger(copy);
  await pool.journal.append(await other.read());

  await assert.rejects(pool.run(), { kind: "continuity", message: /Redis lost writes/ });
  const debits = { options: { debits: false, words: {} } };
  await assert.rejects(pool.run(debits), { kind: "continuity" });
  await pool.run({ options: { debits: false, words: { seal: true } } });
  const { paid } = await pool.run();
  assert.deepEqual(paid.map(({ login, nonce }) => [login, nonce]), [[miner(0), 1]]);
  assert.equal(pool.node.balanceWei(miner(0)), OWED * 10n ** 9n);
  assert.deepEqual(pool.account(miner(0)), [0n, 0n, OWED]);
  assert.equal(pool.store.scores(KEYS.all).size, 1);
});

Deno.test("what a ledger of another past has in flight is cancelled: its payees may be paid already", async () => {
  const pool = new SmallPool(2);
  const before = pool.store.dump();
  const { copy: other } = await dieBeforeTheJournal(pool);
  // The local journal has this: the same nonces the other way round, and the first one is mined.
  pool.restartLedger(before);
  pool.credit(miner(0), OWED);
  await debitAndForget(pool, pool.journal, { keep: 1 });
  pool.restartLedger(other);
  pool.credit(miner(0), OWED);

  const report = await pool.run();
  assert.equal(report.stopped?.kind, "continuity");
  assert.match(report.attention.join(), /from nonce 0 on the ledger has other payments in flight/);
  assert.deepEqual(
    report.creditedBack.map(({ login, reason }) => [login, reason]),
    [[miner(0), "nonce-taken"], [miner(1), "cancelled"]],
  );
  assert.equal(pool.node.balanceWei(miner(1)), OWED * 10n ** 9n);
  assert.equal(pool.node.balanceWei(miner(0)), 0n);
});

/** A run debits, and dies before it has told the local journal or sent anything. */
async function dieBeforeTheJournal(pool: SmallPool): Promise<{ readonly copy: LedgerDump }> {
  const localJournal = Object.assign(new MemoryJournal(), {
    append: () => Promise.reject(new Fault("journal", "The disk is full")),
  });
  await pool.run({ ports: pool.ports({ localJournal }) });
  assert.equal(pool.store.scores(KEYS.pending).size, 2);
  return { copy: pool.store.dump() };
}

/** A run debits and sends; but for the first ones, what it sent is lost, and the ledger forgets it. */
async function debitAndForget(
  pool: SmallPool,
  localJournal: MemoryJournal,
  { keep = 0 }: { readonly keep?: number } = {},
): Promise<void> {
  const stop = new AbortController();
  const before = pool.count("sent");
  await pool.run({
    ports: pool.ports({ localJournal }),
    options: { signal: stop.signal },
    beforeBlock: () => {
      if (pool.count("sent") > before) stop.abort();
      for (const { hash, nonce } of pool.node.mempool()) {
        if (nonce >= keep) pool.node.dropFromMempool(hash);
      }
    },
  });
}
