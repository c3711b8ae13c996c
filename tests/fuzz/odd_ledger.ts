/**
 * Ways to spoil a pool's Redis: values of any type at any key.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import fc from "fast-check";
import type { Redis } from "ioredis";
import { WALLET } from "../simulation/payees.ts";
import { miner } from "../simulation/small_pool.ts";
import { KEYS } from "../simulation/world.ts";
import { type Json, mutate, type Mutation, mutations, writeJson } from "./json_mutations.ts";

/** A text or bytes, as Redis keeps either. */
export type RedisText = string | Uint8Array;

/** One thing that a hand other than Paydirt's did to the ledger. */
export type Deed =
  | { readonly kind: "delete"; readonly key: string }
  | { readonly kind: "string"; readonly key: string; readonly value: RedisText }
  | { readonly kind: "list" | "set"; readonly key: string; readonly values: readonly RedisText[] }
  | {
    readonly kind: "field";
    readonly key: string;
    readonly field: RedisText;
    readonly value: RedisText;
    /** Whether the key is of another type now, if it was no hash. */
    readonly anew: boolean;
  }
  | {
    readonly kind: "member";
    readonly key: string;
    readonly member: RedisText;
    readonly score: string;
    readonly anew: boolean;
  }
  /** A record of the journal that was there is written otherwise. */
  | { readonly kind: "record"; readonly at: number; readonly mutation: Mutation }
  /** A row that was there is gone. */
  | { readonly kind: "lost row"; readonly at: number };

/** Numbers that are none, or none that a ledger holds. */
const ODD_NUMBERS = [
  ...[
    "",
    " ",
    "0",
    "-0",
    "+5",
    "007",
    "1e5",
    "1.5",
    " 5",
    "5 ",
    "0x10",
    "５",
    "nan",
    "inf",
    "null",
  ],
  ...["-1", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "true", "[]"],
  ...["600000001", "9".repeat(40), "1".repeat(5_000), "\u0000", "6\n", "\u001b[2J", "é", "🪙"],
];

const HASHES = ["0xab".padEnd(66, "0"), `0x${"AB".repeat(32)}`, "0x", "", "ab".repeat(32), "0xzz"];
const LOGINS = [
  ...[0, 1, 2, 3, 4, 5].map(miner),
  ...[miner(0).toUpperCase(), miner(1).replace("ab", "AB"), WALLET, `0x${"0".repeat(40)}`],
  ...["", ":", "a:b", "worker", "é🪙", "\u0000", "a\nb", "\u001b[31mred", "x".repeat(1_000), "0x"],
];

const bytes: fc.Arbitrary<RedisText> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...ODD_NUMBERS) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
);

const logins: fc.Arbitrary<RedisText> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...LOGINS) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 8 }) },
);

const known = fc.constantFrom(...[0, 1, 2, 3, 4, 5].map(miner));

/** `login:amount`, or something like it. */
const members: fc.Arbitrary<RedisText> = fc.oneof(
  fc.tuple(fc.constantFrom(...LOGINS), fc.constantFrom("600000000", ...ODD_NUMBERS))
    .map(([login, amount]) => `${login}:${amount}`),
  bytes,
);

/** `hash:login:amount`, or something like it. */
const rows: fc.Arbitrary<RedisText> = fc.oneof(
  fc.tuple(fc.constantFrom(...HASHES), members).map(([hash, member]) => `${hash}:${member}`),
  fc.tuple(fc.constantFrom(...HASHES), known).map(([hash, login]) =>
    `${hash}:${login}:${"9".repeat(20_000)}`
  ),
  bytes,
);

const scores = fc.constantFrom("0", "-1", "1767225600", "1e300", "inf", "-inf", "1.5", "-1e-300");

const holds: fc.Arbitrary<RedisText> = fc.oneof(
  fc.constantFrom(
    "by hand",
    '{"v":1,"reason":"reverted","since":1767225600}',
    `{"v":1,"reason":"\u001b[2J","since":${Number.MAX_SAFE_INTEGER}}`,
    `{"v":2,"reason":{},"since":-1}`,
    "[".repeat(9_000),
    `{"reason":"x","since":${"[".repeat(9_000)}${"]".repeat(9_000)}}`,
  ),
  bytes,
);

const locks: fc.Arbitrary<RedisText> = fc.oneof(
  fc.constantFrom(
    "paydirt:",
    "paydirt:dead",
    "paydirt:a\nb",
    `${miner(0)}:600000000`,
    "x".repeat(9_000),
  ),
  bytes,
);

/** Every key that the ledger knows, and some that it does not. */
const keys: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...[KEYS.finances, KEYS.lock, KEYS.lease, KEYS.pending, KEYS.all, KEYS.pendingTx],
    ...[KEYS.pendingNonce, KEYS.journal, KEYS.nonces, KEYS.held, KEYS.server, "eth:blacklist"],
  ),
  fc.constantFrom(...LOGINS).map((login) => KEYS.account({ kind: "miner", login })),
  fc.constantFrom(...LOGINS).map((login) => KEYS.paidTo(login)),
);

