/**
 * What the simulator found, as plain tests.
 *
 * @module
 */

import assert from "node:assert/strict";
import { ABSENT, present } from "../../domain/fact.ts";
import { wei } from "../../domain/money.ts";
import type { Chain } from "../../domain/ports/chain.ts";
import { awaitAround, memoryChain, memoryLedger } from "../../adapters/memory/mod.ts";
import { WALLET } from "./payees.ts";
import { miner, SmallPool } from "./small_pool.ts";
import { paidByStranger } from "./stuck_pools.ts";
import { KEYS } from "./world.ts";

Deno.test("runPayouts() ends with a report when the signal comes in the middle of a scan", async () => {
  const pool = new SmallPool(2);
  const operator = new AbortController();
  const ledger = memoryLedger(pool.store, {
    clock: pool.clock,
    prefix: "eth",
    seam: async (method, effect) => {
      if (method === "miners") operator.abort();
      return await awaitAround(method, effect);
    },
  });
  const ports = pool.ports({ ledger });
  const report = await pool.run({ ports, options: { signal: operator.signal } });
  assert.deepEqual(report.stopped, { kind: "signal" });
  assert.equal(pool.store.text(KEYS.lock), null);
});

Deno.test("runPayouts() asks once a head what gas costs while it costs too much", async () => {
  const pool = new SmallPool(1);
  pool.raiseBaseFee();
  pool.node.mine();
  let quotes = 0;
  const chain = memoryChain(pool.node, {
    seam: (method, effect) => {
      if (method === "feeQuote") quotes++;
      return awaitAround(method, effect);
    },
  });
  const policy = { ceilingWei: wei(10n ** 10n), waitLimitMs: 20_000 };
  await pool.run({
    ports: pool.ports({ chain }),
    policy,
    beforeBlock: () => pool.raiseBaseFee(),
  });
  assert.ok(quotes <= 23, `asked ${quotes} times in 20 heads`);
});

Deno.test("runPayouts() debits nobody at a nonce that somebody else spent", async () => {
  const pool = new SmallPool(1);
  pool.raiseBaseFee();
  pool.node.mine();
  let second = 0;
  const report = await pool.run({
    policy: { ceilingWei: wei(10n ** 10n) },
    beforeBlock: () => {
      if (second++ > 3) return pool.node.setBaseFee(wei(10n ** 9n));
      pool.raiseBaseFee();
      pool.node.submitForeign({ from: WALLET, to: miner(99), valueWei: wei(123n), nonce: 0 });
    },
  });
  assert.equal(report.stopped?.kind, "stranger");
  assert.equal(pool.count("debited"), 0);
});

Deno.test("runPayouts() tells of more payees that the wallet cannot pay than a call takes arguments", async () => {
  const pool = new SmallPool(200_000);
  const chain: Chain = {
    ...pool.chain,
    tip: async (wallet) => ({ ...await pool.chain.tip(wallet), balanceWei: present(wei(0n)) }),
  };
  const report = await pool.run({ ports: pool.ports({ chain }) });
  assert.equal(report.skipped.length, 200_000);
});

Deno.test("runPayouts() waits until a Go payer's last payment is final", async () => {
  const pool = new SmallPool(1);
  const [valueWei, amountShannon] = [wei(10n ** 18n), "1000000000"];
  pool.node.submitForeign({ from: WALLET, to: miner(9), valueWei });
  const hash = pool.node.mempool()[0]?.hash;
  pool.node.mine();
  const at = Math.floor(pool.clock.now() / 1000);
  pool.store.addMember(KEYS.all, `${hash}:${miner(9)}:${amountShannon}`, at);
  await assert.rejects(pool.run(), /not mined deep enough to be final/);
  pool.node.mine(3);
  const report = await pool.run();
  assert.deepEqual(report.paid.map(({ nonce }) => nonce), [1]);
});

