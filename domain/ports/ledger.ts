/**
 * The port for the ledger: the pool's Redis, read and changed.
 *
 * @module
 */

import type { Hash } from "../address.ts";
import type { CommitProblem } from "../commit_check.ts";
import type { LedgerDurability } from "../durability.ts";
import type { Debt, PaymentKey } from "../payment.ts";
import type { PendingRow } from "../pending_row.ts";
import type { Transition } from "../transition.ts";

/** A miner as a scan finds it. */
export interface MinerAccount {
  /** Everything after `P:miners:`, never rewritten. */
  readonly login: string;
  /** The text of the `balance` field; `null` when there is no such field or the key is no hash. */
  readonly balance: string | null;
  /** The type of the key when it is no hash. */
  readonly wrongType: string | null;
}

/** Everything that is unresolved in the ledger, in one reading. Texts are as they stand there. */
export interface Obligations {
  /** The value of `P:payments:lock`. */
  readonly lock: string | null;
  /** The value of `P:payments:lease`: the living owner. */
  readonly lease: string | null;
  /** `P:payments:pending`. */
  readonly pending: readonly PendingRow[];
  /** `P:payments:journal`, by `login:amount`. */
  readonly journal: ReadonlyMap<PaymentKey, string>;
  /** *etc26*: `P:payments:pendingtx`. */
  readonly pendingTx: ReadonlyMap<string, string>;
  /** *etc26*: `P:payments:pendingnonce`. */
  readonly pendingNonce: ReadonlyMap<string, string>;
  /** `P:payments:held`, by login. */
  readonly held: ReadonlyMap<string, string>;
  /** `P:payments:nonces`, by wallet. */
  readonly nonces: ReadonlyMap<string, string>;
  /** `P:payments:server`, by field: the `run_id` and the `window` of the last run. */
  readonly server: ReadonlyMap<string, string>;
}

/** A row of `P:payments:all`. */
export interface PaidRow {
  /** The transaction's hash, as the row has it. */
  readonly hash: string;
  /** Whom it paid. */
  readonly login: string;
  /** How much, as the row has it. */
  readonly amountShannon: string;
  /** The score, in unix seconds. */
  readonly at: number;
}

/** What the server says of itself; `null` where it does not say this user. */
export interface LedgerServer {
  /** `run_id`: another one means another server process. */
  readonly runId: string | null;
  /** `maxmemory_policy`: with `allkeys-*` balances may vanish. */
  readonly maxmemoryPolicy: string | null;
  /** Whether it appends every write to a file that it syncs before it answers. */
  readonly fsyncsAlways: boolean | null;
  /** How many replicas follow it. */
  readonly replicas: number | null;
}

/**
 * The ledger for reading. No member writes anything, not even a lock, so a dry run that is given
 * only this cannot. All may be repeated freely.
 *
 * A link that breaks under a question is `ledger-unreachable`, or made anew without a word. After that
 * fault a ledger that is only for reading may stay out of reach: open another.
 *
 * @throws {Fault} every member: `ledger-unreachable` (nothing or a time-out), `ledger-refused`
 * (password, permission), `ledger-nonsense` (no Redis), `ledger-wrong-type` (a shared key of another
 * type, named), `ledger-changed` (under a lock: the link came back to another server process).
 */
