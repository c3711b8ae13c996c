/**
 * Connects to the pool's Redis.
 *
 * @module
 */

import { Redis, type RedisOptions } from "ioredis";
import {
  connectionOver,
  HONEST_OPTIONS,
  type RedisConnection,
} from "../adapters/redis/connection.ts";
import { RedisLedgerReader } from "../adapters/redis/ledger_reader.ts";
import { RedisLedger } from "../adapters/redis/redis_ledger.ts";
import { Fault } from "../domain/fault.ts";
import type { RedisConfig } from "./config/config.ts";

/** How long connecting, and each reply, may take, in milliseconds. */
const TIMEOUT_MS = 5_000;

/** The ledger for reading only. @throws {Fault} when Redis cannot be used. */
export async function openRedisReader(
  config: RedisConfig,
  prefix: string,
): Promise<RedisLedgerReader> {
  return new RedisLedgerReader({
    connection: await connect(config, prefix),
    prefix,
    name: nameOf(config, prefix),
  });
}

/** The ledger for a run that pays. @throws {Fault} when Redis cannot be used. */
export async function openRedisLedger(config: RedisConfig, prefix: string): Promise<RedisLedger> {
  return new RedisLedger({
    connection: await connect(config, prefix),
    connect: () => connect(config, prefix),
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    prefix,
    name: nameOf(config, prefix),
  });
}

/** Asks Redis to save in the background (BGSAVE). @throws {Fault} when it refuses. */
export async function saveRedis(config: RedisConfig, prefix: string): Promise<void> {
  const connection = await connect(config, prefix);
  try {
    const [reply] = await connection.send([["BGSAVE"]]);
    if (!(reply instanceof Error)) return;
    throw new Fault("ledger-refused", `Cannot save ${addressOf(config)}: ${reply.message}`);
  } finally {
    connection.close();
  }
}

/**
 * Connects and reads a type, so that whatever is wrong is said here. (PING is not in `+@read`.)
 *
 * @throws {Fault} `ledger-unreachable`, `ledger-refused`, `ledger-nonsense`.
 */
async function connect(config: RedisConfig, prefix: string): Promise<RedisConnection> {
  const client = new Redis(optionsOf(config));
  let trouble: Error | undefined;
  client.on("error", (error: Error) => trouble ??= error);
  try {
    await client.connect();
    if (trouble !== undefined) throw trouble;
    await client.type(`${prefix}:finances`);
    return connectionOver(client);
  } catch (error) {
    client.disconnect();
    throw faultOf(trouble ?? error, config);
  }
}

function optionsOf(config: RedisConfig): Omit<RedisOptions, "replyMapping"> {
  const { endpoint, database, username, password } = config;
  return {
    ...HONEST_OPTIONS,
    ...(endpoint.kind === "unix"
      ? { path: endpoint.path }
      : { host: endpoint.host, port: endpoint.port, ...(endpoint.tls ? { tls: {} } : {}) }),
    db: database,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
}

function faultOf(error: unknown, config: RedisConfig): Fault {
  const address = addressOf(config);
  const text = error instanceof Error ? error.message : String(error);
  if (/^(WRONGPASS|NOAUTH|NOPERM)|invalid password|without any password/i.test(text)) {
    return new Fault(
      "ledger-refused",
      `Redis at ${address} refused us: ${text}; check redis.password and redis.username`,
      { cause: error },
    );
  }
  if (/RESP type|Protocol error|isn't writeable/i.test(text)) {
    return new Fault(
      "ledger-nonsense",
      `What listens at ${address} is no Redis; check redis.endpoint`,
      { cause: error },
    );
  }
  if (/DB index|invalid DB/i.test(text)) {
    return new Fault("config", `Redis at ${address} has no database ${config.database}: ${text}`);
  }
  return new Fault(
    "ledger-unreachable",
    `Cannot reach Redis at ${address}: ${text}; is it running, and is redis.endpoint right?`,
    { cause: error },
  );
}

function nameOf(config: RedisConfig, prefix: string): string {
  return `Redis ${addressOf(config)}/${config.database} (${prefix})`;
}

function addressOf({ endpoint }: RedisConfig): string {
  return endpoint.kind === "unix" ? endpoint.path : `${endpoint.host}:${endpoint.port}`;
}
