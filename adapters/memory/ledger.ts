/**
 * The ledger port in memory, on the very keys that a pool's Redis has.
 *
 * @module
 */

import { MONEY_FIELDS } from "../../domain/account.ts";
import type { Hash } from "../../domain/address.ts";
import { findProblems } from "../../domain/commit_check.ts";
import { judgeDurability, type LedgerDurability } from "../../domain/durability.ts";
import { effectsOf } from "../../domain/effect.ts";
import { Fault } from "../../domain/fault.ts";
import { type LedgerKeys, ledgerKeys, sharedKeys } from "../../domain/ledger_keys.ts";
import { parseShannon } from "../../domain/money.ts";
import { paidMember, parsePaidRow } from "../../domain/paid_row.ts";
import type { Debt, PaymentKey } from "../../domain/payment.ts";
import { parsePendingRow } from "../../domain/pending_row.ts";
import type { Clock } from "../../domain/ports/clock.ts";
import {
  type CommitOutcome,
  type Fence,
  LEASE_MS,
  type Ledger,
  type LedgerServer,
  type LockOutcome,
  lockValue,
  type MinerAccount,
  type Obligations,
  type PaidRow,
} from "../../domain/ports/ledger.ts";
import type { Transition } from "../../domain/transition.ts";
import { awaitAround, type Seam } from "./chain_seam.ts";
import { applyEffect, viewOf } from "./ledger_commit.ts";
import type { MemoryLedgerStore } from "./ledger_store.ts";

/** The members of the port, and of a fence, that ask or change something. */
export type LedgerMethod =
  | Exclude<keyof Ledger, "name" | symbol>
  | Exclude<keyof Fence, symbol>;

/** See {@linkcode memoryLedger}. */
export interface MemoryLedgerOptions {
  /** Leases lapse by it. */
  readonly clock: Pick<Clock, "now">;
  /** The pool's prefix: `eth`. */
  readonly prefix: string;
  /** Between the port and the store; by default an await before and after the effect. */
  readonly seam?: Seam<LedgerMethod>;
}

const MINERS_A_PAGE = 1_000;

/**
 * A ledger in memory. Several on one store are several processes on one Redis.
 *
 * @example
 * ```ts
 * import { memoryLedger } from "./ledger.ts";
 * import { MemoryLedgerStore } from "./ledger_store.ts";
 *
 * const store = new MemoryLedgerStore();
 * const ledger = memoryLedger(store, { clock: { now: () => 1_700_000_000_000 }, prefix: "eth" });
 * await ledger.lock("run-1"); // { kind: "taken", fence }
 * ```
 */
export function memoryLedger(store: MemoryLedgerStore, options: MemoryLedgerOptions): Ledger {
  return new MemoryLedger(store, options);
}

/** What a ledger and its fences share. */
interface Access {
  readonly store: MemoryLedgerStore;
  readonly keys: LedgerKeys;
  readonly clock: Pick<Clock, "now">;
  readonly seam: Seam<LedgerMethod>;
}

class MemoryLedger implements Ledger {
  readonly name: string;
  readonly #access: Access;

  constructor(store: MemoryLedgerStore, options: MemoryLedgerOptions) {
    const { clock, prefix, seam = awaitAround } = options;
    this.name = `a ledger in memory (${prefix})`;
    this.#access = { store, keys: ledgerKeys(prefix), clock, seam };
  }

  server(): Promise<LedgerServer> {
    const { store, seam } = this.#access;
    return seam("server", () => store.server);
  }

  async *miners(signal?: AbortSignal): AsyncGenerator<readonly MinerAccount[]> {
    const { store, keys, seam } = this.#access;
    const found = await seam(
      "miners",
      () => store.keys().filter((key) => key.startsWith(keys.miners)),
    );
    for (let start = 0; start < found.length; start += MINERS_A_PAGE) {
      signal?.throwIfAborted();
      const page = found.slice(start, start + MINERS_A_PAGE);
      yield await seam(
        "miners",
        () => page.map((key) => minerAccount(store, key, key.slice(keys.miners.length))),
      );
    }
  }

  obligations(): Promise<Obligations> {
    const { store, keys, seam } = this.#access;
    return seam("obligations", () => ({
      lock: store.text(keys.lock),
      lease: store.text(keys.lease),
      pending: [...store.scores(keys.pending)].map(([member, at]) => parsePendingRow(member, at)),
      journal: new Map(
        [...store.fields(keys.journal)].map(([key, record]) => [key as PaymentKey, record]),
      ),
      pendingTx: new Map(store.fields(keys.pendingTx)),
      pendingNonce: new Map(store.fields(keys.pendingNonce)),
      held: new Map(store.fields(keys.held)),
      nonces: new Map(store.fields(keys.nonces)),
      server: new Map(store.fields(keys.server)),
    }));
  }

