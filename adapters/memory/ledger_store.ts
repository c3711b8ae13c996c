/**
 * The ledger's keys in memory, as a Redis keeps them: texts in hashes, sorted sets, sets and strings.
 *
 * @module
 */

import { Fault } from "../../domain/fault.ts";
import type { KeyType } from "../../domain/ledger_keys.ts";
import type { LedgerServer } from "../../domain/ports/ledger.ts";

/** What one key holds. A sorted set lists members with their scores, lowest score first. */
export type KeyValue =
  | { readonly type: "hash"; readonly value: Readonly<Record<string, string>> }
  | { readonly type: "zset"; readonly value: readonly (readonly [string, number])[] }
  | { readonly type: "set"; readonly value: readonly string[] }
  | { readonly type: "string"; readonly value: string };

/** Everything that a ledger holds, by key. */
export type LedgerDump = Readonly<Record<string, KeyValue>>;

type Entry =
  | { readonly type: "hash"; readonly fields: Map<string, string> }
  | { readonly type: "zset"; readonly scores: Map<string, number> }
  | { readonly type: "set"; readonly members: ReadonlySet<string> }
  | { readonly type: "string"; readonly text: string; readonly alive: () => boolean };

/**
 * The keys of a ledger, which several ledgers may share as processes share a server. Each member is
 * one command of Redis: it is synchronous, so whatever is done without an `await` is one MULTI.
 *
 * @example
 * ```ts
 * import { MemoryLedgerStore } from "./ledger_store.ts";
 *
 * const store = new MemoryLedgerStore();
 * store.seed({ "eth:finances": { type: "hash", value: { balance: "600000000" } } });
 * store.dump(); // the same again
 * ```
 *
 * @throws {Fault} `ledger-wrong-type`: every member that finds a key of another type than it needs.
 */
export class MemoryLedgerStore {
  /** What the server says of itself; may be replaced, as by a restart. */
  server: LedgerServer = {
    runId: "0".repeat(40),
    maxmemoryPolicy: "noeviction",
    fsyncsAlways: false,
    replicas: 0,
  };
  readonly #entries = new Map<string, Entry>();

  /** Puts these keys over whatever stands there; other keys stay. */
  seed(dump: LedgerDump): void {
    for (const [key, value] of Object.entries(dump)) {
      this.#entries.set(key, entryOf(value));
      this.#dropIfEmpty(key);
    }
  }

  /** A copy of every key. */
  dump(): LedgerDump {
    const dump: [string, KeyValue][] = [];
    for (const key of this.keys()) {
      const entry = this.#find(key);
      if (entry !== undefined) dump.push([key, valueOf(entry)]);
    }
    return Object.fromEntries(dump);
  }