Deno.test("runPayouts() holds nobody on the word of a node that is on another branch", async () => {
  const pool = new SmallPool(1);
  pool.node.mine(20);
  let lies = 0;
  const chain: Chain = {
    ...pool.chain,
    observe: async (question) => {
      const answer = await pool.chain.observe(question);
      const { number } = pool.node.head;
      const isMined = pool.node.nonce(WALLET) === 1 && pool.node.nonceAt(WALLET, number - 2) === 0;
      if (!isMined || question.finalNumber < number - 2) return answer;
      lies++;
      const receipts = new Map(question.receipts.map((hash) => [hash, ABSENT] as const));
      return { ...answer, receipts, finalNonce: present(1) };
    },
  };
  const report = await pool.run({ ports: pool.ports({ chain }) });
  assert.ok(lies > 0);
  assert.deepEqual(report.held, []);
  assert.equal(report.paid.length, 1);
});

/** A chain that does not know a receipt, up to a head. */
function withoutReceipts(pool: SmallPool, untilHead: number): Chain {
  return {
    ...pool.chain,
    observe: async (question) => {
      const answer = await pool.chain.observe(question);
      if (pool.node.head.number >= untilHead) return answer;
      return { ...answer, receipts: new Map(question.receipts.map((hash) => [hash, ABSENT])) };
    },
  };
}

Deno.test("runPayouts() takes a receipt that a lagging node does not know for no success", async () => {
  const pool = new SmallPool(1);
  const chain = withoutReceipts(pool, 30);
  // The payee was a plain account when it was planned, and is a contract when it is paid.
  const beforeBlock = () => pool.node.setCode(miner(0), "reverts");
  const report = await pool.run({ ports: pool.ports({ chain }), beforeBlock });
  assert.deepEqual(report.paid, []);
  assert.deepEqual(report.creditedBack.map(({ reason }) => reason), ["reverted"]);
});

Deno.test("runPayouts() settles without a receipt that is pruned", async () => {
  const pool = new SmallPool(1);
  const report = await pool.run({ ports: pool.ports({ chain: withoutReceipts(pool, Infinity) }) });
  assert.equal(report.paid.length, 1);
  assert.ok(pool.node.head.number > 128);
});

Deno.test("runPayouts() mends what is too cheap so that it replaces what the node holds", async () => {
  const pool = new SmallPool(1);
  pool.node.rules = { ...pool.node.rules, belowBaseFee: "refused" };
  let isDear = false;
  const chain: Chain = {
    ...pool.chain,
    // A node that lags behind does not know what the others hold.
    tip: async (wallet) => ({ ...await pool.chain.tip(wallet), pendingNonce: present(0) }),
  };
  const report = await pool.run({
    ports: pool.ports({ chain }),
    policy: { ceilingWei: wei(25n * 10n ** 9n), bumpAfterBlocks: 2 },
    beforeBlock: () => {
      isDear ||= pool.count("sent") > 0;
      if (isDear) pool.node.setBaseFee(wei(11n * 10n ** 9n));
    },
  });
  assert.equal(report.paid.length, 1);
});

Deno.test("resolve lifts the hold of a Go payer's row that is found on the chain after all", async () => {
  const pool = new SmallPool(0);
  const login = miner(1);
  pool.leaveGoRow(login, { sent: false });
  pool.node.mine(4);
  const options = { debits: false, wait: false } as const;
  assert.deepEqual((await pool.run({ options })).held.map((hold) => hold.login), [login]);
  pool.send(login, 600_000_000n);
  pool.node.mine(4);
  const report = await pool.run({ options });
  assert.deepEqual([report.paid.length, report.held.length], [1, 0]);
  assert.equal(pool.store.typeOf(KEYS.held), null);
});

Deno.test("a wallet that is held for one reason and then for another is held for both", async () => {
  const { pool, hash } = await paidByStranger({ heldBefore: "EXEC applied 3 of 5 commands" });
  const { reason } = JSON.parse(pool.store.fields(KEYS.held).get(WALLET) ?? "{}");
  assert.match(
    reason,
    new RegExp(`^EXEC applied 3 of 5 commands; transaction ${hash} took nonce 0`),
  );
});
