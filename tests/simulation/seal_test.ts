/**
 * Nonces are used up where ledger and local journal may both have forgotten a payment.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Hex } from "../../domain/address.ts";
import type { Fees } from "../../domain/fees.ts";
import { wei } from "../../domain/money.ts";
import { encodeTransaction } from "../../adapters/memory/chain_transaction.ts";
import { type LedgerDump, MemoryJournal } from "../../adapters/memory/mod.ts";
import { WALLET } from "./payees.ts";
import { miner, SmallPool } from "./small_pool.ts";
import { endsWell, forgotten, resolving } from "./stuck_pools.ts";

const OWED = 600_000_000n;

Deno.test("a lost payment that everybody forgot is never mined after a seal", async () => {
  const pool = new SmallPool(3);
  await pool.run();
  for (const index of [0, 1, 2]) pool.credit(miner(index), OWED);
  const copy = pool.store.dump();
  const stop = new AbortController();
  const lost: Hex[] = [];
  await pool.run({
    options: { signal: stop.signal },
    beforeBlock: () => {
      for (const transaction of pool.node.mempool()) {
        lost.push(encodeTransaction(transaction).raw);
        pool.node.dropFromMempool(transaction.hash);
      }
      if (pool.count("sent") >= 6) stop.abort();
    },
  });
  pool.restartLedger(copy);
  const bare = pool.ports({ localJournal: new MemoryJournal() });
  await assert.rejects(pool.run({ ports: bare }), {
    kind: "continuity",
    message: /resolve --seal/,
  });
  await assert.rejects(
    pool.run({ ports: bare, options: resolving({}) }),
    { kind: "continuity", message: /resolve --seal/ },
  );
  // One of the lost payments is mined in the middle of it.
  let helped = false;
  const options = { ...resolving({ seal: true }), wait: true };
  const sealing = pool.run({
    ports: bare,
    options,
    beforeBlock: () => {
      if (helped || lost[0] === undefined) return;
      for (const { hash } of pool.node.mempool()) pool.node.dropFromMempool(hash);
      helped = pool.node.submit(lost[0]).meaning === "accepted";
    },
  });
  await assert.rejects(sealing, { kind: "continuity", message: /is not in the ledger/ });
  assert.equal(helped, true);
  const report = await pool.run({ ports: bare, options: resolving({ adopt: pool.minedHashes() }) });
  assert.equal(report.paid.length, 1);
  for (const raw of lost) pool.node.submit(raw);
  const last = await pool.run({ ports: bare });
  assert.equal(last.paid.length, 2);
  for (const index of [0, 1, 2]) {
    assert.equal(pool.node.balanceWei(miner(index)), 2n * OWED * 10n ** 9n);
  }
});

Deno.test("a seal offers ever more, up to the ceiling, where a mempool keeps what was lost", async () => {
  const pool = await forgotten();
  const gwei = 10n ** 9n;
  pool.node.setBaseFee(wei(gwei));
  pool.node.mine();
  // Cheap but for its tip: no block takes it any more, and a raise of all fields has no room.
  const fees: Fees = {
    kind: "eip1559",
    maxFeePerGasWei: wei(4n * gwei),
    maxPriorityFeePerGasWei: wei(4n * gwei),
  };
  const lost = { from: WALLET, to: miner(0), valueWei: wei(OWED * gwei), nonce: 1, fees };
  assert.equal(pool.node.submitForeign(lost).meaning, "accepted");
  const beforeBlock = () => pool.node.setBaseFee(wei(6n * gwei));
  beforeBlock();
  pool.node.mine();
  await pool.run({
    options: { ...resolving({ seal: true }), wait: true },
    policy: { ceilingWei: wei(20n * gwei) },
    beforeBlock,
  });
  assert.equal(pool.count("sealed"), 1);
  const { paid } = await pool.run();
  assert.deepEqual(paid.map(({ login }) => login), [miner(0)]);
  assert.equal(pool.node.balanceWei(miner(0)), 2n * OWED * gwei);
});

Deno.test("what has to be sealed stays noted when the new local journal is no longer empty", async () => {
  const pool = new SmallPool(2);
  let copy: LedgerDump | undefined;
  const stop = new AbortController();
  await pool.run({
    policy: { maxInFlight: 1 },
    options: { signal: stop.signal },
    beforeBlock: () => {
      if (pool.count("sent") === 1) copy ??= pool.store.dump();
      if (pool.count("sent") < 2) return;
      for (const { hash } of pool.node.mempool()) pool.node.dropFromMempool(hash);
      stop.abort();
    },
  });
  assert(copy !== undefined);
  pool.restartLedger(copy);
  const journal = new MemoryJournal();
  const ports = pool.ports({ localJournal: journal });
  assert.equal((await pool.run({ ports })).stopped?.kind, "continuity");
  assert.notEqual((await journal.read()).length, 0);
  await assert.rejects(pool.run({ ports }), { kind: "continuity", message: /resolve --seal/ });
  await pool.run({ ports, options: { ...resolving({ seal: true }), wait: true } });
  assert.equal((await pool.run({ ports })).paid.length, 1);
  await endsWell(pool, 2);
});

Deno.test("no seal is asked for while the journal is there, or the server kept every write", async () => {
  for (const fsyncsAlways of [false, true]) {
    const pool = new SmallPool(2);
    await pool.run();
    pool.credit(miner(0), OWED);
    pool.restartLedger(pool.store.dump());
    pool.store.server = { ...pool.store.server, fsyncsAlways };
    const ports = pool.ports(fsyncsAlways ? { localJournal: new MemoryJournal() } : {});
    assert.equal((await pool.run({ ports })).paid.length, 1);
  }
});
