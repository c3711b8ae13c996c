/**
 * The section `redis`.
 *
 * @module
 */

import * as v from "valibot";
import type { Durability } from "../../domain/durability.ts";
import type { RedisConfig } from "./config.ts";
import { parseRedisAddress, type RedisAddress } from "./endpoint.ts";
import type { Finding } from "./finding.ts";
import { isJsonObject } from "./json_object.ts";
import { count } from "./rules.ts";
import { type Outcome, problem, readKeys, rule, type Section, textRule } from "./section.ts";
import { findUnknownKeys } from "./unknown_keys.ts";

const MAX_DATABASE = 2 ** 31 - 1;

const TEXT = textRule("a text", (text) => text);

const RULES = {
  database: v.exactOptional(count({ least: 0, most: MAX_DATABASE })),
  username: v.exactOptional(TEXT),
  password: v.exactOptional(TEXT),
  durability: v.optional(
    rule<Durability>(
      '"journal", "aof" or { "replicas": 1 }, with how many must follow',
      readDurability,
    ),
    "journal",
  ),
};

const MAX_REPLICAS = 1_000;

function readDurability(value: unknown): Durability | undefined {
  if (value === "journal" || value === "aof") return { kind: value };
  if (!isJsonObject(value) || Object.keys(value).join() !== "replicas") return undefined;
  const { replicas } = value;
  const isCount = Number.isSafeInteger(replicas) && Number(replicas) >= 1 &&
    Number(replicas) <= MAX_REPLICAS;
  return isCount ? { kind: "replicas", count: Number(replicas) } : undefined;
}

/** With `poolSize`, which is the pool's and means nothing here. */
const KNOWN_KEYS = ["endpoint", "poolSize", ...Object.keys(RULES)];

/** Reads the section `redis`; relative paths begin at `folder`. */
export function readRedis(section: Section, folder: string): Outcome<RedisConfig> {
  const read = readKeys(section, {
    ...RULES,
    endpoint: textRule(
      "host:port, an address that begins with redis:// or rediss://, or the path of a unix socket",
      (text) => parseRedisAddress(text, folder),
    ),
  });
  if (read.kind === "wrong") return read;
  const { endpoint: address, ...own } = read.value;
  const conflicts = findConflicts(section, { address, own });
  if (conflicts.length > 0) return { kind: "wrong", problems: conflicts };
  const username = own.username || address.username;
  const password = own.password || address.password;
  return {
    kind: "read",
    value: {
      endpoint: address.endpoint,
      database: own.database ?? address.database ?? 0,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      durability: own.durability,
    },
  };
}

/** Keys of the section that are of no use. Forks have keys of their own here, so none is an error. */
export function noticeUnusedRedisKeys({ path, written }: Section): readonly Finding[] {
  return findUnknownKeys(written, { path, known: KNOWN_KEYS })
    .map(({ path, message }) => ({ path, message: `ignored: ${message}` }));
}

/** An address may say what a key says, too. It is not guessed which of the two is meant. */
function findConflicts(
  section: Section,
  { address, own }: { readonly address: RedisAddress; readonly own: Partial<RedisAddress> },
): readonly Finding[] {
  return (["database", "username", "password"] as const)
    .filter((key) => own[key] !== undefined && own[key] !== "")
    .filter((key) => address[key] !== undefined && address[key] !== own[key])
    .map((key) =>
      problem(section, {
        key,
        expected: `what redis.endpoint says, or no ${key} in one of the two`,
      })
    );
}
