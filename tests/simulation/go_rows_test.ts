import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { isLinked } from "../../domain/headers.ts";
import { present, valueOf } from "../../domain/fact.ts";
import { wei } from "../../domain/money.ts";
import type { Chain } from "../../domain/ports/chain.ts";
import { MAX_SCANNED_BLOCKS } from "../../app/scan_final.ts";
import { WALLET } from "./payees.ts";
import { miner, SmallPool } from "./small_pool.ts";
import { jammed, nodeSigns, OTHER, OWED, PAYEE, RESOLVE, ROW, say } from "./stuck_pools.ts";
import { KEYS } from "./world.ts";

/** A node behind a balancer: what it has no headers of, another one on another branch tells. */
function mixingBranches(chain: Chain): Chain {
  const mixed: Chain = Object.create(chain);
  mixed.observe = async (question) => {
    const answer = await chain.observe(question);
    const { headers: range } = question;
    if (range === null || answer.headers.kind === "present") return answer;
    const [first] = valueOf(
      (await chain.observe({ ...question, headers: { from: range.from, to: range.from } }))
        .headers,
    ) ?? [];
    if (first === undefined) return answer;
    const told = Array.from({ length: range.to - range.from + 1 }, (_, index) => ({
      ...first,
      number: range.from + index,
    }));
    strictEqual(isLinked(told), false);
    return { ...answer, headers: present(told) };
  };
  return mixed;
}

Deno.test("runPayouts() settles a Go payer's row only under headers that link", async () => {
  const pool = new SmallPool(1);
  const hash = pool.leaveGoRow(miner(0), { sent: true });
  pool.store.setField("eth:payments:pendingtx", `${miner(0)}:${OWED}`, String(hash));
  pool.node.mine(1);
  const ports = pool.ports({ chain: mixingBranches(pool.chain) });
  await rejects(pool.run({ ports, options: RESOLVE }), { kind: "continuity" });
  deepStrictEqual(pool.account(miner(0)), [0n, OWED, 0n]);
  pool.node.mine(3);
  const late = await pool.run({ options: RESOLVE });
  strictEqual(late.paid[0]?.txHash, hash);
});

Deno.test("runPayouts() finds what a Go payer sent to a login with a wrong checksum", async () => {
  const pool = new SmallPool(0);
  const login = miner(0).replace("ab", "aB");
  pool.credit(login, OWED);
  const hash = pool.leaveGoRow(login, { sent: true });
  pool.node.mine(4);
  const checksum = () => miner(0).toUpperCase();
  const { paid } = await pool.run({ ports: pool.ports({ checksum }), options: RESOLVE });
  strictEqual(paid[0]?.txHash, hash);
  deepStrictEqual(pool.account(login), [0n, 0n, OWED]);
});

Deno.test("runPayouts() takes no transfer for a row that was sent long before it, whatever else is open", async () => {
  const pool = new SmallPool(1);
  pool.credit(OTHER, OWED);
  pool.leaveGoRow(OTHER, { sent: false });
  await hours(pool, 2);
  const early = pool.send(PAYEE, OWED);
  pool.node.mine(4);
  await hours(pool, 2);
  pool.leaveGoRow(PAYEE, { sent: false });
  pool.node.mine(4);
  const report = await pool.run({ options: RESOLVE });
  deepStrictEqual(report.paid, []);
  deepStrictEqual(pool.account(PAYEE), [0n, OWED, 0n]);
  deepStrictEqual(report.held.map(({ login }) => login).toSorted(), [PAYEE, OTHER].toSorted());
  const word = await say(pool, [{ kind: "settle", login: PAYEE, hash: early }]);
  match(word.words[0]?.detail ?? "", /mined .* before the debit was made/);
});

