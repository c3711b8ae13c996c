/**
 * What makes a debit durable before its bytes leave: `redis.durability`.
 *
 * @module
 */

import type { LedgerServer } from "./ports/ledger.ts";

/** What a run waits for after a debit, before anything is sent. */
export type Durability =
  /** The local journal is on the disk of this machine. */
  | { readonly kind: "journal" }
  /** Redis writes every command to its own disk before it answers (`appendfsync always`). */
  | { readonly kind: "aof" }
  /** So many replicas have said that they have it (WAIT). */
  | { readonly kind: "replicas"; readonly count: number };

/** What the ledger itself is asked for. */
export type LedgerDurability = Exclude<Durability, { readonly kind: "journal" }>;

/** Whether something holds, and how it was found. */
export interface DurabilityFinding {
  /** Whether it holds. */
  readonly ok: boolean;
  /** What was found and, where it does not hold, the way out. */
  readonly detail: string;
}

/**
 * Whether a server can keep what it is asked for, by what it says of itself. Being silent is no.
 *
 * @example
 * ```ts
 * import { judgeDurability } from "./durability.ts";
 *
 * const server = { runId: null, maxmemoryPolicy: null, fsyncsAlways: false, replicas: 1 };
 * judgeDurability({ kind: "replicas", count: 1 }, server).ok; // true
 * ```
 */
export function judgeDurability(wanted: Durability, server: LedgerServer): DurabilityFinding {
  switch (wanted.kind) {
    case "journal":
      return { ok: true, detail: "the local journal keeps what is sent" };
    case "aof": {
      if (server.fsyncsAlways) return { ok: true, detail: "Redis syncs every write to its disk" };
      const why = server.fsyncsAlways === null
        ? "Redis does not say this user whether it does (CONFIG GET appendfsync, INFO persistence)"
        : "Redis does not: set appendonly yes and appendfsync always";
      return { ok: false, detail: `redis.durability is "aof", and ${why}` };
    }
    case "replicas": {
      const found = server.replicas ?? 0;
      const told = server.replicas === null ? "does not say how many it has" : `has ${found}`;
      return {
        ok: found >= wanted.count,
        detail: `redis.durability wants ${wanted.count} replicas, and Redis ${told}`,
      };
    }
    default:
      return wanted satisfies never;
  }
}
