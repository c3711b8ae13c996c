import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { runCli } from "../support/cli_process.ts";
import { manyMiners, startPool, WALLET } from "../support/pool.ts";
import { watchCommands } from "../support/redis_monitor.ts";
import { MONEY_COMMANDS } from "../../adapters/redis/commands.ts";

Deno.test("pay --dry-run --json tells whom it would pay, and why nobody else", async () => {
  await using pool = await startPool();
  const miners = manyMiners(2);
  await pool.credit(miners);
  const { client } = pool;
  await client.hset("eth:miners:worker-7", "balance", "700000000");
  await client.hset(
    "eth:miners:0x00000000000000000000000000000000000000aa",
    "balance",
    "500000000",
  );
  await client.hset("eth:miners:0x00000000000000000000000000000000000000ab", "balance", "4");
  await client.hset("eth:miners:0x00000000000000000000000000000000000000ac", "balance", "1e9");
  await client.set("eth:miners:0x00000000000000000000000000000000000000ad", "text");

  const args = ["pay", "--dry-run", "--json", "--config", pool.configPath];
  const { code, stdout, stderr } = await runCli(args);
  assert.equal(code, 0, stderr);
  const report = JSON.parse(stdout);
  assert.equal(report.wallet.address, WALLET);
  assert.equal(report.wallet.nonce, 0);
  assert.match(report.wallet.balanceWei, /^[0-9]+$/);
  const decisions = Object.fromEntries(
    report.payees.map((payee: Record<string, unknown>) => [
      payee.login,
      [payee.decision, payee.amountShannon, payee.reason],
    ]),
  );
  assert.deepEqual(decisions, {
    [miners[0]?.login ?? ""]: ["pay", "500000001", undefined],
    [miners[1]?.login ?? ""]: ["pay", "501234568", undefined],
    "worker-7": ["skip", "700000000", "no-address"],
    "0x00000000000000000000000000000000000000aa": ["skip", "500000000", "at-threshold"],
    "0x00000000000000000000000000000000000000ac": ["skip", null, "unreadable-balance"],
    "0x00000000000000000000000000000000000000ad": ["skip", null, "wrong-type"],
  });
  assert.equal(report.totals.payees, 2);
  assert.equal(report.totals.amountShannon, "1001234569");
  assert.equal(report.totals.shortfallWei, "0");
  assert.equal(report.totals.belowThreshold, 1);
  assert.deepEqual(report.inFlight, []);
  assert.ok(report.checks.every((check: { ok: boolean }) => check.ok), stdout);

  const all = JSON.parse((await runCli([...args, "--all"])).stdout);
  const below = all.payees.find((payee: { reason?: string }) => payee.reason === "below-threshold");
  assert.equal(below.amountShannon, "4");
});

Deno.test("pay --dry-run sends no writing command and no transaction", async () => {
  await using pool = await startPool();
  await pool.credit(manyMiners(20));
  const before = await pool.client.dbsize();
  await using monitor = await watchCommands(pool.redis.port);
  const { code } = await runCli(["pay", "--dry-run", "--config", pool.configPath]);
  assert.equal(code, 0);
  const seen = await monitor.commands();
  assert.ok(seen.has("SCAN"), `it read the ledger: ${[...seen]}`);
  const reading = new Set(["INFO"]);
  const writing = MONEY_COMMANDS.filter((name) => seen.has(name) && !reading.has(name));
  assert.deepEqual(writing, []);
  assert.equal(await pool.client.dbsize(), before);
  assert.equal(BigInt(await pool.anvil.rpc("eth_getTransactionCount", [WALLET, "pending"])), 0n);
});

Deno.test("pay --dry-run works with a Redis user that has only +@read", async () => {
  await using pool = await startPool();
  await pool.credit(manyMiners(2));
  await pool.client.call("ACL", "SETUSER", "auditor", "on", ">pw", "~eth:*", "-@all", "+@read");
  const config = JSON.parse(await Deno.readTextFile(pool.configPath));
  config.redis.username = "auditor";
  config.redis.password = "pw";
  await Deno.writeTextFile(pool.configPath, JSON.stringify(config));
  const args = ["pay", "--dry-run", "--json", "--config", pool.configPath];
  const { code, stdout, stderr } = await runCli(args);
  assert.equal(code, 0, stderr);
  assert.equal(JSON.parse(stdout).totals.payees, 2);
  assert.equal(stderr, "");
  const auditor = new Redis({
    port: pool.redis.port,
    host: "127.0.0.1",
    username: "auditor",
    password: "pw",
    protocol: 2,
    enableReadyCheck: false,
  });
  await assert.rejects(auditor.set("eth:x", "1"), /NOPERM/);
  auditor.disconnect();
});
