/**
 * Fills a Redis as a pool does, by scripts that run inside it.
 *
 * @module
 */

import type { Redis } from "ioredis";

/** How many keys one script writes: Redis answers nobody else meanwhile. */
const PIECE = 50_000;

/** Every tenth, hundredth, … miner is owed more than the threshold; the others almost nothing. */
const MINERS = `
  for i = ARGV[1], ARGV[2] do
    local owed = i % ARGV[3] == 0 and 600000000 + i or i
    redis.call("HSET", string.format("eth:miners:0x%040x", 4096 + i),
      "balance", owed, "pending", 0, "paid", 0, "lastShare", 1700000000)
  end`;

/** Shares, hashrates and blocks of a pool: keys that a scan meets and has to pass over. */
const OTHERS = `
  for i = ARGV[1], ARGV[2] do
    redis.call("SET", string.format("eth:hashrate:0x%040x", i), i)
  end`;

/** Writes miners, and what the pool owes to all of them together. */
export async function seedMiners(
  redis: Redis,
  { miners, payees }: { readonly miners: number; readonly payees: number },
): Promise<void> {
  await runInPieces(redis, MINERS, { count: miners, more: [Math.floor(miners / payees)] });
}

/** Writes keys that are no miners. */
export async function seedOthers(redis: Redis, count: number): Promise<void> {
  await runInPieces(redis, OTHERS, { count, more: [] });
}

async function runInPieces(
  redis: Redis,
  script: string,
  { count, more }: { readonly count: number; readonly more: readonly number[] },
): Promise<void> {
  for (let from = 1; from <= count; from += PIECE) {
    await redis.eval(script, 0, from, Math.min(count, from + PIECE - 1), ...more);
  }
}
