/**
 * A ledger that comes back with another past than the local journal tells: two of its copies take turns.
 *
 * @module
 */

import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { Fault } from "../../domain/fault.ts";
import { wei } from "../../domain/money.ts";
import type { Payment } from "../../domain/payment.ts";
import type { LocalJournal } from "../../domain/ports/local_journal.ts";
import { type LedgerDump, MemoryJournal } from "../../adapters/memory/mod.ts";
import type { RunPorts } from "../../app/run.ts";
import { runUntilDeath } from "./dying.ts";
import { WALLET } from "./payees.ts";
import { miner, SmallPool } from "./small_pool.ts";
import { creditBackBehindOurBack, nodeSigns, OWED, PAYEE, say } from "./stuck_pools.ts";
import { KEYS } from "./world.ts";

const GWEI = 10n ** 9n;
const OWED_WEI = OWED * GWEI;

/** A run debits, and dies before it has told the local journal or sent anything: the ledger since. */
async function unsent(pool: SmallPool, replaced: Partial<RunPorts> = {}): Promise<LedgerDump> {
  const localJournal = Object.assign(new MemoryJournal(), {
    append: () => Promise.reject(new Fault("journal", "The disk is full")),
  });
  await pool.run({ ports: pool.ports({ ...replaced, localJournal }) });
  return pool.store.dump();
}

/**
 * In flight: nonce 0 to the first payee, nonce 1 to the second one. Another copy of the ledger paid the
 * second one with nonce 0, as the local journal says.
 */
async function twoPasts(
  { mined, signs }: {
    readonly mined: boolean;
    /** Whether the node signs. */
    readonly signs: boolean;
  },
): Promise<{ readonly pool: SmallPool; readonly ports: RunPorts }> {
  const pool = new SmallPool(2);
  const signer = signs ? nodeSigns(pool) : {};
  const before = pool.store.dump();
  const other = await unsent(pool, signer);
  pool.restartLedger(before);
  pool.credit(miner(0), OWED);
  await sendOne(pool, signer);
  if (mined) pool.node.mine(10);
  pool.restartLedger(other);
  return { pool, ports: pool.ports(signer) };
}

/** A run sends one payment, and is stopped. */
async function sendOne(pool: SmallPool, replaced: Partial<RunPorts> = {}): Promise<void> {
  const before = pool.count("sent");
  const stop = new AbortController();
  await pool.run({
    ports: pool.ports(replaced),
    policy: { maxInFlight: 1 },
    options: { signal: stop.signal },
    beforeBlock: () => pool.count("sent") > before && stop.abort(),
  });
}

Deno.test("what a ledger of another past has in flight is cancelled: its payees may be paid already", async () => {
  const { pool } = await twoPasts({ mined: true, signs: false });
  const report = await pool.run();
  strictEqual(report.stopped?.kind, "continuity");
  match(report.attention.join(), /from nonce 0 on the ledger has other payments in flight/);
  deepStrictEqual(
    report.creditedBack.map(({ login, reason }) => [login, reason]),
    [[miner(0), "nonce-taken"], [miner(1), "cancelled"]],
  );
  deepStrictEqual([0, 1].map((index) => pool.node.balanceWei(miner(index))), [0n, OWED_WEI]);
});

const STORIES = [
  { mined: true, orphaned: false },
  { mined: false, orphaned: false },
  { mined: true, orphaned: true },
];

for (const { mined, orphaned } of STORIES) {
  const which = `mined: ${mined}, the first one credited back: ${orphaned}`;
  Deno.test(`a run may die at any call while it cancels what is contested, ${which}`, async () => {
    const paidTwice: string[] = [];
    let died = true;
    for (let call = 0; died; call++) {
      for (const when of ["before", "after"] as const) {
        const { pool } = await twoPasts({ mined, signs: false });
        if (orphaned) creditBackBehindOurBack(pool, miner(0));
        died = await runUntilDeath(pool, { call, when }, {});
        for (let run = 0; run < 2; run++) await pool.run().catch(demandFault);
        if (pool.node.balanceWei(miner(1)) > OWED_WEI) paidTwice.push(`${when} call ${call}`);
      }
    }
    deepStrictEqual(paidTwice, []);
  });
}

Deno.test("a contested payment is not ended on a word before those behind it are cancelled", async () => {
  const pool = new SmallPool(2);
  const before = pool.store.dump();
  const other = await unsent(pool);
  pool.restartLedger(before);
  await pool.clock.advance(5_000);
  await sendOne(pool);
  pool.node.mine(10);
  pool.restartLedger(other);
  // The same payment in both pasts, and what comes after it may not be.
  const [hash] = pool.minedHashes();
  ok(hash !== undefined);
  const { words } = await say(pool, [{ kind: "settle", login: miner(0), hash }]);
  strictEqual(words[0]?.done, false);
  match(words[0].detail, /behind it is cancelled first/);
  deepStrictEqual((await pool.run()).paid.map(({ login }) => login), [miner(0)]);
});

Deno.test("what another past paid at a nonce is not paid again after the operator's credit, when the node signs", async () => {
  const { pool, ports } = await twoPasts({ mined: true, signs: true });
  await pool.run({ ports });
  const credited = await say(pool, [{ kind: "credit", login: miner(0) }], ports);
  strictEqual(credited.words[0]?.done, true);
  ok(pool.store.fields(KEYS.held).has(WALLET));
  await pool.run({ ports }).catch(demandFault);
  strictEqual(pool.node.balanceWei(miner(1)), OWED_WEI);
});

