import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import type { Hash } from "../../domain/address.ts";
import { wei } from "../../domain/money.ts";
import type { OperatorWord } from "../../domain/operator_word.ts";
import type { RunReport } from "../../domain/report.ts";
import { memoryNodeSigner } from "../../adapters/memory/mod.ts";
import type { RunPorts } from "../../app/run.ts";
import { exitCodeOfRun } from "../../app/exit_code.ts";
import { WALLET } from "./payees.ts";
import { miner, SmallPool } from "./small_pool.ts";
import {
  ambiguous,
  jammed,
  OTHER,
  OWED,
  paidByStranger,
  PAYEE,
  RESOLVE,
  say,
} from "./stuck_pools.ts";
import { KEYS } from "./world.ts";

function refused(report: RunReport, why: RegExp): void {
  const [outcome] = report.words;
  ok(outcome !== undefined && !outcome.done, JSON.stringify(report.words));
  match(outcome.detail, why);
  strictEqual(exitCodeOfRun(report), 3);
}

Deno.test("runPayouts() settles a Go payer's row with the transfer that an operator names", async () => {
  const { pool, hashes: [one, other] } = ambiguous();
  const held = await pool.run({ options: RESOLVE });
  // Nothing but a hold was written: it is told all the same.
  deepStrictEqual(held.held.map(({ login }) => login), [PAYEE]);
  deepStrictEqual([held.stopped?.kind, exitCodeOfRun(held)], ["continuity", 3]);
  const { reason } = JSON.parse(pool.store.fields(KEYS.held).get(PAYEE) ?? "{}");
  match(reason, new RegExp(`2 transfers .* could be this payment: ${one}, ${other}`));
  const report = await say(pool, [{ kind: "settle", login: PAYEE, hash: other! }]);
  strictEqual(report.words[0]?.done, true);
  deepStrictEqual(report.paid.map(({ txHash }) => txHash), [other]);
  deepStrictEqual(pool.account(PAYEE), [0n, 0n, OWED]);
  strictEqual(pool.store.fields(KEYS.held).has(PAYEE), false);
  // Said again, because its answer was lost.
  const again = await say(pool, [{ kind: "settle", login: PAYEE, hash: other! }]);
  strictEqual(again.words[0]?.done, true);
  deepStrictEqual(pool.account(PAYEE), [0n, 0n, OWED]);
});

Deno.test("runPayouts() settles nothing that the chain contradicts", async () => {
  const pool = new SmallPool(2);
  pool.leaveGoRow(PAYEE, { sent: false });
  const young = pool.send(OTHER, OWED);
  const small = pool.send(PAYEE, OWED - 1n);
  pool.node.mine(4);
  const settle = (hash: string) =>
    say(pool, [{ kind: "settle", login: PAYEE, hash: hash as Hash }]);
  refused(await settle(young), /it went to 0x.*, not to/);
  refused(await settle(small), /it moved 599999999000000000 Wei/);
  refused(await settle(`0x${"9".repeat(64)}`), /knows no such transaction/);
  deepStrictEqual(pool.account(PAYEE), [0n, OWED, 0n]);
  const late = pool.send(PAYEE, OWED);
  refused(await settle(late), /not mined yet/);
});

Deno.test("runPayouts() lets one transaction stand for one debt", async () => {
  const { pool, hashes: [hash] } = ambiguous();
  pool.credit(OTHER, OWED);
  pool.store.addMember(KEYS.all, `${hash}:${OTHER}:${OWED}`, 1);
  refused(
    await say(pool, [{ kind: "settle", login: PAYEE, hash: hash! }]),
    /stands for the payment of 600000000 Shannon to/,
  );
});

