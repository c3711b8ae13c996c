import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import {
  CONNECTION_COMMANDS,
  MONEY_COMMANDS,
  READ_COMMANDS,
} from "../../adapters/redis/commands.ts";
import type { RedisLedgerReader } from "../../adapters/redis/ledger_reader.ts";
import { openRedisLedger, openRedisReader, saveRedis } from "../../app/redis_ledger.ts";
import {
  ALICE_IN_FLIGHT,
  bumped,
  hashOf,
  POOL,
  SETTLED_AT,
  TO_ALICE,
  TO_BOB,
  WALLET,
} from "../contract/ledger_fixtures.ts";
import { isFault } from "../support/faults.ts";
import { type AttackedRedis, attackedRedis, lockedBy, tcp } from "./attacked_redis.ts";
import { fakeServer, redisThat } from "./fake_server.ts";

const LOGIN = { username: "paydirt", password: "let me in" };

/** Makes a user who may do only this, to the pool's keys only. */
async function allow({ client }: AttackedRedis, rules: readonly string[]): Promise<void> {
  const user = ["reset", "on", `>${LOGIN.password}`, "~eth:*", "resetchannels", "-@all"];
  await client.call("ACL", "SETUSER", LOGIN.username, ...user, ...rules);
}

/** Asks everything that a reader can be asked. */
async function readAll(reader: RedisLedgerReader): Promise<void> {
  await reader.server();
  await reader.checkTypes();
  await reader.obligations();
  await reader.recorded([{ debt: TO_ALICE, hash: hashOf(70) }]);
  await reader.newestPaid(5);
  for await (const _ of reader.miners());
}

/** Every transition, each kind of step, and a lost answer. */
async function runAll(attacked: AttackedRedis, login: Partial<typeof LOGIN>): Promise<void> {
  await attacked.seed(POOL);
  await using ledger = await attacked.ledger({ ...login, database: 0 });
  await readAll(ledger);
  const fence = await lockedBy(ledger);
  const after = bumped(TO_ALICE, 71);
  const hold = { login: TO_BOB.login, reason: "reverted", since: SETTLED_AT };
  const settled = { debt: TO_ALICE, hash: hashOf(71), at: SETTLED_AT };
  const commits = [
    [{ kind: "debit", payment: TO_ALICE }, { kind: "debit", payment: TO_BOB }],
    [{ kind: "record-attempt", before: TO_ALICE, after }],
    [{ kind: "settle", payment: after, ...settled }],
    [{ kind: "credit-back", debt: TO_BOB, payment: TO_BOB, hold }],
    [{ kind: "hold", hold }],
    [{ kind: "advance-nonce", wallet: WALLET, from: 9, to: 10 }],
  ] as const;
  for (const transitions of commits) {
    deepStrictEqual(await fence.commit(transitions), { kind: "applied" });
  }
  strictEqual((await fence.commit([{ kind: "debit", payment: TO_BOB }])).kind, "refused");
  const lost = [{ kind: "advance-nonce", wallet: WALLET, from: 10, to: 11 }] as const;
  const [exec, outcome] = [attacked.proxy.intercept("EXEC"), fence.commit(lost)];
  await (await exec).cutAfter();
  deepStrictEqual(await outcome, { kind: "applied" });
  await fence.confirm();
  await fence.renew();
  deepStrictEqual(await fence.release(), { lockReleased: true });
}

Deno.test("a user who may read (+@read) and nothing else can use all of the reader", async () => {
  await using attacked = await attackedRedis();
  await attacked.seed({ ...ALICE_IN_FLIGHT, "eth:miners:bad": { type: "string", value: "x" } });
  await allow(attacked, ["+@read"]);
  const config = {
    endpoint: tcp(attacked.redis.port),
    database: 0,
    durability: { kind: "journal" },
  } as const;
  await using reader = await openRedisReader({ ...config, ...LOGIN }, "eth");
  await readAll(reader);
  deepStrictEqual(await reader.server(), {
    runId: null,
    maxmemoryPolicy: null,
    fsyncsAlways: null,
    replicas: null,
  });
  const writer = await attacked.ledger(LOGIN);
  await using _ = writer;
  await rejects(() => writer.lock("one"), isFault("ledger-refused", "NOPERM"));
});

Deno.test("a user who may send READ_COMMANDS and nothing else can use all of the reader", async () => {
  await using attacked = await attackedRedis();
  await attacked.seed({ ...ALICE_IN_FLIGHT, "eth:miners:bad": { type: "string", value: "x" } });
  await allow(attacked, READ_COMMANDS.map((name) => `+${name.toLowerCase()}`));
  await using reader = await attacked.ledger(LOGIN);
  await readAll(reader);
});

Deno.test("a user cut to the listed commands can pay", async () => {
  await using attacked = await attackedRedis();
  await allow(attacked, [...READ_COMMANDS, ...MONEY_COMMANDS].map((name) => `+${name}`));
  await runAll(attacked, LOGIN);
  const config = {
    endpoint: tcp(attacked.redis.port),
    database: 0,
    durability: { kind: "journal" },
  } as const;
  await saveRedis({ ...config, ...LOGIN }, "eth");
});

Deno.test("the listed commands are those that a run sends, no more and no fewer", async () => {
  await using attacked = await attackedRedis();
  await attacked.client.call("ACL", "SETUSER", LOGIN.username, "on", ">let me in", "~*", "+@all");
  await runAll(attacked, LOGIN);
  const config = {
    endpoint: tcp(attacked.proxy.port),
    database: 3,
    durability: { kind: "journal" },
  } as const;
  await saveRedis({ ...config, ...LOGIN }, "eth");
  const sent = attacked.proxy.requests.join("").matchAll(/\*\d+\r\n\$\d+\r\n([A-Za-z]+)\r\n/g);
  deepStrictEqual(
    [...new Set([...sent].map(([, name = ""]) => name.toUpperCase()))].toSorted(),
    [...CONNECTION_COMMANDS, ...READ_COMMANDS, ...MONEY_COMMANDS].toSorted(),
  );
});

Deno.test("a user who may not see the server's run_id does not pay", async () => {
  await using attacked = await attackedRedis();
  await allow(attacked, ["+@all", "-info"]);
  await using ledger = await attacked.ledger(LOGIN);
  await rejects(() => ledger.lock("one"), isFault("ledger-refused", "INFO"));
});

Deno.test("a server that has no run_id is not paid from", async () => {
  await using server = fakeServer(redisThat({ INFO: "$7\r\nredis:5\r\n" }));
  const config = {
    endpoint: tcp(server.port),
    database: 0,
    durability: { kind: "journal" },
  } as const;
  await using ledger = await openRedisLedger(config, "eth");
  await rejects(() => ledger.lock("one"), isFault("ledger-nonsense", "has no run_id"));
});

Deno.test("a user of another pool's keys reads and writes nothing", async () => {
  await using attacked = await attackedRedis();
  await attacked.seed(POOL);
  await allow(attacked, ["+@all"]);
  await using ledger = await attacked.ledger({ ...LOGIN, prefix: "etc" });
  await rejects(() => ledger.obligations(), isFault("ledger-refused", "NOPERM"));
  await rejects(() => ledger.lock("one"), isFault("ledger-refused", "NOPERM"));
});
