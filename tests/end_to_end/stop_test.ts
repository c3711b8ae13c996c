import assert from "node:assert/strict";
import { main } from "../../app/cli.ts";
import { cliDeps } from "../support/cli_deps.ts";
import { type CliResult, resultOf, runCli, spawnCli } from "../support/cli_process.ts";
import { manyMiners, startPool, type TestPool, WALLET_KEY } from "../support/pool.ts";
import { assertPaidExactlyOnce } from "../support/reconcile.ts";
import { startTcpProxy } from "../support/tcp_proxy.ts";

const KEY = { signer: { kind: "key", env: "WALLET_KEY" } };
const ENV = { WALLET_KEY };

/** Waits until the ledger shows that payments are in flight. */
async function untilInFlight(pool: TestPool): Promise<void> {
  while (await pool.client.hlen("eth:payments:journal") === 0) await tick();
}

function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`pay() at ${signal} leaves what is in flight to the next run`, async () => {
    await using pool = await startPool(KEY, { noMining: true });
    const miners = manyMiners(5);
    await pool.credit(miners);
    const args = ["pay", "--json", "--config", pool.configPath];
    const child = spawnCli(args, ENV);
    await untilInFlight(pool);
    child.kill(signal);
    const stopped = await resultOf(child);
    assert.equal(stopped.code, 1, stopped.stderr);
    const report = JSON.parse(stopped.stdout);
    assert.equal(report.stopped.kind, "signal");
    assert.equal(report.inFlight.length, 5);
    assert.equal(report.paid.length, 0);
    // The lock stays, so that no Go payer starts; the lease goes, so that the next run need not wait.
    assert.match(await pool.client.get("eth:payments:lock") ?? "", /^paydirt:/);
    assert.equal(await pool.client.exists("eth:payments:lease"), 0);

    await pool.anvil.rpc("anvil_setIntervalMining", [1]);
    const next = await runCli(args, ENV);
    assert.equal(next.code, 0, next.stderr);
    await assertPaidExactlyOnce(pool, miners);
  });
}

Deno.test("pay() leaves what is in flight after payouts.waitLimit", async () => {
  await using pool = await startPool({ ...KEY, waitLimit: "2s" }, { noMining: true });
  await pool.credit(manyMiners(3));
  const { code, stdout } = await runCli(["pay", "--json", "--config", pool.configPath], ENV);
  assert.equal(code, 1);
  const report = JSON.parse(stdout);
  assert.equal(report.stopped.kind, "wait-limit");
  assert.equal(report.inFlight.length, 3);
});

Deno.test("pay() stops before its first debit when the ledger owes more than a limit", async () => {
  await using pool = await startPool(KEY);
  const miners = manyMiners(3);
  await pool.credit(miners);
  const args = ["pay", "--json", "--config", pool.configPath];
  for (const limit of [{ maxTotal: 1_000_000_000 }, { maxPayment: 500_000_001 }]) {
    await pool.configure(limit);
    const { code, stdout } = await runCli(args, ENV);
    assert.equal(code, 3, stdout);
    assert.equal(JSON.parse(stdout).error.kind, "circuit-breaker");
    assert.equal(await pool.client.exists("eth:payments:pending", "eth:payments:lock"), 0);
  }
});

Deno.test("pay() --drain ends what is in flight and debits nobody", async () => {
  await using pool = await startPool({ ...KEY, waitLimit: "2s" }, { noMining: true });
  const first = manyMiners(2);
  await pool.credit(first);
  const args = ["pay", "--json", "--config", pool.configPath];
  assert.equal((await runCli(args, ENV)).code, 1);
  const late = { login: `0x${"77".repeat(20)}`, balance: 900_000_000n };
  await pool.credit([late]);
  await pool.anvil.rpc("anvil_setIntervalMining", [1]);
  await pool.configure({ waitLimit: "60s" });
  const drained: CliResult = await runCli([...args, "--drain"], ENV);
  assert.equal(drained.code, 0, drained.stderr);
  assert.equal(JSON.parse(drained.stdout).paid.length, 2);
  assert.equal(await pool.client.hget(`eth:miners:${late.login}`, "balance"), "900000000");
  // What a Go payer looks at before it starts, and what its resolver would work on.
  const open = ["lock", "lease", "pending", "pendingtx", "pendingnonce", "journal"]
    .map((name) => `eth:payments:${name}`);
  assert.equal(await pool.client.exists(...open), 0);
  assert.deepEqual(await pool.client.hmget("eth:finances", "balance", "pending"), [
    "900000000",
    "0",
  ]);
});

Deno.test("pay() exits with 4 while another run is active", async () => {
  await using pool = await startPool(KEY, { noMining: true });
  await pool.credit(manyMiners(1));
  const args = ["pay", "--json", "--config", pool.configPath];
  const child = spawnCli(args, ENV);
  await untilInFlight(pool);
  const { code, stdout } = await runCli(args, ENV);
  assert.equal(code, 4);
  assert.equal(JSON.parse(stdout).error.kind, "another-run");
  child.kill("SIGTERM");
  await resultOf(child);
});

Deno.test("pay() stops before its first debit when the local journal cannot be written", async () => {
  await using pool = await startPool(KEY);
  await pool.credit(manyMiners(2));
  await Deno.mkdir(`${pool.folder}/config.journal`);
  const { code, stdout } = await runCli(["pay", "--json", "--config", pool.configPath], ENV);
  assert.equal(code, 1, stdout);
  assert.equal(JSON.parse(stdout).error.kind, "journal");
  assert.equal(await pool.client.exists("eth:payments:pending", "eth:payments:lock"), 0);
});

Deno.test("pay() --dry-run that is stopped tells no part of its plan as if it were all", async () => {
  await using pool = await startPool();
  await pool.credit(manyMiners(3));
  await using proxy = startTcpProxy(pool.redis.port);
  const config = JSON.parse(await Deno.readTextFile(pool.configPath));
  config.redis.endpoint = `127.0.0.1:${proxy.port}`;
  await Deno.writeTextFile(pool.configPath, JSON.stringify(config));
  for (const json of [["--json"], []]) {
    const operator = new AbortController();
    const deps = cliDeps({ signal: operator.signal });
    const plan = proxy.intercept("HGETALL"); // The last question before the miners.
    const exitCode = main(["pay", "--dry-run", ...json, "--config", pool.configPath], deps);
    const question = await plan;
    operator.abort();
    question.pass();
    assert.equal(await exitCode, 1);
    const { stdout, stderr } = deps.printed;
    assert.match(stderr.join(), /^Stopped by a signal before the end: run again$/);
    assert.deepEqual(
      stdout.map((text) => JSON.parse(text).error.kind),
      json.map(() => "stopped"),
    );
  }
});