Deno.test("runPayouts() credits a Go payer's debit back on a word that the chain bears out", async () => {
  const pool = new SmallPool(1);
  pool.leaveGoRow(PAYEE, { sent: false });
  pool.node.mine(4);
  await pool.run({ options: RESOLVE });
  deepStrictEqual(pool.account(PAYEE), [0n, OWED, 0n]);
  const report = await say(pool, [{ kind: "credit", login: PAYEE }]);
  deepStrictEqual(report.creditedBack.map(({ reason }) => reason), ["operator"]);
  strictEqual(exitCodeOfRun(report), 0);
  deepStrictEqual(pool.account(PAYEE), [OWED, 0n, 0n]);
  // The operator has spoken: nothing holds the payee any more.
  const paid = await pool.run();
  deepStrictEqual(paid.paid.map(({ login }) => login), [PAYEE]);
});

Deno.test("runPayouts() credits nothing back that arrived, or that is under way", async () => {
  const { pool } = ambiguous();
  refused(await say(pool, [{ kind: "credit", login: PAYEE }]), /is a transfer of exactly this/);
  const other = new SmallPool(1);
  other.leaveGoRow(PAYEE, { sent: true });
  refused(await say(other, [{ kind: "credit", login: PAYEE }]), /under way/);
  deepStrictEqual(other.account(PAYEE), [0n, OWED, 0n]);
});

Deno.test("runPayouts() lifts a hold on a word, once nothing of the login is open", async () => {
  const pool = new SmallPool(1);
  pool.store.setField(KEYS.held, PAYEE, "by hand");
  pool.leaveGoRow(OTHER, { sent: false });
  const report = await say(pool, [
    { kind: "release", login: PAYEE },
    { kind: "release", login: OTHER },
    { kind: "release", login: miner(5) },
  ]);
  deepStrictEqual(report.words.map(({ done }) => done), [true, false, false]);
  match(report.words[1]?.detail ?? "", /has to end first: --settle or --credit/);
  match(report.words[2]?.detail ?? "", /not held/);
  strictEqual(pool.store.fields(KEYS.held).has(PAYEE), false);
});

Deno.test("runPayouts() pays again when the wallet's own hold is lifted", async () => {
  const pool = new SmallPool(1);
  pool.store.setField(KEYS.held, WALLET, "somebody else sends from it");
  await rejects(pool.run(), { kind: "continuity" });
  strictEqual((await say(pool, [{ kind: "release", login: WALLET }])).words[0]?.done, true);
  strictEqual((await pool.run()).paid.length, 1);
});

Deno.test("runPayouts() writes down on a word what took a nonce of ours and paid a miner", async () => {
  const { pool, hash } = await paidByStranger();
  const word = { kind: "settle", login: OTHER, hash } as const;
  refused(await say(pool, [{ ...word, login: miner(8) }]), /nothing of it is open/);
  refused(await say(pool, [{ ...word, login: PAYEE }]), /it went to 0x/);
  const report = await say(pool, [word, { kind: "release", login: WALLET }]);
  deepStrictEqual(report.words.map(({ done }) => done), [true, true]);
  deepStrictEqual(pool.account(OTHER), [7n, 0n, OWED]);
  // Nothing is held any more, so nothing is written without a debit.
  const again = pool.send(OTHER, 5n);
  pool.node.mine(4);
  refused(await say(pool, [{ ...word, hash: again }]), /nothing of it is open/);
});

Deno.test("runPayouts() calls a payment off, and credits it back when the cancel is final", async () => {
  const pool = await jammed();
  refused(await say(pool, [{ kind: "credit", login: PAYEE }]), /not finally spent/);
  const report = await say(pool, [{ kind: "cancel", login: PAYEE }]);
  strictEqual(report.words[0]?.done, true);
  strictEqual(exitCodeOfRun(report), 1);
  // Said again, it is no second cancel.
  const events = pool.count("replaced");
  strictEqual((await say(pool, [{ kind: "cancel", login: PAYEE }])).words[0]?.done, true);
  strictEqual(pool.count("replaced"), events);
  const drained = await pool.run({ options: { debits: false } });
  deepStrictEqual(drained.creditedBack.map(({ reason }) => reason), ["cancelled"]);
  deepStrictEqual(pool.account(PAYEE), [OWED, 0n, 0n]);
  strictEqual(pool.node.balanceWei(PAYEE), 0n);
  refused(await say(pool, [{ kind: "cancel", login: PAYEE }]), /nothing of it is open/);
});

