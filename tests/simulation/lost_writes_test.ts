import assert from "node:assert/strict";
import type { Hex } from "../../domain/address.ts";
import { Fault } from "../../domain/fault.ts";
import { encodeRecord } from "../../domain/journal_record.ts";
import type { Fees } from "../../domain/fees.ts";
import { wei } from "../../domain/money.ts";
import type { Payment } from "../../domain/payment.ts";
import type { LocalJournal } from "../../domain/ports/local_journal.ts";
import { encodeTransaction } from "../../adapters/memory/chain_transaction.ts";
import {
  awaitAround,
  type LedgerDump,
  type LedgerMethod,
  MemoryJournal,
  memoryLedger,
  type Seam,
} from "../../adapters/memory/mod.ts";
import type { OperatorWords, RunOptions, RunPorts } from "../../app/run.ts";
import { miner, SmallPool } from "./small_pool.ts";
import { forgotten, jammed } from "./stuck_pools.ts";
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
  const report = await pool.run({ options: resolve({ adopt: pool.minedHashes() }) });
  assert.equal(report.paid.length, 5);
  await endsWell(pool, 5);
});

Deno.test("resolve adopts no transaction without the operator's word", async () => {
  const pool = new SmallPool(3);
  const copy = pool.store.dump();
  await pool.run();
  pool.restartLedger(copy);
  const [first, second] = [...pool.minedHashes()];
  await assert.rejects(pool.run({ options: resolve({}) }), { kind: "continuity" });
  assert.equal(pool.store.fields(KEYS.nonces).get(WALLET), undefined);
  assert(first !== undefined && second !== undefined);
  const report = await pool.run({ options: resolve({ adopt: new Set([first]) }) });
  assert.equal(report.paid.length, 1);
  assert.match(report.attention.join(), /waits for your word/);
  await pool.run({ options: resolve({ adopt: new Set([second]) }) });
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
    const report = await pool.run({ options: { ...resolve({}), wait: true } });
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
  assert.equal((await pool.run({ options: { ...resolve({}), wait: true } })).paid.length, 2);
  await endsWell(pool, 4);
});

Deno.test("resolve can be interrupted at any commit, and run again", async () => {
  for (let commits = 1; commits < 12; commits++) {
    const pool = new SmallPool(4);
    const copy = pool.store.dump();
    await pool.run();
    pool.restartLedger(copy);
    const adopt = pool.minedHashes();
    await pool.run({ ports: losingTheLink(pool, commits), options: resolve({ adopt }) })
      .catch((error: unknown) => assert(error instanceof Fault));
    await pool.run({ options: resolve({ adopt }) });
    await endsWell(pool, 4);
  }
});

Deno.test("a balance becomes negative where the snapshot lacks what was credited and paid", async () => {
  const pool = new SmallPool(1);
  const copy = pool.store.dump();
  pool.credit(miner(0), OWED);
  await pool.run();
  pool.restartLedger(copy);
  await pool.run({ options: resolve({ adopt: pool.minedHashes() }) });
  const account = pool.store.fields(KEYS.account({ kind: "miner", login: miner(0) }));
  assert.deepEqual(
    [account.get("balance"), account.get("paid")],
    [String(-OWED), String(2n * OWED)],
  );
  assert.equal((await pool.run()).paid.length, 0);
});

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
    pool.run({ ports: bare, options: resolve({}) }),
    { kind: "continuity", message: /resolve --seal/ },
  );
  // One of the lost payments is mined in the middle of it.
  let helped = false;
  const options = { ...resolve({ seal: true }), wait: true };
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
  const report = await pool.run({ ports: bare, options: resolve({ adopt: pool.minedHashes() }) });
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
    options: { ...resolve({ seal: true }), wait: true },
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
  await pool.run({ ports, options: { ...resolve({ seal: true }), wait: true } });
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

function resolve(words: OperatorWords): RunOptions {
  return { debits: false, wait: false, words };
}

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
    const report = await pool.run({ options: { ...resolve({}), wait: true } });
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

/** Everybody has their coins once, the ledger says so, and the next run has nothing to do. */
async function endsWell(pool: SmallPool, payees: number): Promise<void> {
  const report = await pool.run();
  assert.equal(report.paid.length + report.inFlight.length, 0);
  for (let index = 0; index < payees; index++) {
    const login = miner(index);
    assert.equal(pool.node.balanceWei(login), OWED * 10n ** 9n);
    const account = pool.store.fields(KEYS.account({ kind: "miner", login }));
    assert.deepEqual(["balance", "pending", "paid"].map((field) => account.get(field) ?? "0"), [
      "0",
      "0",
      String(OWED),
    ]);
  }
  assert.equal(pool.store.scores(KEYS.all).size, payees);
}
