/**
 * A pool whose ledger is in a real Redis while its chain and its clock are in memory.
 *
 * @module
 */

import { ok } from "node:assert/strict";
import { setImmediate, setTimeout } from "node:timers/promises";
import { Redis } from "ioredis";
import type { LedgerDump } from "../../adapters/memory/ledger_store.ts";
import type { RedisConnection } from "../../adapters/redis/connection.ts";
import { RedisLedger } from "../../adapters/redis/redis_ledger.ts";
import { connectRedis } from "../../app/redis_ledger.ts";
import type { SmallPool } from "../simulation/small_pool.ts";
import { putKeys } from "../support/redis_keys.ts";
import { startRedis, type TestRedis } from "../support/redis_server.ts";

/** A Redis, and the ways to it. */
export interface RedisPool extends AsyncDisposable {
  /** For looking and writing past the program. */
  readonly client: Redis;
  /** `127.0.0.1:port`. */
  readonly endpoint: string;
  /** A ledger in it. */
  ledger(): Promise<RedisLedger>;
  /** Drives a pool's clock and chain while something runs that also waits for Redis. */
  drive<T>(pool: SmallPool, running: Promise<T>): Promise<T>;
}

/** Longer than any run waits for anything. */
const MAX_SECONDS = 400;

/** Starts a Redis. */
export async function startRedisPool(): Promise<RedisPool> {
  const redis: TestRedis = await startRedis();
  const client = new Redis({ host: "127.0.0.1", port: redis.port, protocol: 2 });
  const endpoint = { kind: "tcp", host: "127.0.0.1", port: redis.port, tls: false } as const;
  const config = { endpoint, database: 0, durability: { kind: "journal" } } as const;
  let underWay = 0;
  const connect = async (): Promise<RedisConnection> => {
    underWay++;
    const connection = await connectRedis(config).finally(() => underWay--);
    return {
      send: (commands) => {
        underWay++;
        return connection.send(commands).finally(() => underWay--);
      },
      close: () => connection.close(),
    };
  };
  return {
    client,
    endpoint: redis.endpoint,
    async ledger() {
      const name = `Redis ${redis.endpoint}/0 (eth)`;
      const pause = (ms: number): Promise<void> => setTimeout(ms);
      return new RedisLedger({ connection: await connect(), connect, pause, prefix: "eth", name });
    },
    async drive(pool, running) {
      let ended = false;
      const ending = running.finally(() => ended = true);
      ending.catch(() => {}); // Whoever waits is told.
      for (let second = 0; !ended;) {
        await setImmediate();
        if (underWay > 0) continue;
        await setImmediate(); // What was answered goes on first.
        if (underWay > 0 || ended) continue;
        ok(second++ < MAX_SECONDS, "the run does not end");
        await pool.clock.advance(1_000);
        pool.node.mine();
      }
      return await ending;
    },
    async [Symbol.asyncDispose]() {
      client.disconnect();
      await redis.stop();
    },
  };
}

/** Puts a ledger in the place of whatever is there. */
export async function fill(client: Redis, dump: LedgerDump): Promise<void> {
  await client.flushdb();
  await putKeys(client, dump);
}
