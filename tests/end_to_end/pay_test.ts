import assert from "node:assert/strict";
import { resultOf, runCli, spawnCli } from "../support/cli_process.ts";
import { manyMiners, startPool, WALLET_KEY } from "../support/pool.ts";
import { assertPaidExactlyOnce } from "../support/reconcile.ts";

Deno.test("pay() pays three miners through a real Redis and a real chain", async () => {
  await using pool = await startPool();
  const miners = manyMiners(3);
  await pool.credit(miners);
  const { code, stdout, stderr } = await runCli(["pay", "--json", "--config", pool.configPath]);
  assert.equal(code, 0, stderr);
  const report = JSON.parse(stdout);
  assert.equal(report.paid.length, 3);
  await assertPaidExactlyOnce(pool, miners);
});

Deno.test("pay() killed several times on the way pays 200 miners exactly once", async () => {
  await using pool = await startPool({ signer: { kind: "key", env: "WALLET_KEY" } });
  const env = { WALLET_KEY };
  const miners = manyMiners(200);
  await pool.credit(miners);
  const args = ["pay", "--json", "--config", pool.configPath];
  // Different delays meet different steps of a run: start, debits, sends, settles.
  for (const delayMs of [900, 1_400, 2_100, 3_300]) {
    const child = spawnCli(args, env);
    const killer = setTimeout(() => child.kill("SIGKILL"), delayMs);
    await resultOf(child);
    clearTimeout(killer);
    // A dead run's lease outlives it; without it the next run need not wait.
    await pool.client.del("eth:payments:lease");
  }
  const { code, stdout, stderr } = await runCli(args, env);
  assert.equal(code, 0, stdout + stderr);
  await assertPaidExactlyOnce(pool, miners);
});
