import assert from "node:assert/strict";
import { type CliResult, runCli } from "../support/cli_process.ts";
import { startPool, type TestPool, WALLET_KEY } from "../support/pool.ts";
import { leaveGoRow, OWED, PAYEE, ROW, sendOwed } from "./go_row.ts";

const OTHER = `0x${"cd".repeat(20)}`;
const KEY = { signer: { kind: "key", env: "WALLET_KEY" } };

function resolve(pool: TestPool, ...words: readonly string[]): Promise<CliResult> {
  return runCli(["resolve", ...words, "--config", pool.configPath], { WALLET_KEY });
}

/** A Go resolver gives back what it does not see mined. */
async function creditBackBehindOurBack({ client }: TestPool): Promise<void> {
  await client.multi()
    .hincrby(`eth:miners:${PAYEE}`, "balance", String(OWED))
    .hincrby(`eth:miners:${PAYEE}`, "pending", `-${OWED}`)
    .hincrby("eth:finances", "balance", String(OWED))
    .hincrby("eth:finances", "pending", `-${OWED}`)
    .zrem("eth:payments:pending", ROW)
    .exec();
}

async function account({ client }: TestPool): Promise<readonly (string | null)[]> {
  return await client.hmget(`eth:miners:${PAYEE}`, "balance", "pending", "paid");
}

