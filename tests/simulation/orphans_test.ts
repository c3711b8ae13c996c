import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { memoryNodeSigner } from "../../adapters/memory/mod.ts";
import { exitCodeOfRun } from "../../app/exit_code.ts";
import type { RunPorts } from "../../app/run.ts";
import type { Hash, Hex } from "../../domain/address.ts";
import { Fault } from "../../domain/fault.ts";
import { wei } from "../../domain/money.ts";
import type { LocalJournal } from "../../domain/ports/local_journal.ts";
import type { RunReport } from "../../domain/report.ts";
import { runUntilDeath } from "./dying.ts";
import { WALLET } from "./payees.ts";
import { miner, SmallPool } from "./small_pool.ts";
import {
  creditBackBehindOurBack,
  jammed,
  OWED,
  paidAndCreditedBack,
  PAYEE,
  recordBehindOurBack,
  RESOLVE,
  ROW,
  say,
} from "./stuck_pools.ts";
import { KEYS } from "./world.ts";

function openRecords(pool: SmallPool): number {
  return [KEYS.journal, KEYS.pendingTx, KEYS.pendingNonce]
    .reduce((sum, key) => sum + pool.store.fields(key).size, 0);
}

Deno.test("runPayouts() uses an orphan's nonce up, forgets it, and then pays its login once", async () => {
  const pool = await jammed();
  creditBackBehindOurBack(pool);
  pool.credit(miner(1), OWED);
  const report = await pool.run();
  // Whose record is still open is not planned; the others are paid behind its cancel.
  deepStrictEqual(report.paid.map(({ login, nonce }) => [login, nonce]), [[miner(1), 1]]);
  strictEqual(pool.count("dropped"), 1);
  deepStrictEqual([exitCodeOfRun(report), openRecords(pool)], [0, 0]);
  deepStrictEqual(report.dropped, [
    { login: PAYEE, amountShannon: OWED, nonce: 0, reason: "cancelled" },
  ]);
  deepStrictEqual(pool.account(PAYEE), [OWED, 0n, 0n]);
  const next = await pool.run();
  deepStrictEqual(next.paid.map(({ login, nonce }) => [login, nonce]), [[PAYEE, 2]]);
  strictEqual(pool.node.balanceWei(PAYEE), OWED * 10n ** 9n);
  strictEqual(pool.store.text(KEYS.lock), null);
});

Deno.test("runPayouts() sends no cancel of an orphan that is not durable", async () => {
  const pool = await jammed();
  creditBackBehindOurBack(pool);
  const full = { ...journalOf(pool), append: () => Promise.reject(new Fault("journal", "full")) };
  const stopped = await pool.run({ ports: pool.ports({ localJournal: full }) });
  strictEqual(stopped.stopped?.kind, "fault");
  const chain = Object.assign(Object.create(pool.chain), {
    broadcast: async (raws: readonly Hex[]) => {
      const durable = (await pool.journal.read()).flatMap(({ attempts }) => attempts);
      for (const raw of raws) ok(durable.some((attempt) => attempt.raw === raw), "not durable");
      return await pool.chain.broadcast(raws);
    },
  });
  await pool.run({ ports: pool.ports({ chain }) });
  strictEqual(openRecords(pool), 0);
});

function journalOf({ journal }: SmallPool): LocalJournal {
  return {
    name: journal.name,
    read: () => journal.read(),
    prepare: () => journal.prepare(),
    append: (payments) => journal.append(payments),
    rotate: () => journal.rotate(),
  };
}

Deno.test("runPayouts() debits nobody behind an orphan's nonce before its cancel is on its way", async () => {
  const pool = await jammed();
  creditBackBehindOurBack(pool);
  pool.credit(miner(1), OWED);
  const signer = pool.ports().signer;
  ok(signer.kind === "bytes");
  const strict = {
    ...signer,
    sign: (requests: Parameters<typeof signer.sign>[0]) =>
      requests.some(({ valueWei }) => valueWei === 0n)
        ? Promise.reject(new Fault("signer", "no cancels here"))
        : signer.sign(requests),
  };
  pool.events.length = 0;
  const report = await pool.run({
    ports: pool.ports({ signer: strict }),
    policy: { waitLimitMs: 5_000 },
  });
  strictEqual(report.stopped?.kind, "wait-limit");
  strictEqual(pool.count("debited"), 0);
  deepStrictEqual(pool.account(PAYEE), [OWED, 0n, 0n]);
});

