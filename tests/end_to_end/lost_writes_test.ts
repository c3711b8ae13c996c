import assert from "node:assert/strict";
import { runCli } from "../support/cli_process.ts";
import { manyMiners, startPool, type TestPool, WALLET } from "../support/pool.ts";
import { assertPaidExactlyOnce } from "../support/reconcile.ts";

const MINERS = manyMiners(5);

/** Pays, then brings back the ledger as it was before. */
async function payAndForget(pool: TestPool): Promise<void> {
  await pool.credit(MINERS);
  const before = await copyOf(pool);
  const paid = await runCli(["pay", "--config", pool.configPath]);
  assert.equal(paid.code, 0, paid.stderr);
  await pool.client.flushall();
  for (const [key, bytes] of before) await pool.client.restore(key, 0, bytes);
}

async function copyOf({ client }: TestPool) {
  const keys = await client.keys("*");
  return await Promise.all(keys.map(async (key) => [key, await client.dumpBuffer(key)] as const));
}

Deno.test("resolve() writes again what a restored snapshot lost, and nobody is paid twice", async () => {
  await using pool = await startPool();
  await payAndForget(pool);
  const config = ["--config", pool.configPath];

  const refused = await runCli(["pay", ...config]);
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, /Redis lost writes. Way out: .*resolve --dry-run/);

  const listed = await runCli(["resolve", "--dry-run", ...config]);
  assert.equal(listed.code, 3);
  assert.match(listed.stdout, /Forgotten by the ledger \(5\):[\s\S]*nonce 0 .*paid to .*--adopt/);
  assert.match(listed.stdout, /nonce 4 .*from the local journal/);

  const unspoken = await runCli(["resolve", ...config]);
  assert.equal(unspoken.code, 3, unspoken.stdout);
  assert.equal(await pool.client.exists("eth:payments:all"), 0);

  const adopted = await runCli(["resolve", "--adopt", "--yes", ...config]);
  assert.equal(adopted.code, 0, adopted.stdout + adopted.stderr);
  await assertPaidExactlyOnce(pool, MINERS);

  const again = await runCli(["pay", "--json", ...config]);
  assert.equal(again.code, 0, again.stderr);
  assert.deepEqual(JSON.parse(again.stdout).paid, []);
});

Deno.test("resolve() uses up the nonces that a forgotten payment may hold", async () => {
  await using pool = await startPool({ maxInFlight: 3 });
  await payAndForget(pool);
  const config = ["--config", pool.configPath];
  assert.equal((await runCli(["resolve", "--adopt", "--yes", ...config])).code, 0);

  await Deno.remove(pool.configPath.replace(/json$/, "journal"));
  await pool.client.hset("eth:payments:server", "run_id", "another");
  const refused = await runCli(["pay", ...config]);
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, /resolve --seal/);
  const sealed = await runCli(["resolve", "--seal", "--yes", ...config]);
  assert.equal(sealed.code, 0, sealed.stdout + sealed.stderr);
  assert.equal(await pool.client.hget("eth:payments:nonces", WALLET), "8");
  assert.equal(Number(await pool.anvil.rpc("eth_getTransactionCount", [WALLET, "latest"])), 8);
  assert.equal((await runCli(["pay", ...config])).code, 0);
});