export interface LedgerReader {
  /** Where the ledger is, for people, without its password: `redis://127.0.0.1:6379/0 (eth)`. */
  readonly name: string;
  /** What the server says of itself. Not atomic with anything. */
  server(): Promise<LedgerServer>;
  /**
   * All miners, page by page, each login at least once: while keys come and go, one may be told
   * again, and who pays must look out for that. No snapshot: balances may rise meanwhile. Nothing is
   * kept of the pages before, so that a million miners cost no memory. Ends with the signal's reason
   * when it aborts, so that nobody takes a part of them for all.
   */
  miners(signal?: AbortSignal): AsyncIterable<readonly MinerAccount[]>;
  /** Everything unresolved. One reading, not atomic: compare again before calling it a finding. */
  obligations(): Promise<Obligations>;
  /** Which of these have a row in `P:payments:all`, in order. */
  recorded(
    rows: readonly { readonly debt: Debt; readonly hash: Hash }[],
  ): Promise<readonly boolean[]>;
  /** The newest rows of `P:payments:all`, newest first, at most `limit`. */
  newestPaid(limit: number): Promise<readonly PaidRow[]>;
  /**
   * Checks the types of the shared keys, and that `P:finances` holds integers; throws
   * `ledger-wrong-type` with the key's name.
   */
  checkTypes(): Promise<void>;
  /** Closes what it holds. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What became of a commit. */
export type CommitOutcome =
  /** Everything was applied, and every reply was verified. */
  | { readonly kind: "applied" }
  /** Nothing was applied: the ledger is not as the transitions expect. */
  | { readonly kind: "refused"; readonly problems: readonly CommitProblem[] };

/** What became of an attempt to take the lock. */
export type LockOutcome =
  | { readonly kind: "taken"; readonly fence: Fence }
  /** Another Paydirt run lives (`lease`), or a Go payer's lock stands (`lock`). */
  | { readonly kind: "another-run"; readonly owner: string }
  | { readonly kind: "go-payer"; readonly lock: string };

/** The ledger for a run that pays. */
export interface Ledger extends LedgerReader {
  /**
   * Takes `P:payments:lock` (`paydirt:<runId>`, no expiry) and `P:payments:lease` in one step, or
   * takes over the lock of a dead Paydirt run. Never waits: the caller tries again. Called
   * twice with one run id it is taken once. With `overGoPayer` (the very value that the operator
   * saw, and spoke for) it also replaces a Go payer's lock.
   *
   * @throws {Fault} as the reader. `ledger-unreachable`: both are taken, or neither; called again with
   * the same run id it finds out.
   */
  lock(runId: string, options?: { readonly overGoPayer?: string }): Promise<LockOutcome>;
}

/** A held lock: the only way to write. */
export interface Fence {
  /**
   * Applies transitions in one MULTI, in order, under WATCH on the lock, after
   * {@linkcode findProblems} found nothing. Atomic: all or nothing. When the answer is lost it
   * reconnects, touches the lock and reads what became of it, so an outcome is always certain.
   *
   * Every transition but `hold` refuses to be applied twice (its expectation fails then).
   *
   * @throws {Fault} `fenced`: the lock is another's now; nothing was applied, or the new owner finds
   * it in the journal, so send nothing. `ledger-broken`: a
   * command failed inside EXEC (nothing that this commit covers may be sent). `ledger-changed`: the
   * connection came back to another server process. `ledger-unreachable`: the outcome could not
   * be learned; stop, the next run finds out. It was all or nothing, also when it still arrives.
   */
  commit(transitions: readonly Transition[]): Promise<CommitOutcome>;
  /**
   * Makes everything that was committed durable in the ledger itself. Under the fence, and certain
   * when it resolves. Called again it costs time and changes nothing.
   *
   * @throws {Fault} `ledger-not-durable`: it was not reached, so send nothing; what was committed
   * stays, for the next run. And as {@linkcode commit}.
   */
  persist(how: LedgerDurability): Promise<void>;
  /**
   * Resolves when the lock is still this run's: one read. What was debited under a lock that is gone
   * may be gone with it, and another run may have debited anew: send nothing then.
   *
   * @throws {Fault} `fenced` when the lock is not ours. `ledger-unreachable`, `ledger-changed`.
   */
  confirm(): Promise<void>;
  /**
   * Renews the lease (10 s) if it is still ours. May be repeated freely.
   *
   * @throws {Fault} `fenced` when the lock is not ours. `ledger-unreachable`, `ledger-changed`: it was
   * renewed or not, which decides nothing, since every commit looks at the lock itself.
   */
  renew(): Promise<void>;
  /**
   * Ends: deletes the lease and, when journal and pending are empty, the lock, in one fenced step.
   * Called twice, or after the lock was lost, it changes nothing.
   *
   * @throws {Fault} `ledger-unreachable`, `ledger-changed`: all of it was done or nothing. What is left
   * the next run takes over, when the lease has lapsed.
   */
  release(): Promise<{ readonly lockReleased: boolean }>;
}

/** How long a lease lives without being renewed, in milliseconds. */
export const LEASE_MS = 10_000;

/** How often a living run renews its lease, in milliseconds. */
export const LEASE_RENEWAL_MS = 2_000;

/** The value of the lock and the lease of a run. */
export function lockValue(runId: string): string {
  return `paydirt:${runId}`;
}
