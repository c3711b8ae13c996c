import { Redis } from "ioredis";
import type { KeyValue, LedgerDump } from "../../adapters/memory/ledger_store.ts";
import { openRedisLedger } from "../../app/redis_ledger.ts";
import { startRedis } from "../support/redis_server.ts";
import { ledgerContract } from "./ledger_contract.ts";
import type { LedgerHarness } from "./ledger_fixtures.ts";

ledgerContract("Redis ledger", async (): Promise<LedgerHarness> => {
  const stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis());
  const client = new Redis({ host: "127.0.0.1", port: redis.port, protocol: 2 });
  stack.defer(async () => void await client.quit());
  const endpoint = { kind: "tcp", host: "127.0.0.1", port: redis.port, tls: false } as const;
  return {
    ledger: () =>
      openRedisLedger({ endpoint, database: 0, durability: { kind: "journal" } }, "eth"),
    seed: (dump) => seed(client, dump),
    dump: () => dump(client),
    expireLease: async () => void await client.del("eth:payments:lease"),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
});

async function seed(client: Redis, dump: LedgerDump): Promise<void> {
  const pipeline = client.pipeline();
  for (const [key, value] of Object.entries(dump)) {
    pipeline.del(key);
    switch (value.type) {
      case "hash":
        pipeline.hset(key, { ...value.value });
        break;
      case "zset":
        for (const [member, score] of value.value) pipeline.zadd(key, score, member);
        break;
      case "set":
        pipeline.sadd(key, ...value.value);
        break;
      case "string":
        pipeline.set(key, value.value);
        break;
      default:
        value satisfies never;
    }
  }
  for (const [error] of await pipeline.exec() ?? []) if (error) throw error;
}

async function dump(client: Redis): Promise<LedgerDump> {
  const keys = await client.keys("*");
  return Object.fromEntries(
    await Promise.all(keys.map(async (key) => [key, await valueOf(client, key)])),
  );
}

async function valueOf(client: Redis, key: string): Promise<KeyValue> {
  const type = await client.type(key);
  switch (type) {
    case "hash":
      return { type, value: await client.hgetall(key) };
    case "zset": {
      const members = await client.zrange(key, "0", "-1");
      const scores = await Promise.all(members.map((member) => client.zscore(key, member)));
      return { type, value: members.map((member, index) => [member, Number(scores[index])]) };
    }
    case "set":
      return { type, value: await client.smembers(key) };
    case "string":
      return { type, value: await client.get(key) ?? "" };
    default:
      throw new Error(`Cannot dump key "${key}": it is a ${type}`);
  }
}
