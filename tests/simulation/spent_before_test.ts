/**
 * Nonces that were spent before a payment was debited at them: nodes had not seen it.
 *
 * @module
 */

import assert from "node:assert/strict";
import { present, unknown } from "../../domain/fact.ts";
import { wei } from "../../domain/money.ts";
import type { Chain } from "../../domain/ports/chain.ts";
import { miner, SmallPool } from "./small_pool.ts";
import { OWED } from "./stuck_pools.ts";

Deno.test("runPayouts() finds what spent a nonce long before its debit, made on a lagging node's word", async () => {
  const pool = new SmallPool(1);
  pool.send(miner(99), 123n);
  pool.node.mine(20);
  const chain: Chain = {
    ...pool.chain,
    tip: async (wallet) => {
      const tip = await pool.chain.tip(wallet);
      const unspent = present(0);
      return pool.count("debited") === 0
        ? { ...tip, latestNonce: unspent, pendingNonce: unspent }
        : tip;
    },
  };
  const report = await pool.run({ ports: pool.ports({ chain }) });
  assert.deepEqual(report.creditedBack.map(({ reason }) => reason), ["nonce-taken"]);
  assert.equal(report.inFlight.length, 0);
});

Deno.test("runPayouts() finds that also where the node keeps the state of the newest blocks alone", async () => {
  const pool = new SmallPool(2);
  pool.send(miner(99), 123n);
  pool.node.mine(20);
  let lags = true;
  const chain: Chain = {
    ...pool.chain,
    tip: async (wallet) => {
      const tip = await pool.chain.tip(wallet);
      return lags ? { ...tip, latestNonce: present(0), pendingNonce: present(0) } : tip;
    },
    observe: async (question) => {
      const answer = await pool.chain.observe(question);
      return question.finalNumber < pool.node.head.number - 128
        ? { ...answer, finalNonce: unknown("missing trie node") }
        : answer;
    },
  };
  const stop = new AbortController();
  await pool.run({
    ports: pool.ports({ chain }),
    options: { signal: stop.signal },
    beforeBlock: () => pool.count("sent") === 2 && stop.abort(),
  });
  lags = false;
  pool.node.mine(300);
  const report = await pool.run({ ports: pool.ports({ chain }) });
  assert.deepEqual(report.creditedBack.map(({ reason }) => reason), ["nonce-taken"]);
});

Deno.test("a node that calls an unspent nonce spent is not asked for the whole chain at each head", async () => {
  const pool = new SmallPool(0);
  pool.node.mine(3_000);
  pool.credit(miner(0), OWED);
  const dear = () => pool.node.setBaseFee(wei(9n * 10n ** 9n));
  const drop = () => {
    for (const { hash } of pool.node.mempool()) pool.node.dropFromMempool(hash);
  };
  await pool.run({ policy: { waitLimitMs: 3_000 }, beforeBlock: dear });
  drop();
  pool.node.mine(200); // A full node has no state as old as the debit any more.
  let [blocks, heads] = [0, 0];
  const { chain: real } = pool;
  const chain: Chain = Object.assign(Object.create(real), {
    tip: async (...[wallet]: Parameters<Chain["tip"]>) => ({
      ...await real.tip(wallet),
      latestNonce: present(1),
    }),
    observe: async (...[question]: Parameters<Chain["observe"]>) => ({
      ...await real.observe(question),
      finalNonce: question.finalNumber < pool.node.head.number - 128
        ? unknown("missing trie node")
        : present(1),
    }),
    scan: (...[wallet, range, signal]: Parameters<Chain["scan"]>) => {
      blocks += range.to - range.from + 1;
      return real.scan(wallet, range, signal);
    },
  });
  await pool.run({
    ports: pool.ports({ chain }),
    policy: { waitLimitMs: 10_000 },
    beforeBlock: () => {
      heads++;
      drop();
      dear();
    },
  });
  assert.ok(blocks < 1_000 * heads, `${blocks} blocks at ${heads} heads`);
});