function field(
  key: fc.Arbitrary<string> | string,
  name: fc.Arbitrary<RedisText>,
  value: fc.Arbitrary<RedisText>,
): fc.Arbitrary<Deed> {
  return fc.record({
    kind: fc.constant("field" as const),
    key: typeof key === "string" ? fc.constant(key) : key,
    field: name,
    value,
    anew: fc.boolean(),
  });
}

function member(
  key: fc.Arbitrary<string> | string,
  name: fc.Arbitrary<RedisText>,
): fc.Arbitrary<Deed> {
  return fc.record({
    kind: fc.constant("member" as const),
    key: typeof key === "string" ? fc.constant(key) : key,
    member: name,
    score: scores,
    anew: fc.boolean(),
  });
}

const money = fc.constantFrom("balance", "pending", "paid", "immature");

/** Anything that may be done. */
export const deeds: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ kind: fc.constant("delete" as const), key: keys }),
  fc.record({ kind: fc.constant("string" as const), key: keys, value: locks }),
  fc.record({
    kind: fc.constantFrom("list" as const, "set" as const),
    key: keys,
    values: fc.array(bytes, { minLength: 1, maxLength: 3 }),
  }),
  field(keys, logins, bytes),
  member(keys, members),
  { weight: 4, arbitrary: field(logins.map(minerKey), money, bytes) },
  { weight: 2, arbitrary: field(KEYS.finances, money, bytes) },
  { weight: 2, arbitrary: member(KEYS.pending, members) },
  { weight: 2, arbitrary: member(KEYS.all, rows) },
  { weight: 2, arbitrary: field(KEYS.held, logins, holds) },
  { weight: 2, arbitrary: field(KEYS.journal, members, bytes) },
  { weight: 2, arbitrary: field(KEYS.nonces, fc.constant(WALLET), bytes) },
  {
    weight: 2,
    arbitrary: field(KEYS.pendingTx, members, fc.oneof(fc.constantFrom(...HASHES), bytes)),
  },
  { weight: 2, arbitrary: field(KEYS.pendingNonce, members, bytes) },
  field(KEYS.server, fc.constantFrom("run_id", "window", "v"), bytes),
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("record" as const),
      at: fc.nat(20),
      mutation: mutations,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("lost row" as const), at: fc.nat(20) }) },
);

/** Does it. */
export async function commit(client: Redis, deed: Deed): Promise<void> {
  switch (deed.kind) {
    case "delete":
      await client.del(deed.key);
      return;
    case "string":
      await client.set(deed.key, raw(deed.value));
      return;
    case "list":
    case "set": {
      await client.del(deed.key);
      const values = deed.values.map(raw);
      await (deed.kind === "list"
        ? client.rpush(deed.key, ...values)
        : client.sadd(deed.key, ...values));
      return;
    }
    case "field":
      if (!await makeRoom(client, deed, "hash")) return;
      await client.hset(deed.key, raw(deed.field), raw(deed.value));
      return;
    case "member":
      if (!await makeRoom(client, deed, "zset")) return;
      await client.zadd(deed.key, deed.score, raw(deed.member));
      return;
    case "record": {
      if (await client.type(KEYS.journal) !== "hash") return;
      const [name, record] = pick(Object.entries(await client.hgetall(KEYS.journal)), deed.at) ??
        [];
      const parsed = parse(record);
      if (name === undefined || parsed === undefined) return;
      await client.hset(KEYS.journal, name, writeJson(mutate(parsed, deed.mutation)));
      return;
    }
    case "lost row": {
      if (await client.type(KEYS.pending) !== "zset") return;
      const row = pick(await client.zrange(KEYS.pending, "0", "-1"), deed.at);
      if (row !== undefined) await client.zrem(KEYS.pending, row);
      return;
    }
  }
}

/** Whether a key is of a type now; one of another type is removed when that is wanted. */
async function makeRoom(
  client: Redis,
  { key, anew }: { readonly key: string; readonly anew: boolean },
  type: string,
): Promise<boolean> {
  const found = await client.type(key);
  if (found === type || found === "none") return true;
  if (anew) await client.del(key);
  return anew;
}

/** One that is longer was spoiled before, and nests more deeply than can be walked. */
const MAX_RECORD = 5_000;

function parse(record: string | undefined): Json | undefined {
  try {
    return (record?.length ?? 0) < MAX_RECORD ? JSON.parse(record ?? "") : undefined;
  } catch {
    return undefined; // Another deed has made it no JSON.
  }
}

function pick<T>(items: readonly T[], at: number): T | undefined {
  return items[at % Math.max(1, items.length)];
}

function minerKey(login: RedisText): string {
  return KEYS.account({ kind: "miner", login: String(login) });
}

function raw(text: RedisText): string | Buffer {
  return typeof text === "string" ? text : Buffer.from(text);
}
