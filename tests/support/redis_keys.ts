/**
 * Puts keys into a Redis and reads them, past the program.
 *
 * @module
 */

import type { ChainableCommander, Redis } from "ioredis";
import type { KeyValue, LedgerDump } from "../../adapters/memory/ledger_store.ts";

/** Puts these keys over whatever stands there. */
export async function putKeys(client: Redis, dump: LedgerDump): Promise<void> {
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
  await repliesTo(pipeline);
}

/** Reads every key. */
export async function readKeys(client: Redis): Promise<LedgerDump> {
  const keys = (await client.keys("*")).toSorted();
  const asked = client.pipeline();
  for (const key of keys) asked.type(key);
  const types = (await repliesTo(asked)).map(String);
  const reading = client.pipeline();
  keys.forEach((key, index) => askFor(reading, key, types[index] ?? "none"));
  const replies = await repliesTo(reading);
  return Object.fromEntries(
    keys.map((key, index) => [key, valueOf(types[index] ?? "none", replies[index])]),
  );
}

function askFor(pipeline: ChainableCommander, key: string, type: string): void {
  switch (type) {
    case "hash":
      return void pipeline.hgetall(key);
    case "zset":
      return void pipeline.zrange(key, "0", "-1", "WITHSCORES");
    case "set":
      return void pipeline.smembers(key);
    case "string":
      return void pipeline.get(key);
    default:
      throw new Error(`Cannot read key "${key}": it is a ${type}`);
  }
}

function valueOf(type: string, reply: unknown): KeyValue {
  switch (type) {
    case "hash":
      return { type, value: reply as Record<string, string> };
    case "zset": {
      const flat = reply as readonly string[];
      const rows = flat.flatMap((member, index) =>
        index % 2 === 0 ? [[member, Number(flat[index + 1])] as const] : []
      );
      return { type, value: rows };
    }
    case "set":
      return { type, value: reply as readonly string[] };
    default:
      return { type: "string", value: String(reply) };
  }
}

async function repliesTo(pipeline: ChainableCommander): Promise<readonly unknown[]> {
  return (await pipeline.exec() ?? []).map(([error, reply]) => {
    if (error) throw error;
    return reply;
  });
}
