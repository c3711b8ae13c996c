import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { Redis } from "ioredis";
import { ALICE_IN_FLIGHT, POOL, TO_ALICE } from "../contract/ledger_fixtures.ts";
import { isFault } from "../support/faults.ts";
import { startRedis, type TestRedis } from "../support/redis_server.ts";
import { attackedRedis, lockedBy } from "./attacked_redis.ts";

const DEBIT = { kind: "debit", payment: TO_ALICE } as const;
const AOF = { kind: "aof" } as const;
const ONE_REPLICA = { kind: "replicas", count: 1 } as const;

/** A Redis that writes every command to its disk before it answers. */
const ALWAYS = { args: ["--appendonly", "yes", "--appendfsync", "always"] };

Deno.test("server() tells whether every write is synced, and how many replicas follow", async () => {
  const table = [
    [[], false],
    [["--appendonly", "yes"], false],
    [["--appendonly", "yes", "--appendfsync", "always"], true],
    [[...ALWAYS.args, "--no-appendfsync-on-rewrite", "yes"], false],
  ] as const;
  for (const [args, fsyncsAlways] of table) {
    await using attacked = await attackedRedis({ args });
    await using ledger = await attacked.ledger();
    const server = await ledger.server();
    strictEqual(server.fsyncsAlways, fsyncsAlways, args.join(" "));
    strictEqual(server.replicas, 0);
  }
});

Deno.test("server() does not know what CONFIG would say to a user who may not ask it", async () => {
  await using attacked = await attackedRedis(ALWAYS);
  const username = "paydirt";
  await attacked.client.call("ACL", "SETUSER", username, "on", ">x", "~*", "+@all", "-config");
  await using ledger = await attacked.ledger({ username, password: "x" });
  strictEqual((await ledger.server()).fsyncsAlways, null);
  const fence = await lockedBy(ledger);
  await rejects(() => fence.persist(AOF), isFault("ledger-not-durable", "does not say"));
});

Deno.test('persist() with "aof": what was committed is there after a crash of the server', async () => {
  await using attacked = await attackedRedis(ALWAYS);
  await attacked.seed(POOL);
  await using ledger = await attacked.ledger();
  const fence = await lockedBy(ledger);
  deepStrictEqual(await fence.commit([DEBIT]), { kind: "applied" });
  await fence.persist(AOF);
  await attacked.redis.restart();
  deepStrictEqual(await attacked.records(), ALICE_IN_FLIGHT);
});

Deno.test('persist() with "aof" refuses once somebody has relaxed the setting', async () => {
  await using attacked = await attackedRedis(ALWAYS);
  await using ledger = await attacked.ledger();
  const fence = await lockedBy(ledger);
  await fence.persist(AOF);
  await attacked.client.config("SET", "appendfsync", "everysec");
  await rejects(() => fence.persist(AOF), isFault("ledger-not-durable", "appendfsync always"));
});

Deno.test("persist() with replicas: the replica has what was committed", async () => {
  await using attacked = await attackedRedis();
  await attacked.seed(POOL);
  await using replica = await replicaOf(attacked.redis);
  await using ledger = await attacked.ledger();
  strictEqual((await ledger.server()).replicas, 1);
  const fence = await lockedBy(ledger);
  deepStrictEqual(await fence.commit([DEBIT]), { kind: "applied" });
  await fence.persist(ONE_REPLICA);
  strictEqual(await replica.client.hlen("eth:payments:journal"), 1);
  await rejects(
    () => fence.persist({ kind: "replicas", count: 2 }),
    isFault("ledger-not-durable", "wants 2 replicas, and Redis has 1"),
  );
});

Deno.test("persist() with replicas counts none that hangs, also on a connection that is new", async () => {
  await using attacked = await attackedRedis();
  await attacked.seed(POOL);
  await using replica = await replicaOf(attacked.redis);
  await using ledger = await attacked.ledger();
  const fence = await lockedBy(ledger);
  await fence.persist(ONE_REPLICA);
  replica.redis.signal("SIGSTOP");
  deepStrictEqual(await fence.commit([DEBIT]), { kind: "applied" });
  await rejects(() => fence.persist(ONE_REPLICA), isFault("ledger-not-durable"));
  // WAIT says 1 to a connection that wrote nothing: the link breaks just before it is asked.
  const [wait, outcome] = [attacked.proxy.intercept("WAIT"), fence.persist(ONE_REPLICA)];
  const refused = rejects(outcome, isFault("ledger-not-durable"));
  await (await wait).cutAfter();
  await refused;
  replica.redis.signal("SIGCONT");
  await fence.persist(ONE_REPLICA);
});

Deno.test("persist() is refused to whoever lost the lock", async () => {
  await using attacked = await attackedRedis(ALWAYS);
  await using ledger = await attacked.ledger();
  const fence = await lockedBy(ledger);
  await attacked.client.set("eth:payments:lock", "paydirt:another");
  await rejects(() => fence.persist(AOF), isFault("fenced"));
});

interface Replica extends AsyncDisposable {
  readonly redis: TestRedis;
  readonly client: Redis;
}

/** A replica that has caught up. */
async function replicaOf(master: TestRedis): Promise<Replica> {
  await using stack = new AsyncDisposableStack();
  const args = ["--replicaof", "127.0.0.1", String(master.port)];
  const redis = stack.use(await startRedis({ args }));
  const client = new Redis({ host: "127.0.0.1", port: redis.port, protocol: 2 });
  stack.defer(async () => void await client.quit());
  while (!/master_link_status:up/.test(await client.info("replication"))) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const resources = stack.move();
  return { redis, client, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}