  recorded(
    rows: readonly { readonly debt: Debt; readonly hash: Hash }[],
  ): Promise<readonly boolean[]> {
    const { store, keys, seam } = this.#access;
    return seam(
      "recorded",
      () => rows.map(({ debt, hash }) => store.hasMember(keys.all, paidMember(debt, hash))),
    );
  }

  newestPaid(limit: number): Promise<readonly PaidRow[]> {
    const { store, keys, seam } = this.#access;
    return seam(
      "newestPaid",
      () =>
        [...store.scores(keys.all)].reverse().slice(0, limit).flatMap(([member, at]) =>
          parsePaidRow(member, at) ?? []
        ),
    );
  }

  checkTypes(): Promise<void> {
    const { store, keys, seam } = this.#access;
    return seam("checkTypes", () => {
      for (const { key, type } of sharedKeys(keys)) {
        const found = store.typeOf(key);
        if (found !== null && found !== type) {
          throw new Fault(
            "ledger-wrong-type",
            `Cannot use the ledger: key "${key}" is a ${found}, expected a ${type}`,
          );
        }
      }
      checkFinances(store, keys);
    });
  }

  lock(runId: string, options: { readonly overGoPayer?: string } = {}): Promise<LockOutcome> {
    const { store, keys, seam } = this.#access;
    return seam("lock", () => {
      const value = lockValue(runId);
      const lease = store.text(keys.lease);
      if (lease !== null && lease !== value) return { kind: "another-run", owner: lease };
      const lock = store.text(keys.lock);
      if (lock !== null && !isOfPaydirt(lock) && lock !== options.overGoPayer) {
        return { kind: "go-payer", lock };
      }
      store.setText(keys.lock, value);
      setLease(this.#access, value);
      return { kind: "taken", fence: new MemoryFence(value, this.#access) };
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

class MemoryFence implements Fence {
  readonly #value: string;
  readonly #access: Access;

  constructor(value: string, access: Access) {
    this.#value = value;
    this.#access = access;
  }

  commit(transitions: readonly Transition[]): Promise<CommitOutcome> {
    const { store, keys, seam } = this.#access;
    return seam("commit", () => {
      this.#demandLock();
      const problems = findProblems(transitions, viewOf(store, transitions, keys));
      if (problems.length > 0) return { kind: "refused", problems };
      for (const effect of transitions.flatMap(effectsOf)) applyEffect(store, effect, keys);
      return { kind: "applied" };
    });
  }

  persist(how: LedgerDurability): Promise<void> {
    return this.#access.seam("persist", () => {
      this.#demandLock();
      const { ok, detail } = judgeDurability(how, this.#access.store.server);
      if (!ok) throw new Fault("ledger-not-durable", `Nothing is sent: ${detail}`);
    });
  }

  confirm(): Promise<void> {
    return this.#access.seam("confirm", () => this.#demandLock());
  }

  renew(): Promise<void> {
    return this.#access.seam("renew", () => {
      this.#demandLock();
      if (this.#leaseIsFree()) setLease(this.#access, this.#value);
    });
  }

  release(): Promise<{ readonly lockReleased: boolean }> {
    const { store, keys, seam } = this.#access;
    return seam("release", () => {
      if (store.text(keys.lock) !== this.#value) return { lockReleased: false };
      if (this.#leaseIsFree()) store.delete(keys.lease);
      const isSettled = store.fields(keys.journal).size + store.scores(keys.pending).size === 0;
      if (isSettled) store.delete(keys.lock);
      return { lockReleased: isSettled };
    });
  }

  #demandLock(): void {
    const { store, keys } = this.#access;
    const lock = store.text(keys.lock);
    if (lock === this.#value) return;
    throw new Fault(
      "fenced",
      `Cannot go on: the lock "${keys.lock}" is ${lock === null ? "gone" : `"${lock}"`}, ` +
        `expected "${this.#value}"; run again`,
    );
  }

  #leaseIsFree(): boolean {
    const lease = this.#access.store.text(this.#access.keys.lease);
    return lease === null || lease === this.#value;
  }
}

function setLease({ store, keys, clock }: Access, value: string): void {
  const end = clock.now() + LEASE_MS;
  store.setText(keys.lease, value, () => clock.now() < end);
}

function isOfPaydirt(lock: string): boolean {
  return lock.startsWith(lockValue(""));
}

/** What is no integer would fail inside every commit. */
function checkFinances(store: MemoryLedgerStore, { finances }: LedgerKeys): void {
  for (const field of MONEY_FIELDS) {
    const text = store.fields(finances).get(field);
    if (text === undefined || parseShannon(text) !== undefined) continue;
    throw new Fault(
      "ledger-wrong-type",
      `Cannot use the ledger: field "${field}" of key "${finances}" is ${JSON.stringify(text)}`,
    );
  }
}

function minerAccount(store: MemoryLedgerStore, key: string, login: string): MinerAccount {
  const type = store.typeOf(key);
  const wrongType = type === null || type === "hash" ? null : type;
  const balance = wrongType === null ? store.fields(key).get("balance") ?? null : null;
  return { login, balance, wrongType };
}
