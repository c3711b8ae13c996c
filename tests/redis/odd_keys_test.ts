import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { RedisLedgerReader } from "../../adapters/redis/ledger_reader.ts";
import { connectRedis } from "../../app/redis_ledger.ts";
import type { MinerAccount } from "../../domain/ports/ledger.ts";
import { ALICE, hash, hashOf, payment, SETTLED_AT, WALLET } from "../contract/ledger_fixtures.ts";
import { isFault } from "../support/faults.ts";
import { attackedRedis, lockedBy, tcp } from "./attacked_redis.ts";

const GREATEST = 2n ** 63n - 1n;

async function minersOf(reader: RedisLedgerReader): Promise<readonly MinerAccount[]> {
  const found: MinerAccount[] = [];
  for await (const page of reader.miners()) found.push(...page);
  return found.toSorted((one, two) => one.login < two.login ? -1 : 1);
}

for (const prefix of ["et?", "et*", "e[t]h", "e[^x]h", "e\\th", "{eth}", "eth:main", "é", ""]) {
  Deno.test(`a pool named "${prefix}" finds its own miners, pays and releases`, async () => {
    await using attacked = await attackedRedis();
    const paid = payment({ login: ALICE, amount: 5n, nonce: 7 });
    await attacked.seed({
      [`${prefix}:miners:${ALICE}`]: hash({ balance: "7" }),
      [`${prefix}:miners:`]: hash({ balance: "1" }),
      [`${prefix}:miners:a:b*[c]`]: hash({ balance: "2" }),
      [`${prefix}:finances`]: hash({ balance: "7" }),
      [`${prefix}:payments:nonces`]: hash({ [WALLET]: "7" }),
      ...Object.fromEntries(
        ["eth", "etx", "ethereum", "e^h", "x:eth", "etc", "eth:other"]
          .filter((other) => other !== prefix)
          .map((other) => [`${other}:miners:0xother`, hash({ balance: "9" })]),
      ),
    });
    await using ledger = await attacked.ledger({ prefix });
    deepStrictEqual(await minersOf(ledger), [
      { login: "", balance: "1", wrongType: null },
      { login: ALICE, balance: "7", wrongType: null },
      { login: "a:b*[c]", balance: "2", wrongType: null },
    ]);
    const fence = await lockedBy(ledger);
    await fence.commit([{ kind: "debit", payment: paid }]);
    const settled = { debt: paid, payment: paid, hash: hashOf(70), at: SETTLED_AT };
    await fence.commit([{ kind: "settle", ...settled }]);
    deepStrictEqual(await fence.release(), { lockReleased: true });
    deepStrictEqual((await attacked.records())[`${prefix}:miners:${ALICE}`], {
      type: "hash",
      value: { balance: "2", pending: "0", paid: "5" },
    });
    deepStrictEqual(await ledger.newestPaid(1), [
      { hash: hashOf(70), login: ALICE, amountShannon: "5", at: SETTLED_AT },
    ]);
  });
}

Deno.test("miners() whose logins are no text: none is taken for another", async () => {
  await using attacked = await attackedRedis();
  const { client } = attacked;
  const key = (...bytes: readonly number[]) =>
    Buffer.concat([Buffer.from("eth:miners:"), Buffer.from(bytes)]);
  await client.hset(key(0xff), "balance", "100");
  await client.hset(key(0xfe), "balance", "200");
  await client.hset(key(0, 10, 13), "balance", "3");
  await client.hset(`eth:miners:${ALICE}`, "balance", Buffer.from([0xff, 0x31]));
  await using ledger = await attacked.ledger();
  deepStrictEqual(await minersOf(ledger), [
    { login: "\0\n\r", balance: "3", wrongType: null },
    { login: ALICE, balance: "\ufffd1", wrongType: null },
    // Both are asked for under a name that neither has; a plan calls that unreadable.
    { login: "\ufffd", balance: null, wrongType: null },
    { login: "\ufffd", balance: null, wrongType: null },
  ]);
});

Deno.test("miners() misses no login while the table of keys grows and shrinks", async () => {
  await using attacked = await attackedRedis();
  const { client } = attacked;
  const add = (from: number, to: number) =>
    client.eval(
      "for i = ARGV[1], ARGV[2] do redis.call('HSET', 'eth:miners:' .. i, 'balance', i) end",
      0,
      from,
      to,
    );
  await add(1, 5_000);
  await using ledger = await attacked.ledger();
  const logins = new Set<string>();
  let pages = 0;
  for await (const page of ledger.miners()) {
    for (const { login } of page) logins.add(login);
    if (++pages === 1) await add(5_001, 40_000);
    if (pages === 4) {
      await client.eval("for i = 5001, 40000 do redis.call('DEL', 'eth:miners:' .. i) end", 0);
    }
  }
  for (let login = 1; login <= 5_000; login++) ok(logins.has(String(login)), `${login}`);
});

Deno.test("miners() tells the type of a key that is no hash, and what a balance says", async () => {
  await using attacked = await attackedRedis();
  const { client } = attacked;
  await client.set("eth:miners:a", "text");
  await client.rpush("eth:miners:b", "1");
  await client.hset("eth:miners:c", "balance", "9223372036854775807");
  await client.hset("eth:miners:d", "balance", "1e400");
  await client.hset("eth:miners:e", "paid", "5");
  await client.hset("eth:miners:f", "balance", "x".repeat(1_000_000));
  await using ledger = await attacked.ledger();
  deepStrictEqual(
    (await minersOf(ledger)).map(({ login, balance, wrongType }) => [
      login,
      balance?.slice(0, 20) ?? null,
      wrongType,
    ]),
    [
      ["a", null, "string"],
      ["b", null, "list"],
      ["c", "9223372036854775807", null],
      ["d", "1e400", null],
      ["e", null, null],
      ["f", "x".repeat(20), null],
    ],
  );
});

