import assert from "node:assert/strict";
import { MemoryJournal } from "../../adapters/memory/mod.ts";
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

/** A run debits and sends; what it sent is lost, and so is all that the ledger knew of it. */
async function debitAndForget(pool: SmallPool, localJournal: MemoryJournal): Promise<void> {
  const stop = new AbortController();
  const before = pool.count("sent");
  await pool.run({
    ports: pool.ports({ localJournal }),
    options: { signal: stop.signal },
    beforeBlock: () => {
      if (pool.count("sent") > before) stop.abort();
      for (const { hash } of pool.node.mempool()) pool.node.dropFromMempool(hash);
    },
  });
}