Deno.test("what is contested is no other payment that a node may have given a nonce to", async () => {
  const pool = new SmallPool(2);
  const signer = nodeSigns(pool);
  const before = pool.store.dump();
  const debited = new AbortController();
  // This past debits both and sends them, and the node forgets them.
  await pool.run({
    ports: pool.ports({ ...signer, localJournal: new MemoryJournal() }),
    options: { signal: debited.signal },
    beforeBlock: () => {
      if (pool.count("debited") === 2) debited.abort();
      for (const { hash } of pool.node.mempool()) pool.node.dropFromMempool(hash);
    },
  });
  const other = pool.store.dump();
  pool.restartLedger(before);
  pool.credit(miner(0), OWED);
  await sendOne(pool, signer);
  pool.node.mine(10);
  pool.restartLedger(other);
  const ports = pool.ports(signer);
  const replaced = new AbortController();
  await pool.run({
    ports,
    options: { signal: replaced.signal },
    beforeBlock: () => pool.count("replaced") > 0 && replaced.abort(),
  });
  pool.node.mine(10);
  // Its cancel is final, and has not ended it yet.
  const { words } = await say(pool, [{ kind: "credit", login: miner(0) }], ports);
  strictEqual(words[0]?.done, true);
  ok(pool.store.fields(KEYS.held).has(WALLET));
});

Deno.test("two pasts that agree about their last payment are told apart, also by a rotated journal", async () => {
  const pool = new SmallPool(0);
  pool.credit(miner(1), OWED);
  pool.credit(miner(2), OWED + 300_000_000n);
  const before = pool.store.dump();
  pool.credit(miner(0), OWED);
  pool.credit(miner(1), OWED);
  const other = await unsent(pool);
  pool.restartLedger(before);
  strictEqual((await pool.run()).paid.length, 2);
  strictEqual((await pool.journal.read()).length, 1);
  pool.restartLedger(other);
  await pool.run();
  ok(pool.node.balanceWei(miner(1)) <= 2n * OWED_WEI);
});

Deno.test("the same payment of two pasts does not become an orphan by the attempts of the other", async () => {
  const pool = new SmallPool(1);
  const before = pool.store.dump();
  const other = await unsent(pool);
  pool.restartLedger(before);
  await pool.clock.advance(5_000);
  const dear = () => pool.node.setBaseFee(wei(9n * GWEI));
  await pool.run({ policy: { waitLimitMs: 9_000 }, beforeBlock: dear });
  strictEqual((await pool.journal.read())[0]?.attempts.length, 2);
  pool.restartLedger(other);
  await pool.run({ policy: { waitLimitMs: 1_000 }, beforeBlock: dear });
  await pool.run({ beforeBlock: () => pool.node.setBaseFee(wei(GWEI)) });
  await pool.run();
  deepStrictEqual(pool.account(PAYEE), [0n, 0n, OWED]);
});

Deno.test("a journal lost in the middle of a run contests nothing, while one payee is parked", async () => {
  const pool = new SmallPool(2);
  const key = KEYS.account({ kind: "miner", login: miner(0) });
  await pool.run({
    ports: pool.ports({ localJournal: lostAfter(pool, 1) }),
    options: { batchSize: 1 },
    beforeBlock: () => {
      if (pool.count("debited") !== 2) return;
      pool.store.setField(key, "paid", "no number");
      pool.node.setCode(miner(1), "reverts");
    },
  });
  for (const login of [miner(2), miner(3)]) {
    pool.credit(login, OWED);
    strictEqual((await pool.run()).paid.length, 1);
  }
});

Deno.test("a journal lost in the middle of a run contests nothing, while a Go resolver works behind our back", async () => {
  const pool = new SmallPool(2);
  const stop = new AbortController();
  await pool.run({
    ports: pool.ports({ localJournal: lostAfter(pool, 1) }),
    options: { batchSize: 1, signal: stop.signal },
    beforeBlock: () => {
      pool.node.setBaseFee(wei(9n * GWEI));
      if (pool.count("sent") === 2) stop.abort();
    },
  });
  creditBackBehindOurBack(pool, miner(1));
  const report = await pool.run({ beforeBlock: () => pool.node.setBaseFee(wei(GWEI)) });
  deepStrictEqual(report.creditedBack, []);
});

Deno.test("a ledger that merely lost its newest writes is called that, also when the journal was rotated", async () => {
  const pool = new SmallPool(4);
  let copy: LedgerDump | undefined;
  await pool.run({
    policy: { maxInFlight: 2 },
    beforeBlock: () => {
      if (pool.count("sent") === 2) copy ??= pool.store.dump();
    },
  });
  ok(copy !== undefined);
  pool.restartLedger(copy);
  const adopt = pool.minedHashes();
  const report = await pool.run({ options: { debits: false, wait: true, words: { adopt } } });
  strictEqual(report.paid.length, 4);
});

/** The pool's journal, which is lost when so many appends were made. */
function lostAfter(pool: SmallPool, appends: number): LocalJournal {
  let left = appends;
  return {
    name: "a journal that is lost",
    read: () => pool.journal.read(),
    prepare: () => pool.journal.prepare(),
    rotate: () => pool.journal.rotate(),
    append: async (payments: readonly Payment[]) => {
      if (left-- === 0) pool.journal = new MemoryJournal();
      await pool.journal.append(payments);
    },
  };
}

/** A run may refuse, and does it in plain words. */
function demandFault(error: unknown): void {
  ok(error instanceof Fault, String(error));
}