Deno.test("runPayouts() finds a Go payer's transfer also where another row is too old to be looked for", async () => {
  const pool = new SmallPool(1);
  pool.store.addMember(KEYS.pending, `${OTHER}:5`, 0);
  pool.node.mine(MAX_SCANNED_BLOCKS);
  await hours(pool, 2);
  const hash = pool.leaveGoRow(PAYEE, { sent: true });
  pool.node.mine(4);
  const report = await pool.run({ options: RESOLVE });
  deepStrictEqual(report.paid.map(({ txHash }) => txHash), [hash]);
  match(report.attention.join(), /to "0x.*7" is open: the scan of the chain could not finish/);
});

async function hours(pool: SmallPool, count: number): Promise<void> {
  await pool.clock.advance(count * 3_600_000);
  pool.node.mine();
}

Deno.test("runPayouts() takes no nonce at which a Go payer's payment may still be sent", async () => {
  const pool = new SmallPool(1);
  pool.credit(OTHER, OWED);
  pool.leaveGoRow(PAYEE, { sent: false });
  pool.store.setField(KEYS.pendingNonce, `${PAYEE}:${OWED}`, "0");
  pool.node.mine(4);
  // What the Go payer debited is held first: that is told, and nobody is debited.
  const { held, paid, stopped } = await pool.run();
  deepStrictEqual([held.map(({ login }) => login), paid], [[PAYEE], []]);
  match(JSON.stringify(stopped), /for nonce 0, which is not spent yet/);
  await rejects(pool.run(), { kind: "continuity", message: /for nonce 0, which is not spent yet/ });
  deepStrictEqual(pool.account(OTHER), [OWED, 0n, 0n]);
  // Any later one is as good, until an operator says that nothing of it can come.
  pool.store.setField(KEYS.pendingNonce, `${PAYEE}:${OWED}`, "7");
  await rejects(pool.run(), { kind: "continuity", message: /for nonce 7/ });
  strictEqual((await say(pool, [{ kind: "credit", login: PAYEE }])).words[0]?.done, true);
  strictEqual((await pool.run()).paid.length, 2);
});

for (const isNamed of [false, true]) {
  Deno.test(`a Go payer's payment of this ledger at our nonce holds no wallet, settled on a word: ${isNamed}`, async () => {
    const pool = await jammed(nodeSigns);
    pool.credit(miner(7), OWED + 5n);
    pool.node.evict(1);
    pool.node.setBaseFee(wei(10n ** 9n));
    const hash = pool.leaveGoRow(miner(7), { amountShannon: OWED + 5n, sent: true });
    ok(hash !== undefined);
    pool.node.mine(5);
    const { paid } = await say(pool, [
      { kind: "credit", login: PAYEE },
      ...isNamed ? [{ kind: "settle", login: miner(7), hash } as const] : [],
    ], nodeSigns(pool));
    deepStrictEqual(paid.map(({ txHash }) => txHash), [hash]);
    ok(!pool.store.fields(KEYS.held).has(WALLET));
  });
}

for (const together of [true, false]) {
  Deno.test(`the hold of a Go payer's row that reverted outlives another row that is settled, together: ${together}`, async () => {
    const pool = new SmallPool(1);
    pool.leaveGoRow(PAYEE, { sent: false });
    pool.node.mine(4);
    await pool.run({ options: RESOLVE });
    match(pool.store.fields(KEYS.held).get(PAYEE) ?? "", /no transfer of it/);
    // What the Go payer sent is mined later, and reverts.
    pool.node.setCode(PAYEE, "reverts");
    pool.store.setField(KEYS.pendingTx, ROW, pool.send(PAYEE, OWED));
    pool.node.mine(5);
    if (!together) await pool.run({ options: RESOLVE });
    pool.node.setCode(PAYEE, undefined);
    pool.credit(PAYEE, OWED + 5n);
    const hash = pool.leaveGoRow(PAYEE, { amountShannon: OWED + 5n, sent: true });
    pool.store.setField(KEYS.pendingTx, `${PAYEE}:${OWED + 5n}`, String(hash));
    pool.node.mine(5);
    await pool.run({ options: RESOLVE });
    deepStrictEqual(pool.account(PAYEE), [OWED, 0n, OWED + 5n]);
    match(pool.store.fields(KEYS.held).get(PAYEE) ?? "", /"reverted"/);
  });
}
