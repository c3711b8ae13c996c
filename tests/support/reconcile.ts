/**
 * Compares chain and ledger to the last Shannon.
 *
 * @module
 */

import assert from "node:assert/strict";
import { type Miner, type TestPool, WALLET } from "./pool.ts";

/**
 * Demands that every miner was paid exactly once: on the chain, in its balance, in its rows, in the
 * sums of ledger.md, with nothing left in flight.
 */
export async function assertPaidExactlyOnce(
  pool: TestPool,
  miners: readonly Miner[],
): Promise<void> {
  const { client, anvil } = pool;
  const rows = await client.zrange("eth:payments:all", "0", "-1");
  assert.equal(rows.length, miners.length, "rows of payments:all");
  let total = 0n;
  for (const { login, balance } of miners) {
    const onChain = BigInt(await anvil.rpc("eth_getBalance", [login, "latest"]));
    assert.equal(onChain, balance * 1_000_000_000n, `coins of ${login} on the chain`);
    const money = await client.hmget(`eth:miners:${login}`, "balance", "pending", "paid");
    assert.deepEqual(
      money.map((text) => text ?? "0"),
      ["0", "0", String(balance)],
      `money of ${login} in the ledger`,
    );
    const own = await client.zrange(`eth:payments:${login}`, "0", "-1");
    assert.equal(own.length, 1, `rows of payments:${login}`);
    const hash = own[0]?.split(":")[0] ?? "";
    assert.ok(rows.includes(`${hash}:${login}:${balance}`), `the twin row of ${login}`);
    const receipt = await anvil.rpc("eth_getTransactionReceipt", [hash]);
    assert.equal(receipt?.to, login, `who received ${hash}`);
    total += balance;
  }
  const finances = await client.hmget("eth:finances", "balance", "pending", "paid");
  assert.deepEqual(finances, ["0", "0", String(total)], "finances");
  const sent = BigInt(await anvil.rpc("eth_getTransactionCount", [WALLET, "latest"]));
  assert.equal(sent, BigInt(miners.length), "transactions of the wallet");
  assert.equal(await client.hget("eth:payments:nonces", WALLET), String(sent), "the next nonce");
  for (const key of ["pending", "journal", "pendingtx", "pendingnonce", "held", "lock", "lease"]) {
    assert.equal(await client.exists(`eth:payments:${key}`), 0, `payments:${key}`);
  }
}
