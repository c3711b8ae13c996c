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
  RedisReplyError,
} from "../adapters/redis/connection.ts";
import { greet, unreachableAt } from "../adapters/redis/greeting.ts";
import { RedisLedgerReader } from "../adapters/redis/ledger_reader.ts";
import { RedisLedger } from "../adapters/redis/redis_ledger.ts";
import { accepted, unreachable } from "../adapters/redis/reply_faults.ts";
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
    connection: await connectRedis(config),
    prefix,
    name: nameOf(config, prefix),
  });
}

/** The ledger for a run that pays. @throws {Fault} when Redis cannot be used. */
export async function openRedisLedger(config: RedisConfig, prefix: string): Promise<RedisLedger> {
  return new RedisLedger({
    connection: await connectRedis(config),
    connect: () => connectRedis(config),
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    prefix,
    name: nameOf(config, prefix),
  });
}

/**
 * Asks Redis to save in the background (BGSAVE); a save that is under way will do.
 *
 * @throws {Fault} when it refuses, or is not there any more.
 */
export async function saveRedis(config: RedisConfig, prefix: string): Promise<void> {
  const connection = await connectRedis(config);
  const name = nameOf(config, prefix);
  try {
    const [reply] = await connection.send([["BGSAVE"]]);
    if (reply instanceof RedisReplyError && /in progress/i.test(reply.message)) return;
    accepted(reply, { name, what: 'ask "BGSAVE"' });
  } catch (error) {
    throw unreachable(error, name);
  } finally {
    connection.close();
  }
}

/**
 * Connects and greets, so that whatever is wrong is said here, within twice the time-out.
 *
 * @throws {Fault} `ledger-unreachable`, `ledger-refused`, `ledger-nonsense`, `config`.
 */
export async function connectRedis(
  config: RedisConfig,
  { timeoutMs = TIMEOUT_MS }: { readonly timeoutMs?: number } = {},
): Promise<RedisConnection> {
  const address = addressOf(config);
  const client = new Redis(optionsOf(config, timeoutMs));
  const connection = connectionOver(client, { timeoutMs });
  // The promises say only that the connection is closed; this says why.
  let trouble: Error | undefined;
  client.on("error", (error: Error) => trouble ??= error);
  try {
    await client.connect();
    await greet(connection, { ...config, address });
    return connection;
  } catch (error) {
    connection.close();
    throw error instanceof Fault ? error : unreachableAt(address, trouble ?? error);
  }
}

function optionsOf(
  { endpoint }: RedisConfig,
  timeoutMs: number,
): Omit<RedisOptions, "replyMapping"> {
  return {
    ...HONEST_OPTIONS,
    ...(endpoint.kind === "unix"
      ? { path: endpoint.path }
      : { host: endpoint.host, port: endpoint.port, ...(endpoint.tls ? { tls: {} } : {}) }),
    connectTimeout: timeoutMs,
  };
}

function nameOf(config: RedisConfig, prefix: string): string {
  return `Redis ${addressOf(config)}/${config.database} (${prefix})`;
}

function addressOf({ endpoint }: RedisConfig): string {
  return endpoint.kind === "unix" ? endpoint.path : `${endpoint.host}:${endpoint.port}`;
}