Deno.test("amounts up to 2^63 - 1 are written and read to the last Shannon", async () => {
  await using attacked = await attackedRedis();
  const all = payment({ login: ALICE, amount: GREATEST, nonce: 7 });
  await attacked.seed({
    [`eth:miners:${ALICE}`]: hash({ balance: String(GREATEST), paid: "0" }),
    "eth:finances": hash({ balance: String(GREATEST), paid: "-1" }),
    "eth:payments:nonces": hash({ [WALLET]: "7" }),
  });
  await using ledger = await attacked.ledger();
  const fence = await lockedBy(ledger);
  deepStrictEqual(await fence.commit([{ kind: "debit", payment: all }]), { kind: "applied" });
  const settled = { debt: all, payment: all, hash: hashOf(70), at: SETTLED_AT };
  deepStrictEqual(await fence.commit([{ kind: "settle", ...settled }]), { kind: "applied" });
  const { "eth:finances": finances, [`eth:miners:${ALICE}`]: miner } = await attacked.records();
  deepStrictEqual(finances, hash({ balance: "0", pending: "0", paid: String(GREATEST - 1n) }));
  deepStrictEqual(miner, hash({ balance: "0", pending: "0", paid: String(GREATEST) }));
  const [row] = await ledger.newestPaid(1);
  strictEqual(row?.amountShannon, String(GREATEST));
});

Deno.test("a connection reads numbers above 2^53 as they are", async () => {
  await using attacked = await attackedRedis();
  const endpoint = tcp(attacked.redis.port);
  const connection = await connectRedis({ endpoint, database: 0, durability: { kind: "journal" } });
  const replies = await connection.send([
    ["HINCRBY", "h", "f", String(2n ** 53n + 1n)],
    ["HINCRBY", "h", "f", "-9223372036854775808"],
  ]);
  connection.close();
  deepStrictEqual(replies.map(String), [
    String(2n ** 53n + 1n),
    String(2n ** 53n + 1n - 2n ** 63n),
  ]);
});

Deno.test("a credit that would leave 64 bits inside EXEC is told, not hidden", async () => {
  await using attacked = await attackedRedis();
  const amount = 2n ** 53n + 1n;
  const paid = payment({ login: ALICE, amount, nonce: 7 });
  await attacked.seed({
    [`eth:miners:${ALICE}`]: hash({ balance: String(amount) }),
    "eth:finances": hash({ balance: String(amount) }),
    "eth:payments:nonces": hash({ [WALLET]: "7" }),
  });
  await using ledger = await attacked.ledger();
  const fence = await lockedBy(ledger);
  await fence.commit([{ kind: "debit", payment: paid }]);
  const [exec, outcome] = [
    attacked.proxy.intercept("EXEC"),
    fence.commit([{ kind: "credit-back", debt: paid, payment: paid, hold: null }]),
  ];
  const broken = rejects(
    outcome,
    isFault("ledger-broken", `"HINCRBY eth:miners:${ALICE} balance ${amount}" (ERR increment`),
  );
  const request = await exec;
  await attacked.client.hset(`eth:miners:${ALICE}`, "balance", String(GREATEST));
  request.pass();
  await broken;
});

Deno.test("obligations() reads whatever stands in the ledger", async () => {
  await using attacked = await attackedRedis();
  const { client } = attacked;
  await client.zadd("eth:payments:pending", "inf", `${ALICE}:5`, 1.5, "no row", 7, ":", 8, "");
  await client.hset("eth:payments:journal", "no key", Buffer.from([0xff]));
  await client.set("eth:payments:lock", "");
  await using ledger = await attacked.ledger();
  const { lock, lease, pending, journal } = await ledger.obligations();
  deepStrictEqual([lock, lease, journal.get("no key" as never)], ["", null, "\ufffd"]);
  deepStrictEqual(pending.map(({ kind, at }) => [kind, at]), [
    ["row", 0],
    ["malformed", 1.5],
    ["malformed", 7],
    ["malformed", 8],
  ]);
  deepStrictEqual(await ledger.lock("one"), { kind: "go-payer", lock: "" });
});

Deno.test("obligations() reads thousands in flight page by page, each once", async () => {
  await using attacked = await attackedRedis();
  const count = 5_000;
  const keys = Array.from({ length: count }, (_, index) => `login-${index}:${index + 1}`);
  const pipeline = attacked.client.pipeline();
  for (const [index, key] of keys.entries()) {
    pipeline.zadd("eth:payments:pending", count - index, key);
    pipeline.hset("eth:payments:journal", key, `{"record":"${"x".repeat(100)}"}`);
    pipeline.hset("eth:payments:pendingnonce", key, String(index));
  }
  await pipeline.exec();
  await using ledger = await attacked.ledger();
  const before = attacked.proxy.requests.length;
  const { pending, journal, pendingNonce } = await ledger.obligations();
  ok(attacked.proxy.requests.length - before > 1);
  deepStrictEqual(pending.map((row) => row.kind === "row" && row.key), keys.toReversed());
  deepStrictEqual([...journal.keys()].toSorted(), keys.toSorted());
  strictEqual(pendingNonce.size, count);
});
