import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { main } from "../../app/cli.ts";
import { cliDeps } from "../support/cli_deps.ts";
import { runCli } from "../support/cli_process.ts";
import { startPool, type TestPool, WALLET, WALLET_KEY } from "../support/pool.ts";
import { leaveGoRow, OWED, PAYEE, ROW, sendOwed } from "./go_row.ts";

const HELD = `0x${"cd".repeat(20)}`;

/** What an operator sees who sits at a terminal, and says this to every question. */
async function ask(
  { configPath }: TestPool,
  answer: boolean,
  words: readonly string[],
): Promise<
  {
    readonly code: number;
    readonly asked: readonly string[];
    readonly stdout: string;
    readonly stderr: string;
  }
> {
  const asked: string[] = [];
  const deps = cliDeps({
    confirm: (question) => Promise.resolve(asked.push(question) > 0 && answer),
  });
  const code = await main(["resolve", ...words, "--config", configPath], deps);
  return {
    code,
    asked,
    stdout: deps.printed.stdout.join(""),
    stderr: deps.printed.stderr.join("\n"),
  };
}

/** Every key of the pool, as it stands. */
async function dump({ client }: TestPool): Promise<unknown> {
  const keys = (await client.keys("*")).toSorted();
  return await Promise.all(keys.map(async (key) => [key, await client.dump(key)]));
}

/** A no changes nothing, and nobody who is not there is asked; a yes does it. Answers the question. */
async function asksFirst(pool: TestPool, ...words: readonly string[]): Promise<string> {
  const before = JSON.stringify(await dump(pool));
  const refused = await ask(pool, false, words);
  strictEqual(refused.code, 2, refused.stdout);
  strictEqual(refused.asked.length, 1, refused.stderr);
  const silent = await runCli(["resolve", ...words, "--config", pool.configPath]);
  strictEqual(silent.code, 2, silent.stderr);
  match(silent.stderr, /there is no terminal; add --yes/);
  const looked = await ask(pool, true, [...words, "--dry-run"]);
  deepStrictEqual(looked.asked, []);
  strictEqual(JSON.stringify(await dump(pool)), before);
  const done = await ask(pool, true, [...words, "--json"]);
  deepStrictEqual(done.asked, refused.asked);
  ok(JSON.parse(done.stdout));
  return done.asked[0] ?? "";
}

Deno.test("resolve() asks before it credits back, releases and takes a Go payer's lock over", async () => {
  await using pool = await startPool();
  const { client } = pool;
  await leaveGoRow(pool);
  await client.set("eth:payments:lock", ROW);
  match(
    await asksFirst(pool, "--take-lock"),
    /Take over the lock "0xab.*are you sure that no Go payer is running/,
  );
  match(await client.get("eth:payments:lock") ?? "", /^paydirt:/);
  match(await asksFirst(pool, "--credit", PAYEE), /Would credit back "0xab.*Do it\?$/);
  strictEqual(await client.hget(`eth:miners:${PAYEE}`, "balance"), String(OWED));
  await client.hset("eth:payments:held", HELD, "by hand");
  match(await asksFirst(pool, "--release", HELD), /Would release "0xcd.*by hand\. Do it\?$/);
  strictEqual(await client.exists("eth:payments:held", "eth:payments:lock"), 0);
});

Deno.test("resolve() asks before it settles, and before it adopts", async () => {
  await using pool = await startPool();
  const { client, anvil } = pool;
  await leaveGoRow(pool);
  const hashes = [await sendOwed(pool, PAYEE), await sendOwed(pool, PAYEE)];
  await anvil.rpc("anvil_mine", ["0x6"]);
  const settled = await asksFirst(pool, "--settle", PAYEE, hashes[1] ?? "");
  match(settled, new RegExp(`Would settle "${PAYEE}": ${hashes[1]} moved exactly 0.6 coins`));
  strictEqual(await client.hget(`eth:miners:${PAYEE}`, "paid"), String(OWED));
  // The ledger is told of both, but of one it has no debit.
  await client.del("eth:payments:nonces");
  const third = await sendOwed(pool, PAYEE);
  await anvil.rpc("anvil_mine", ["0x6"]);
  const adopted = await ask(pool, false, ["--adopt"]);
  strictEqual(adopted.code, 2, adopted.stdout);
  match(adopted.asked[0] ?? "", /Nonce [0-9]+: .*Write it like this\?$/);
  await ask(pool, true, ["--adopt"]);
  const rows = await client.zrange("eth:payments:all", "0", "-1");
  ok(rows.includes(`${third}:${ROW}`), JSON.stringify(rows));
});

Deno.test("resolve() asks before it cancels", async () => {
  await using pool = await startPool({ waitLimit: "2s" }, { noMining: true });
  const file = `${pool.folder}/key`;
  await Deno.writeTextFile(file, WALLET_KEY, { mode: 0o600 });
  await pool.configure({ signer: { kind: "key", file } });
  await pool.credit([{ login: PAYEE, balance: OWED }]);
  await runCli(["pay", "--config", pool.configPath]);
  match(await asksFirst(pool, "--cancel", PAYEE), /Would cancel "0xab.*take its nonce 0/);
  strictEqual(await pool.anvil.rpc("eth_getTransactionCount", [WALLET, "pending"]), "0x1");
  const record = await pool.client.hget("eth:payments:journal", ROW);
  deepStrictEqual(
    JSON.parse(record ?? "{}").attempts.map(({ kind }: { kind: string }) => kind),
    ["pay", "cancel"],
  );
});