Deno.test("resolve() tells what is held and why, and the very commands that end it", async () => {
  await using pool = await startPool();
  await leaveGoRow(pool);
  await pool.client.hset(
    "eth:payments:held",
    OTHER,
    '{"v":1,"reason":"reverted","since":1790000000}',
  );
  assert.equal((await resolve(pool)).code, 3);
  const { code, stdout } = await resolve(pool, "--dry-run");
  assert.equal(code, 3);
  assert.match(stdout, /a Go payer debited it, and no transfer of it is on the chain \(since 20/);
  assert.match(stdout, /0\.6 coins, debited by a Go payer on 20/);
  assert.match(stdout, new RegExp(`if it arrived: resolve --settle ${PAYEE} TXHASH\n`));
  assert.match(stdout, new RegExp(`if it can never arrive: resolve --credit ${PAYEE}\n`));
  assert.match(stdout, /reverted: its payment reverted.* \(since 2026-09-21 14:13 UTC\)/);
  assert.match(stdout, new RegExp(`to pay it again: resolve --release ${OTHER}\n`));
  const told = JSON.parse((await resolve(pool, "--dry-run", "--json")).stdout);
  assert.deepEqual(
    told.held.find(({ login }: { login: string }) => login === PAYEE).words,
    [`--settle ${PAYEE} TXHASH`, `--credit ${PAYEE}`],
  );
});

Deno.test("resolve() credits a Go payer's debit back, asked first and told again", async () => {
  await using pool = await startPool();
  await leaveGoRow(pool);
  const looked = await resolve(pool, "--credit", PAYEE, "--dry-run");
  assert.match(looked.stdout, /Would credit back "0xabab.*no transfer that could be it/);
  // There is no terminal to ask on.
  const unasked = await resolve(pool, "--credit", PAYEE);
  assert.equal(unasked.code, 2);
  assert.match(unasked.stderr, /add --yes/);
  assert.deepEqual(await account(pool), ["0", String(OWED), null]);

  const done = await resolve(pool, "--credit", PAYEE, "--yes");
  assert.equal(done.code, 0, done.stdout + done.stderr);
  assert.match(done.stdout, /Credited back "0xabab/);
  assert.deepEqual(await account(pool), [String(OWED), "0", null]);
  assert.equal(await pool.client.exists("eth:payments:lock", "eth:payments:pending"), 0);
  const again = await resolve(pool, "--credit", PAYEE, "--yes");
  assert.equal(again.code, 3);
  assert.match(again.stdout, /Cannot credit back "0xabab.*": nothing of it is open/);
  assert.deepEqual(await account(pool), [String(OWED), "0", null]);
});

Deno.test("resolve() settles a Go payer's debit with the transaction that was named", async () => {
  await using pool = await startPool();
  await leaveGoRow(pool);
  const elsewhere = await sendOwed(pool, OTHER);
  const hashes = [await sendOwed(pool, PAYEE), await sendOwed(pool, PAYEE)];
  await pool.anvil.rpc("anvil_mine", ["0x6"]);
  const arrived = await resolve(pool, "--credit", PAYEE, "--yes");
  assert.equal(arrived.code, 3);
  assert.match(arrived.stdout, new RegExp(`${hashes[0]} is a transfer of exactly this`));
  const wrong = await resolve(pool, "--settle", PAYEE, elsewhere, "--yes", "--json");
  assert.equal(wrong.code, 3);
  const [refused] = JSON.parse(wrong.stdout).words;
  assert.deepEqual([refused.word, refused.ok, refused.txHash], ["settle", false, elsewhere]);
  assert.match(refused.detail, /it went to 0xcdcd/);
  assert.deepEqual(await account(pool), ["0", String(OWED), null]);

  const right = await resolve(pool, "--settle", PAYEE, hashes[1] ?? "", "--yes", "--json");
  const told = JSON.parse(right.stdout);
  assert.equal(told.paid[0].txHash, hashes[1], right.stdout);
  assert.deepEqual(await account(pool), ["0", "0", String(OWED)]);
  const rows = await pool.client.zrange("eth:payments:all", "0", "-1");
  assert.deepEqual(rows, [`${hashes[1]}:${ROW}`]);
  assert.equal(await pool.client.hexists("eth:payments:held", PAYEE), 0);
});

Deno.test("resolve() calls a payment off, and the payee is released afterwards", async () => {
  await using pool = await startPool({ ...KEY, waitLimit: "2s" }, { noMining: true });
  await pool.credit([{ login: PAYEE, balance: OWED }]);
  const pay = ["--config", pool.configPath];
  assert.equal((await runCli(["pay", ...pay], { WALLET_KEY })).code, 1);
  const listed = await resolve(pool, "--dry-run");
  assert.match(listed.stdout, /Payments in flight \(1\):/);
  const looked = await resolve(pool, "--cancel", PAYEE, "--dry-run");
  assert.match(looked.stdout, /Would cancel "0xabab.*take its nonce 0/);
  const done = await resolve(pool, "--cancel", PAYEE, "--yes");
  assert.equal(done.code, 1, done.stdout + done.stderr);
  assert.match(done.stdout, /Cancelling "0xabab.*0x[0-9a-f]{64} was sent to take its nonce 0/);

  await pool.anvil.rpc("anvil_mine", ["0x4"]);
  const drained = await runCli(["pay", "--drain", "--json", ...pay], { WALLET_KEY });
  assert.equal(drained.code, 3, drained.stderr);
  assert.equal(JSON.parse(drained.stdout).creditedBack[0].reason, "cancelled");
  assert.deepEqual(await account(pool), [String(OWED), "0", null]);
  assert.equal(BigInt(await pool.anvil.rpc("eth_getBalance", [PAYEE, "latest"])), 0n);

  const released = await resolve(pool, "--release", PAYEE, "--yes");
  assert.equal(released.code, 0, released.stdout + released.stderr);
  assert.match(released.stdout, /Released "0xabab.*": it was held: cancelled/);
  assert.equal(await pool.client.exists("eth:payments:held"), 0);
});

Deno.test("resolve() writes the debit again of what was paid and credited back", async () => {
  await using pool = await startPool({ ...KEY, waitLimit: "2s" }, { noMining: true });
  const { client, anvil } = pool;
  await pool.credit([{ login: PAYEE, balance: OWED }]);
  const paid = await runCli(["pay", "--json", "--config", pool.configPath], { WALLET_KEY });
  const hash = JSON.parse(paid.stdout).inFlight[0].txHash;
  await creditBackBehindOurBack(pool);
  await anvil.rpc("anvil_mine", ["0x4"]);

  const listed = await resolve(pool, "--dry-run");
  assert.equal(listed.code, 3);
  assert.match(listed.stdout, /In our journal but not pending \(1\):/);
  assert.match(listed.stdout, new RegExp(`pay ${hash}\n.*resolve --settle ${PAYEE} TXHASH`));
  const asked = await resolve(pool, "--json");
  assert.equal(asked.code, 3);
  assert.match(JSON.parse(asked.stdout).attention[0], new RegExp(`${hash} paid it`));
  const refused = await resolve(pool, "--credit", PAYEE, "--yes");
  assert.match(refused.stdout, new RegExp(`Cannot credit back .*it was paid: ${hash}`));
  assert.deepEqual(await account(pool), [String(OWED), "0", null]);

  const done = await resolve(pool, "--settle", PAYEE, hash, "--yes");
  assert.equal(done.code, 0, done.stdout + done.stderr);
  assert.deepEqual(await account(pool), ["0", "0", String(OWED)]);
  assert.deepEqual(await client.zrange("eth:payments:all", "0", "-1"), [`${hash}:${ROW}`]);
  const left = ["journal", "pending", "pendingtx", "pendingnonce", "lock"];
  assert.equal(await client.exists(...left.map((name) => `eth:payments:${name}`)), 0);
});

Deno.test("pay() uses the nonce of what was credited back up, and pays its payee once", async () => {
  await using pool = await startPool({ ...KEY, waitLimit: "2s" }, { noMining: true });
  const { client, anvil } = pool;
  await pool.credit([{ login: PAYEE, balance: OWED }]);
  const args = ["pay", "--json", "--config", pool.configPath];
  await runCli(args, { WALLET_KEY });
  await creditBackBehindOurBack(pool);
  const cancelled = await resolve(pool);
  assert.equal(cancelled.code, 1, cancelled.stdout + cancelled.stderr);
  await anvil.rpc("anvil_setIntervalMining", [1]);
  await pool.configure({ waitLimit: "1m" });
  const first = await runCli(args, { WALLET_KEY });
  assert.equal(await client.exists("eth:payments:journal"), 0, first.stdout + first.stderr);
  const runs = [first, await runCli(args, { WALLET_KEY })].map(({ stdout }) => JSON.parse(stdout));
  assert.equal(runs.flatMap(({ paid }) => paid).length, 1);
  assert.deepEqual(await account(pool), ["0", "0", String(OWED)]);
  const balance = await anvil.rpc("eth_getBalance", [PAYEE, "latest"]);
  assert.equal(BigInt(balance), OWED * 1_000_000_000n);
});

Deno.test("resolve() releases nobody of whom something is open", async () => {
  await using pool = await startPool();
  await leaveGoRow(pool);
  await resolve(pool);
  const { code, stdout } = await resolve(pool, "--release", PAYEE, "--yes");
  assert.equal(code, 3);
  assert.match(stdout, /Cannot release "0xabab.*has to end first: --settle or --credit/);
  assert.equal(await pool.client.hexists("eth:payments:held", PAYEE), 1);
});

Deno.test("resolve() refuses words that make no sense before it looks", async () => {
  await using pool = await startPool();
  const senseless: readonly (readonly [RegExp, readonly string[]])[] = [
    [/expected --settle LOGIN TXHASH, and no hash follows/, ["--settle", PAYEE]],
    [/"0x12" is not a transaction hash/, ["--settle", PAYEE, "0x12"]],
    [/Two words are about "0xabab/, ["--credit", PAYEE, "--release", PAYEE]],
  ];
  for (const [why, words] of senseless) {
    const { code, stderr } = await resolve(pool, ...words, "--yes");
    assert.equal(code, 2);
    assert.match(stderr, why);
  }
});