Deno.test("runPayouts() settles a payment that is mined before its cancel", async () => {
  const pool = await jammed();
  const [payment] = await pool.journal.read();
  const raw = payment?.attempts[0]?.raw;
  ok(raw);
  await pool.run({
    options: { ...RESOLVE, words: { about: [{ kind: "cancel", login: PAYEE }] } },
    beforeBlock: () => pool.raiseBaseFee(),
  });
  // Another node still had the payment.
  pool.node.evict(1);
  pool.node.setBaseFee(wei(10n ** 9n));
  strictEqual(pool.node.submit(raw).meaning, "accepted");
  pool.node.mine();
  const drained = await pool.run({ options: { debits: false } });
  deepStrictEqual(drained.paid.map(({ login }) => login), [PAYEE]);
  deepStrictEqual(pool.account(PAYEE), [0n, 0n, OWED]);
});

Deno.test("runPayouts() cancels nothing that is mined, and nothing of a Go payer's", async () => {
  const pool = await jammed();
  pool.node.setBaseFee(wei(10n ** 9n));
  pool.node.mine(1);
  refused(await say(pool, [{ kind: "cancel", login: PAYEE }]), /is spent/);
  const other = new SmallPool(1);
  other.leaveGoRow(PAYEE, { sent: false });
  refused(await say(other, [{ kind: "cancel", login: PAYEE }]), /not ours to cancel/);
});

Deno.test("runPayouts() sends no cancel above the ceiling", async () => {
  const pool = await jammed();
  const report = await pool.run({
    policy: { ceilingWei: wei(10n ** 9n) },
    options: { ...RESOLVE, words: { about: [{ kind: "cancel", login: PAYEE }] } },
  });
  refused(report, /more than the ceiling/);
});

Deno.test("runPayouts() ends on a word what a node may have sent at another nonce", async () => {
  for (const kind of ["credit", "settle"] as const) {
    const nodeSigns = (pool: SmallPool): Partial<RunPorts> => ({
      signer: memoryNodeSigner(pool.node, { wallet: WALLET }),
    });
    const pool = await jammed(nodeSigns);
    // The node lost it, and somebody else's transaction takes its nonce.
    pool.node.evict(1);
    pool.node.setBaseFee(wei(10n ** 9n));
    pool.send(OTHER, 5n);
    const hash = kind === "settle" ? pool.send(PAYEE, OWED) : undefined;
    pool.node.mine(4);
    await pool.run({ ports: pool.ports(nodeSigns(pool)), options: RESOLVE });
    const { reason, since } = JSON.parse(pool.store.fields(KEYS.held).get(PAYEE) ?? "{}");
    strictEqual(reason, "sent-by-node");
    // Another run finds the same, and tells since when.
    const again = await pool.run({ ports: pool.ports(nodeSigns(pool)), options: RESOLVE });
    strictEqual(again.held.find(({ login }) => login === PAYEE)?.since, since);
    const word: OperatorWord = hash === undefined
      ? { kind: "credit", login: PAYEE }
      : { kind: "settle", login: PAYEE, hash };
    if (hash !== undefined) {
      refused(
        await say(pool, [{ kind: "credit", login: PAYEE }], nodeSigns(pool)),
        /is a transfer of exactly this/,
      );
    }
    const report = await say(pool, [word], nodeSigns(pool));
    strictEqual(report.words[0]?.done, true, JSON.stringify(report.words));
    deepStrictEqual(pool.account(PAYEE), hash === undefined ? [OWED, 0n, 0n] : [0n, 0n, OWED]);
  }
});