  /** The names of all keys (SCAN). */
  keys(): readonly string[] {
    return [...this.#entries.keys()].filter((key) => this.#find(key) !== undefined);
  }

  /** The type of a key, `null` when there is none (TYPE). */
  typeOf(key: string): KeyType | null {
    return this.#find(key)?.type ?? null;
  }

  /** Removes a key of any type (DEL). */
  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** The text of a string, `null` when there is none (GET). */
  text(key: string): string | null {
    return this.#typed(key, "string")?.text ?? null;
  }

  /** Sets a string, which stands as long as it is `alive` (SET, PX). */
  setText(key: string, text: string, alive: () => boolean = () => true): void {
    this.#entries.set(key, { type: "string", text, alive });
  }

  /** The fields of a hash (HGETALL). */
  fields(key: string): ReadonlyMap<string, string> {
    return this.#typed(key, "hash")?.fields ?? new Map();
  }

  /** Sets a field of a hash (HSET). */
  setField(key: string, field: string, text: string): void {
    const found = this.#typed(key, "hash");
    if (found === undefined) this.#entries.set(key, entryOf({ type: "hash", value: {} }));
    this.#typed(key, "hash")?.fields.set(field, text);
  }

  /** Adds to a field of a hash that holds an integer or nothing (HINCRBY). */
  addToField(key: string, field: string, amount: bigint): void {
    const before = this.fields(key).get(field) ?? "0";
    this.setField(key, field, String(BigInt(before) + amount));
  }

  /** Removes a field of a hash (HDEL). */
  deleteField(key: string, field: string): void {
    this.#typed(key, "hash")?.fields.delete(field);
    this.#dropIfEmpty(key);
  }

  /** The score of a member of a sorted set (ZSCORE). */
  score(key: string, member: string): number | null {
    return this.#typed(key, "zset")?.scores.get(member) ?? null;
  }

  /** The scores of a sorted set, by member, lowest first (ZRANGE WITHSCORES). */
  scores(key: string): ReadonlyMap<string, number> {
    const scores = this.#typed(key, "zset")?.scores ?? new Map<string, number>();
    return new Map([...scores].sort(byScore));
  }

  /** The members of a sorted set, in no order (ZSCAN). */
  members(key: string): Iterable<string> {
    return this.#typed(key, "zset")?.scores.keys() ?? [];
  }

  /** Whether a sorted set has a member (ZSCORE). */
  hasMember(key: string, member: string): boolean {
    return this.#typed(key, "zset")?.scores.has(member) ?? false;
  }

  /** Puts a member into a sorted set (ZADD). */
  addMember(key: string, member: string, score: number): void {
    const found = this.#typed(key, "zset");
    if (found === undefined) this.#entries.set(key, entryOf({ type: "zset", value: [] }));
    this.#typed(key, "zset")?.scores.set(member, score);
  }

  /** Removes a member of a sorted set (ZREM). */
  removeMember(key: string, member: string): void {
    this.#typed(key, "zset")?.scores.delete(member);
    this.#dropIfEmpty(key);
  }

  #find(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry?.type !== "string" || entry.alive()) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  #typed<Type extends KeyType>(key: string, type: Type): Entry & { type: Type } | undefined {
    const entry = this.#find(key);
    if (entry === undefined || isOfType(entry, type)) return entry;
    throw new Fault(
      "ledger-wrong-type",
      `Cannot use the key "${key}": it is a ${entry.type}, expected a ${type}`,
    );
  }

  #dropIfEmpty(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined && isEmpty(entry)) this.#entries.delete(key);
  }
}

function entryOf(from: KeyValue): Entry {
  switch (from.type) {
    case "hash":
      return { type: "hash", fields: new Map(Object.entries(from.value)) };
    case "zset":
      return { type: "zset", scores: new Map(from.value) };
    case "set":
      return { type: "set", members: new Set(from.value) };
    case "string":
      return { type: "string", text: from.value, alive: () => true };
    default:
      return from satisfies never;
  }
}

function valueOf(entry: Entry): KeyValue {
  switch (entry.type) {
    case "hash":
      return { type: "hash", value: Object.fromEntries(entry.fields) };
    case "zset":
      return { type: "zset", value: [...entry.scores].sort(byScore) };
    case "set":
      return { type: "set", value: [...entry.members] };
    case "string":
      return { type: "string", value: entry.text };
    default:
      return entry satisfies never;
  }
}

function isEmpty(entry: Entry): boolean {
  switch (entry.type) {
    case "hash":
      return entry.fields.size === 0;
    case "zset":
      return entry.scores.size === 0;
    case "set":
      return entry.members.size === 0;
    case "string":
      return false;
    default:
      return entry satisfies never;
  }
}

function isOfType<Type extends KeyType>(entry: Entry, type: Type): entry is Entry & { type: Type } {
  return entry.type === type;
}

/** As Redis orders a sorted set: by score, then by member. */
function byScore(
  [one, oneScore]: readonly [string, number],
  [other, otherScore]: readonly [string, number],
): number {
  return oneScore - otherScore || (one < other ? -1 : 1);
}
