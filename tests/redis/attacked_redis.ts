/**
 * A real Redis behind a proxy that breaks links, and a ledger that goes through it.
 *
 * @module
 */

import { Redis } from "ioredis";
import type { LedgerDump } from "../../adapters/memory/ledger_store.ts";
import { RedisLedgerReader } from "../../adapters/redis/ledger_reader.ts";
import { RedisLedger } from "../../adapters/redis/redis_ledger.ts";
import type { RedisConfig } from "../../app/config/config.ts";
import { connectRedis } from "../../app/redis_ledger.ts";
import type { Fence } from "../../domain/ports/ledger.ts";
import { putKeys, readKeys } from "../support/redis_keys.ts";
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
  /** A ledger through the proxy that only reads, as a dry run has. */
  reader(options?: Pick<AttackedLedgerOptions, "timeoutMs">): Promise<RedisLedgerReader>;
  /** Empties Redis and puts these keys into it. */
  seed(dump: LedgerDump): Promise<void>;
  /** Every key but lock and lease. */
  records(): Promise<LedgerDump>;
  /** Every key. */
  dump(): Promise<LedgerDump>;
}

/** How a ledger connects. */
export interface AttackedLedgerOptions extends Partial<RedisConfig> {
  readonly prefix?: string;
  /** How long a reply may take. */
  readonly timeoutMs?: number;
  /** What happens between two tries to connect, instead of waiting. */
  readonly onPause?: () => void | Promise<void> | undefined;
}

/** How long a reply may take, in milliseconds, where nothing is to be seen of time-outs. */
const PATIENT_MS = 20_000;

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
  const plain: RedisConfig = {
    endpoint: tcp(proxy.port),
    database: 0,
    durability: { kind: "journal" },
  };
  return {
    redis,
    proxy,
    client,
    async ledger({ prefix = "eth", timeoutMs = PATIENT_MS, onPause, ...login } = {}) {
      const config = { ...plain, ...login };
      const connect = () => connectRedis(config, { timeoutMs });
      return new RedisLedger({
        connection: await connect(),
        connect,
        pause: async () => await onPause?.(),
        prefix,
        name: "the attacked Redis",
      });
    },
    async reader({ timeoutMs = PATIENT_MS } = {}) {
      const connection = await connectRedis(plain, { timeoutMs });
      return new RedisLedgerReader({ connection, prefix: "eth", name: "the attacked Redis" });
    },
    seed: (dump) => seed(client, dump),
    records: () => records(client),
    dump: () => readKeys(client),
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
  await putKeys(client, dump);
}

async function records(client: Redis): Promise<LedgerDump> {
  const keys = Object.entries(await readKeys(client));
  return Object.fromEntries(keys.filter(([key]) => !/:payments:(?:lock|lease)$/.test(key)));
}