Deno.test("runPayouts() forgets an orphan that a Go resolver recorded as paid", async () => {
  const { pool, hash } = await paidAndCreditedBack();
  // This resolver found it on the chain: settled instead of credited back.
  for (const key of [KEYS.account({ kind: "miner", login: PAYEE }), KEYS.finances]) {
    pool.store.addToField(key, "balance", -OWED);
    pool.store.addToField(key, "paid", OWED);
  }
  pool.store.addMember(KEYS.all, `${hash}:${ROW}`, Math.floor(pool.clock.now() / 1000));
  pool.store.addMember(KEYS.paidTo(PAYEE), `${hash}:${OWED}`, 1);
  const report = await pool.run();
  deepStrictEqual([exitCodeOfRun(report), openRecords(pool)], [0, 0]);
  deepStrictEqual(pool.account(PAYEE), [0n, 0n, OWED]);
});

Deno.test("runPayouts() calls an operator for what a Go resolver recorded as paid by our cancel", async () => {
  const pool = await jammed();
  await say(pool, [{ kind: "cancel", login: PAYEE }]);
  recordBehindOurBack(pool);
  pool.node.setBaseFee(wei(10n ** 9n));
  const report = await pool.run();
  deepStrictEqual([exitCodeOfRun(report), openRecords(pool)], [3, 0]);
  match(report.attention.join(), /never arrives \(cancelled\), and somebody recorded it as paid/);
  // Also when nobody reads the report.
  match(pool.store.fields(KEYS.held).get(PAYEE) ?? "", /"recorded-unpaid"/);
  strictEqual(pool.node.balanceWei(PAYEE), 0n);
});

Deno.test("runPayouts() forgets an orphan whose nonce a Go payer's payment took", async () => {
  const pool = await jammed();
  creditBackBehindOurBack(pool);
  pool.node.evict(1);
  pool.node.setBaseFee(wei(10n ** 9n));
  const other = pool.send(miner(7), 5n);
  pool.node.mine(4);
  pool.store.addMember(KEYS.all, `${other}:${miner(7)}:5`, 1);
  pool.store.addMember(KEYS.paidTo(miner(7)), `${other}:5`, 1);
  const report = await pool.run();
  deepStrictEqual([exitCodeOfRun(report), openRecords(pool)], [0, 0]);
  strictEqual((await pool.run()).paid[0]?.login, PAYEE);
});

Deno.test("runPayouts() asks about what was paid and credited back, and writes its debit again on a word", async () => {
  const { pool, hash } = await paidAndCreditedBack();
  // The payee has spent some of it on something that only the pool knows.
  const key = KEYS.account({ kind: "miner", login: PAYEE });
  for (const each of [key, KEYS.finances]) pool.store.addToField(each, "balance", -1n);
  const report = await pool.run();
  strictEqual(exitCodeOfRun(report), 3);
  match(report.attention.join("\n"), new RegExp(`${hash} paid it .* resolve --settle`));
  deepStrictEqual(pool.account(PAYEE), [OWED - 1n, 0n, 0n]);
  strictEqual(pool.store.fields(KEYS.journal).size, 1);
  const settled = await settle(pool, hash);
  strictEqual(settled.words[0]?.done, true, JSON.stringify(settled.words));
  deepStrictEqual(pool.account(PAYEE), [-1n, 0n, OWED]);
  deepStrictEqual([...pool.store.scores(KEYS.all).keys()], [`${hash}:${ROW}`]);
  strictEqual(openRecords(pool), 0);
  strictEqual((await settle(pool, hash)).words[0]?.done, true);
  deepStrictEqual(pool.account(PAYEE), [-1n, 0n, OWED]);
});

function settle(pool: SmallPool, hash: string): Promise<RunReport> {
  return say(pool, [{ kind: "settle", login: PAYEE, hash: hash as Hash }]);
}

Deno.test("runPayouts() forgets on a word an orphan that its node may have sent at another nonce", async () => {
  const nodeSigns = (pool: SmallPool): Partial<RunPorts> => ({
    signer: memoryNodeSigner(pool.node, { wallet: WALLET }),
  });
  const pool = await jammed(nodeSigns);
  creditBackBehindOurBack(pool);
  pool.node.evict(1);
  pool.node.setBaseFee(wei(10n ** 9n));
  pool.send(miner(7), 5n);
  pool.node.mine(4);
  const ports = pool.ports(nodeSigns(pool));
  const asked = await pool.run({ ports, options: RESOLVE });
  match(asked.attention.join(), /not known what became of it \(sent-by-node\)/);
  const said = await say(pool, [{ kind: "credit", login: PAYEE }], ports);
  strictEqual(said.words[0]?.done, true, JSON.stringify(said.words));
  deepStrictEqual([said.creditedBack, openRecords(pool)], [[], 0]);
  deepStrictEqual(pool.account(PAYEE), [OWED, 0n, 0n]);
});

