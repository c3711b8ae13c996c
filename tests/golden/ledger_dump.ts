/**
 * Writes a recorded ledger into a Redis, and reads a Redis as the recordings write it.
 *
 * @module
 */

import type { Redis } from "ioredis";
import type { Dump, DumpedKey } from "./recording.ts";

/** Writes every key of a dump into an empty Redis. */
export async function seedLedger(client: Redis, dump: Dump): Promise<void> {
  for (const [key, dumped] of Object.entries(dump)) {
    switch (dumped.type) {
      case "string":
        await client.set(key, dumped.value);
        break;
      case "hash":
        await client.hset(key, dumped.value);
        break;
      case "zset":
        for (const [member, score] of dumped.value) await client.zadd(key, score, member);
        break;
      default:
        dumped satisfies never;
    }
  }
}

/** Reads every key of a Redis. */
export async function dumpLedger(client: Redis): Promise<Dump> {
  const keys = (await client.keys("*")).toSorted();
  return Object.fromEntries(
    await Promise.all(keys.map(async (key) => [key, await dumpKey(client, key)] as const)),
  );
}

async function dumpKey(client: Redis, key: string): Promise<DumpedKey> {
  const type = await client.type(key);
  switch (type) {
    case "string":
      return { type, value: await client.get(key) ?? "" };
    case "hash":
      return { type, value: await client.hgetall(key) };
    case "zset": {
      const flat = await client.zrange(key, "0", "-1", "WITHSCORES");
      return { type, value: pairs(flat) };
    }
    default:
      throw new Error(`Cannot compare "${key}": no recording has a key of type ${type}`);
  }
}

function pairs(flat: readonly string[]): readonly (readonly [string, string])[] {
  return Array.from(
    { length: flat.length / 2 },
    (_, index) => [flat[2 * index] ?? "", flat[2 * index + 1] ?? ""] as const,
  );
}
