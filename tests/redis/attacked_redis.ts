/**
 * A real Redis behind a proxy that breaks links, and a ledger that goes through it.
 *
 * @module
 */

import { Redis } from "ioredis";
import type { KeyValue, LedgerDump } from "../../adapters/memory/ledger_store.ts";
import { RedisLedger } from "../../adapters/redis/redis_ledger.ts";
import type { RedisConfig } from "../../app/config/config.ts";
import { connectRedis } from "../../app/redis_ledger.ts";
import type { Fence } from "../../domain/ports/ledger.ts";
import { type RedisOptions, startRedis, type TestRedis } from "../support/redis_server.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcp_proxy.ts";

/** A Redis under attack. */
export interface AttackedRedis extends AsyncDisposable {
  readonly redis: TestRedis;
  /** Between every ledger and Redis. */
  readonly proxy: TcpProxy;
  /** A connection past the proxy: the pool's other processes, or an operator's hand. */
  readonly client: Redis;
  /** A ledger through the proxy, as a new process sees it. */
  ledger(options?: AttackedLedgerOptions): Promise<RedisLedger>;
  /** Empties Redis and puts these keys into it. */
  seed(dump: LedgerDump): Promise<void>;
  /** Every key but lock and lease. */
  records(): Promise<LedgerDump>;
}

/** How a ledger connects. */
export interface AttackedLedgerOptions extends Partial<RedisConfig> {
  readonly prefix?: string;
  /** How long a reply may take. */
  readonly timeoutMs?: number;
  /** What happens between two tries to connect, instead of waiting. */
  readonly onPause?: () => void | Promise<void> | undefined;
}

/** Where a Redis on this machine listens. */
export function tcp(port: number): Extract<RedisConfig["endpoint"], { kind: "tcp" }> {
  return { kind: "tcp", host: "127.0.0.1", port, tls: false };
}

/** Starts Redis and the proxy. */
export async function attackedRedis(options: RedisOptions = {}): Promise<AttackedRedis> {
  await using stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis(options));
  const proxy = stack.use(startTcpProxy(redis.port));
  const client = new Redis({ host: "127.0.0.1", port: redis.port, protocol: 2 });
  // A test restarts or kills the server; this connection comes back by itself.
  client.on("error", () => {});
  stack.defer(async () => void await client.quit());
  const resources = stack.move();
  return {
    redis,
    proxy,
    client,
    async ledger({ prefix = "eth", timeoutMs = 20_000, onPause, ...login } = {}) {
      const config: RedisConfig = {
        endpoint: tcp(proxy.port),
        database: 0,
        durability: { kind: "journal" },
        ...login,
      };
      const connect = () => connectRedis(config, { timeoutMs });
      return new RedisLedger({
        connection: await connect(),
        connect,
        pause: async () => await onPause?.(),
        prefix,
        name: "the attacked Redis",
      });
    },
    seed: (dump) => seed(client, dump),
    records: () => records(client),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Takes the lock for a run. */
export async function lockedBy(ledger: RedisLedger, runId = "one"): Promise<Fence> {
  const outcome = await ledger.lock(runId);
  if (outcome.kind !== "taken") throw new Error(`Cannot lock for a test: ${outcome.kind}`);
  return outcome.fence;
}

async function seed(client: Redis, dump: LedgerDump): Promise<void> {
  await client.flushall();
  for (const [key, value] of Object.entries(dump)) {
    switch (value.type) {
      case "hash":
        await client.hset(key, { ...value.value });
        break;
      case "zset":
        for (const [member, score] of value.value) await client.zadd(key, score, member);
        break;
      case "set":
        await client.sadd(key, ...value.value);
        break;
      case "string":
        await client.set(key, value.value);
        break;
      default:
        value satisfies never;
    }
  }
}

async function records(client: Redis): Promise<LedgerDump> {
  const keys = (await client.keys("*")).filter((key) => !/:payments:(?:lock|lease)$/.test(key));
  return Object.fromEntries(
    await Promise.all(keys.toSorted().map(async (key) => [key, await valueOf(client, key)])),
  );
}

async function valueOf(client: Redis, key: string): Promise<KeyValue> {
  const type = await client.type(key);
  switch (type) {
    case "hash":
      return { type, value: await client.hgetall(key) };
    case "zset": {
      const flat = await client.zrange(key, "0", "-1", "WITHSCORES");
      const rows = flat.flatMap((member, index) =>
        index % 2 === 0 ? [[member, Number(flat[index + 1])] as const] : []
      );
      return { type, value: rows };
    }
    case "string":
      return { type, value: await client.get(key) ?? "" };
    default:
      throw new Error(`Cannot dump key "${key}": it is a ${type}`);
  }
}