Deno.test("runPayouts() tells what a Go payer debited again from the payment that was sent first", async () => {
  const { pool, hash } = await paidAndCreditedBack();
  const again = pool.leaveGoRow(PAYEE, { sent: true });
  pool.node.mine(4);
  const refused = await settle(pool, String(again));
  strictEqual(refused.words[0]?.done, false);
  match(refused.words[0]?.detail ?? "", /at which .* paid it/);
  const settled = await settle(pool, hash);
  strictEqual(settled.words[0]?.done, true, JSON.stringify(settled.words));
  deepStrictEqual(pool.account(PAYEE), [-OWED, OWED, OWED]);
  // It got the coins twice, and the books say so.
  const report = await pool.run();
  deepStrictEqual(report.paid.map(({ txHash }) => txHash), [again]);
  deepStrictEqual(pool.account(PAYEE), [-OWED, 0n, 2n * OWED]);
});

Deno.test("runPayouts() never sends again for a pending row that a Go payer debited anew", async () => {
  const pool = await jammed();
  creditBackBehindOurBack(pool);
  const again = pool.leaveGoRow(PAYEE, { sent: true });
  // The node restarts, and only the Go payer's transfer comes back.
  const [ours] = pool.node.mempool();
  ok(ours !== undefined && ours.nonce === 0);
  pool.node.dropFromMempool(ours.hash);
  pool.node.setBaseFee(wei(10n ** 9n));
  await pool.run();
  strictEqual(openRecords(pool), 0);
  const report = await pool.run();
  deepStrictEqual(report.paid.map(({ txHash, nonce }) => [txHash, nonce]), [[again, 1]]);
  deepStrictEqual(pool.account(PAYEE), [0n, 0n, OWED]);
  strictEqual(pool.node.balanceWei(PAYEE), OWED * 10n ** 9n);
});

Deno.test("runPayouts() credits no row of a Go payer back for a cancel of ours", async () => {
  const pool = await jammed();
  await say(pool, [{ kind: "cancel", login: PAYEE }]);
  creditBackBehindOurBack(pool);
  pool.leaveGoRow(PAYEE, { sent: true });
  pool.node.setBaseFee(wei(10n ** 9n));
  pool.node.mine(5);
  const ended = await pool.run();
  deepStrictEqual([ended.creditedBack, openRecords(pool)], [[], 0]);
  deepStrictEqual((await pool.run()).paid.length, 1);
  deepStrictEqual(pool.account(PAYEE), [0n, 0n, OWED]);
});

Deno.test("runPayouts() tells by the transaction which of two debts of a login a word is about", async () => {
  const { pool, hash } = await paidAndCreditedBack();
  const more = OWED + 1n;
  pool.credit(PAYEE, 1n);
  const sent = String(pool.leaveGoRow(PAYEE, { amountShannon: more, sent: true }));
  pool.node.mine(4);
  pool.store.setField(KEYS.held, PAYEE, "by hand");
  const released = await say(pool, [{ kind: "release", login: PAYEE }]);
  strictEqual(released.words[0]?.done, false);
  // The Go payer's row is proved by the one transfer of its amount.
  deepStrictEqual(released.paid.map(({ txHash }) => txHash), [sent]);
  const settled = await settle(pool, hash);
  strictEqual(settled.words[0]?.done, true, JSON.stringify(settled.words));
  deepStrictEqual(pool.account(PAYEE), [-OWED, 0n, OWED + more]);
  strictEqual(openRecords(pool), 0);
});

Deno.test("runPayouts() may die at any call while it ends an orphan, and pays its login once", async () => {
  let died = true;
  for (let call = 0; died; call++) {
    for (const when of ["before", "after"] as const) {
      const pool = await jammed();
      creditBackBehindOurBack(pool);
      died = await runUntilDeath(pool, { call, when }, {});
      await pool.run();
      await pool.run();
      const place = `died ${when} call ${call}`;
      deepStrictEqual(pool.account(PAYEE), [0n, 0n, OWED], place);
      strictEqual(pool.node.balanceWei(PAYEE), OWED * 10n ** 9n, place);
      deepStrictEqual([openRecords(pool), pool.store.text(KEYS.lock)], [0, null], place);
    }
    ok(call < 500);
  }
});
