/**
 * The recordings' placeholders, both ways: filled in where a ledger is seeded, and put in the place
 * of real hashes and times where a ledger is compared.
 *
 * @module
 */

import type { Dump, DumpedKey } from "./recording.ts";

/** Real transaction hash → placeholder. */
export type HashNames = ReadonlyMap<string, string>;

const HASH = /0x[0-9a-f]{64}/g;
const RUN_ID = /^paydirt:.+/;
const UNIX_SECONDS = /\b1\d{9}\b/g;

/** Fills placeholders in: `<tx:n>` with real hashes, `<ts>` with a time in unix seconds. */
export function fillPlaceholders(dump: Dump, hashes: HashNames, now: number): Dump {
  const real = new Map([...hashes].map(([hash, name]) => [name, hash]));
  return mapText(dump, (text) =>
    text
      .replaceAll("<ts>", String(now))
      .replace(/<tx:\d+>/g, (name) => {
        const hash = real.get(name);
        if (hash === undefined) throw new Error(`Cannot seed ${name}: it is not on the chain`);
        return hash;
      }));
}

/**
 * Puts placeholders in: `<tx:n>` for known hashes, `<ts>` for times since the replay began, and
 * `<run>` for the name of a run of Paydirt. Every other time and hash stays as it is.
 */
export function putPlaceholders(
  dump: Dump,
  hashes: HashNames,
  { since, until }: { readonly since: number; readonly until: number },
): Dump {
  return mapText(dump, (text) =>
    text
      .replace(RUN_ID, "paydirt:<run>")
      .replace(HASH, (hash) => hashes.get(hash) ?? hash)
      .replace(UNIX_SECONDS, (digits) => {
        const seconds = Number(digits);
        return since <= seconds && seconds <= until ? "<ts>" : digits;
      }));
}

/** All transaction hashes that a ledger names. */
export function hashesIn(dump: Dump): ReadonlySet<string> {
  return new Set(JSON.stringify(dump).match(HASH) ?? []);
}

/** Changes members, fields, values and scores; keys have no placeholders. */
function mapText(dump: Dump, change: (text: string) => string): Dump {
  return Object.fromEntries(
    Object.entries(dump).map(([key, dumped]) => [key, mapKey(dumped, change)]),
  );
}

function mapKey(dumped: DumpedKey, change: (text: string) => string): DumpedKey {
  switch (dumped.type) {
    case "string":
      return { ...dumped, value: change(dumped.value) };
    case "hash":
      return {
        ...dumped,
        value: Object.fromEntries(
          Object.entries(dumped.value).map(([field, value]) => [change(field), change(value)]),
        ),
      };
    case "zset":
      return {
        ...dumped,
        value: dumped.value.map(([member, score]) =>
          [change(member), change(String(score))] as const
        ),
      };
    default:
      return dumped satisfies never;
  }
}
