import assert from "node:assert/strict";
import { runCli } from "../support/cli_process.ts";
import { startPool, type TestPool } from "../support/pool.ts";
import { leaveGoRow, PAYEE, ROW, sendOwed } from "./go_row.ts";

/** A Go payer debited, sent, and died before it wrote the payment. */
async function leaveGoPayment(
  pool: TestPool,
  { sent }: { readonly sent: boolean },
): Promise<string | undefined> {
  await leaveGoRow(pool);
  await pool.client.set("eth:payments:lock", ROW);
  if (!sent) return undefined;
  const hash = await sendOwed(pool, PAYEE);
  await pool.anvil.rpc("anvil_mine", ["0x4"]);
  return hash;
}

Deno.test("pay() stops at a Go payer's lock and says how to go on", async () => {
  await using pool = await startPool();
  await leaveGoPayment(pool, { sent: false });
  const { code, stderr } = await runCli(["pay", "--config", pool.configPath]);
  assert.equal(code, 3);
  assert.match(stderr, /resolve --take-lock/);
  assert.equal(await pool.client.get("eth:payments:lock"), ROW);
});

Deno.test("resolve() settles a Go payer's row that the chain proves", async () => {
  await using pool = await startPool();
  const hash = await leaveGoPayment(pool, { sent: true });
  const { code, stdout, stderr } = await runCli([
    "resolve",
    "--take-lock",
    "--yes",
    "--json",
    "--config",
    pool.configPath,
  ]);
  assert.equal(code, 0, stdout + stderr);
  assert.equal(JSON.parse(stdout).paid[0].txHash, hash);
  const { client } = pool;
  assert.deepEqual(await client.hmget(`eth:miners:${PAYEE}`, "balance", "pending", "paid"), [
    "0",
    "0",
    "600000000",
  ]);
  assert.deepEqual(await client.zrange("eth:payments:all", "0", "-1"), [`${hash}:${ROW}`]);
  assert.equal(await client.exists("eth:payments:lock", "eth:payments:pending"), 0);
});

Deno.test("resolve() holds a Go payer's row that nothing proves, and credits nothing", async () => {
  await using pool = await startPool();
  await leaveGoPayment(pool, { sent: false });
  const { code, stdout } = await runCli([
    "resolve",
    "--take-lock",
    "--yes",
    "--json",
    "--config",
    pool.configPath,
  ]);
  assert.equal(code, 3, stdout);
  const { client } = pool;
  assert.equal(JSON.parse(stdout).held[0].login, PAYEE);
  assert.deepEqual(await client.hmget(`eth:miners:${PAYEE}`, "balance", "pending"), [
    "0",
    "600000000",
  ]);
  // The row is open, so Go payers are kept out; the others can be paid.
  assert.match(await client.get("eth:payments:lock") ?? "", /^paydirt:/);
});

Deno.test("resolve() without the operator's word takes no lock over", async () => {
  await using pool = await startPool();
  await leaveGoPayment(pool, { sent: false });
  for (const words of [[], ["--take-lock"]]) {
    const { code } = await runCli(["resolve", ...words, "--config", pool.configPath]);
    assert.notEqual(code, 0);
    assert.equal(await pool.client.get("eth:payments:lock"), ROW);
  }
});
