import assert from "node:assert/strict";
import { miner, SmallPool } from "./small_pool.ts";

Deno.test('runPayouts() with "aof" sends nothing once the ledger does not sync any more', async () => {
  const pool = new SmallPool(3);
  pool.store.server = { ...pool.store.server, fsyncsAlways: true };
  const policy = { durability: { kind: "aof" } as const, maxInFlight: 1 };
  const report = await pool.run({
    policy,
    beforeBlock: () => {
      if (pool.count("sent") > 0) {
        pool.store.server = { ...pool.store.server, fsyncsAlways: false };
      }
    },
  });
  assert.deepEqual(report.stopped?.kind === "fault" && report.stopped.fault, "ledger-not-durable");
  assert.deepEqual(pool.count("debited"), pool.count("sent") + 1);
  assert.deepEqual(report.inFlight.length, pool.count("debited"));
  await assert.rejects(pool.run({ policy }), { kind: "ledger-not-durable" });

  pool.store.server = { ...pool.store.server, fsyncsAlways: true };
  await pool.run({ policy });
  for (const index of [0, 1, 2]) {
    assert.deepEqual(pool.node.balanceWei(miner(index)), 600_000_000n * 10n ** 9n);
  }
  assert.deepEqual(await pool.journal.read(), []);
});
