/**
 * Which nonce comes next, and whether ledger, local journal and chain agree about it.
 *
 * @module
 */

import type { Address, Hash } from "./address.ts";
import { type Durability, judgeDurability } from "./durability.ts";
import type { LookedUpTransaction } from "./ports/chain.ts";
import type { LedgerServer, PaidRow } from "./ports/ledger.ts";
import { WEI_PER_SHANNON } from "./money.ts";
import { highestNonce, lowestNonce } from "./nonces.ts";

/** What continuity is judged by. */
export interface ContinuityFacts {
  /** The ledger's next nonce; `null`: this wallet never paid with Paydirt. */
  readonly ledgerNext: number | null;
  /** The wallet's transaction count at the latest head. */
  readonly latestNonce: number;
  /** The wallet's transaction count with the mempool. */
  readonly pendingNonce: number;
  /** The nonces in the local journal. */
  readonly journalled: ReadonlySet<number>;
  /** The first nonce of which ledger and local journal have another payment in flight; or `null`. */
  readonly contestedFrom: number | null;
  /** The nonces of the payments in flight. */
  readonly inFlight: ReadonlySet<number>;
  /** A row of `P:payments:all` of the last hour whose transaction is in no final block; or `null`. */
  readonly unminedRow: Hash | null;
  /** Mined nonces whose transactions are rows of `P:payments:all`. */
  readonly recorded: ReadonlySet<number>;
  /**
   * How many nonces a payment may hold of which neither ledger nor local journal know: 0 unless
   * the ledger's server may have lost writes ({@linkcode mayHaveLostWrites}).
   */
  readonly lostWindow: number;
}

/** What follows for a run. `from` is the ledger's next nonce as it stands there. */
export type Continuity =
  & { readonly from: number | null }
  & (
    /** Debits may go on from `next`. Where `from` differs, the ledger has to be told. */
    | { readonly kind: "continuous"; readonly next: number }
    /** No debit, and an operator is needed. */
    | {
      readonly kind: "broken";
      readonly why: string;
      readonly wayOut: string;
      readonly remedy: Remedy;
    }
  );

/** What `resolve` can do where continuity is broken. */
export type Remedy =
  /** Nothing: to wait, or to look. */
  | { readonly kind: "none" }
  /**
   * To write what was sent from a nonce on; or, where that is too long ago to be found, to begin
   * at this nonce, on the operator's word that nothing before it was a payout.
   */
  | { readonly kind: "start-at"; readonly nonce: number; readonly from: number }
  /** To write again what the ledger lost, from this nonce on. */
  | { readonly kind: "restore"; readonly from: number }
  /** To use these nonces up (both inclusive), so that nothing that was lost is ever mined. */
  | { readonly kind: "seal"; readonly from: number; readonly to: number };

const NO_REMEDY: Remedy = { kind: "none" };

/** How many nonces that a Go payer used since the last run are looked up, at the most. */
export const MAX_EXPLAINED = 10_000;

/** Which nonces have to be found in the rows of `P:payments:all`: both inclusive, or none. */
export function noncesToExplain(
  facts: Pick<ContinuityFacts, "ledgerNext" | "latestNonce">,
): readonly number[] {
  const { ledgerNext, latestNonce } = facts;
  if (ledgerNext === null) return latestNonce === 0 ? [] : [latestNonce - 1];
  const count = Math.min(Math.max(0, latestNonce - ledgerNext), MAX_EXPLAINED);
  return Array.from({ length: count }, (_, index) => ledgerNext + index);
}

/**
 * Judges continuity. A ledger that restored a snapshot or failed over to a replica knows less than
 * the chain or the local journal: that must never lead to a second payment.
 *
 * @example
 * ```ts
 * import { judgeContinuity } from "./continuity.ts";
 *
 * judgeContinuity({
 *   ledgerNext: 7,
 *   latestNonce: 7,
 *   pendingNonce: 7,
 *   journalled: new Set([6]),
 *   contestedFrom: null,
 *   inFlight: new Set(),
 *   unminedRow: null,
 *   recorded: new Set(),
 *   lostWindow: 0,
 * }); // { from: 7, kind: "continuous", next: 7 }
 * ```
 */
export function judgeContinuity(facts: ContinuityFacts): Continuity {
  return { from: facts.ledgerNext, ...judge(facts) };
}

type Judged = DistributiveOmit<Continuity, "from">;

type Broken = Judged & { readonly kind: "broken" };

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** What is wrong first, in this order: a later check may rest on what an earlier one ruled out. */
function judge(facts: ContinuityFacts): Judged {
  const next = Math.max(facts.ledgerNext ?? 0, facts.latestNonce);
  return whyContested(facts) ?? whyForgotten(facts) ?? whyBeyond(facts) ??
    whyUnderWay(facts, next) ??
    whyUnexplained(facts) ?? whyMaybeLost(facts, next) ?? whyUnused(facts, next) ??
    { kind: "continuous", next };
}

/** What the local journal has in the place of payments in flight may pay the same payees. */
function whyContested({ contestedFrom }: ContinuityFacts): Broken | undefined {
  if (contestedFrom === null) return undefined;
  return broken(
    `from nonce ${contestedFrom} on the ledger has other payments in flight than the local journal: ` +
      `it came back with another past`,
    "run again when they have ended: they are cancelled",
  );
}

/** The local journal has a payment that the ledger does not know. */
function whyForgotten(facts: ContinuityFacts): Broken | undefined {
  const { ledgerNext, journalled } = facts;
  const lost = [...journalled].filter((nonce) => nonce >= (ledgerNext ?? 0));
  if (lost.length === 0) return undefined;
  return broken(
    `the local journal has a payment at nonce ${highestNonce(lost)}, ` +
      `the ledger knows none from ${ledgerNext ?? 0} on: Redis lost writes`,
    "restore the newer Redis data; if there is none, run: resolve --dry-run, which lists what " +
      "resolve would write again",
    { kind: "restore", from: ledgerNext ?? firstForgotten(facts) },
  );
}

/** The ledger has a payment in flight past its own next nonce. */
function whyBeyond({ ledgerNext, inFlight }: ContinuityFacts): Broken | undefined {
  const beyond = [...inFlight].find((nonce) => nonce >= (ledgerNext ?? 0));
  if (beyond === undefined) return undefined;
  return broken(
    `the ledger has a payment in flight at nonce ${beyond}, but says that ` +
      `${ledgerNext ?? "none"} comes next: somebody changed its key payments:nonces`,
    "put the right nonce back before anybody is paid",
  );
}

/** Something that may be a payout is not final yet: nothing can be adopted before it is. */
function whyUnderWay(facts: ContinuityFacts, next: number): Broken | undefined {
  const { pendingNonce, unminedRow } = facts;
  if (pendingNonce > next) {
    return broken(
      `the mempool has a transaction of the wallet at nonce ${next}, which the ledger does not know`,
      "wait until it is mined, then run again",
      sealing(facts, next),
    );
  }
  if (unminedRow === null) return undefined;
  return broken(
    `the payment ${unminedRow}, which a Go payer recorded within the hour, is not mined ` +
      `deep enough to be final`,
    "wait until it is, then run again",
  );
}

/** The wallet sent what no row of the ledger stands for. */
function whyUnexplained(facts: ContinuityFacts): Broken | undefined {
  const { ledgerNext, latestNonce } = facts;
  const unexplained = noncesToExplain(facts).find((nonce) => !facts.recorded.has(nonce));
  if (unexplained !== undefined && ledgerNext === null) {
    return broken(
      `the wallet has sent ${latestNonce} transactions, and the last one (nonce ${unexplained}) ` +
        `is not a payment of this ledger`,
      "if this Redis was restored from an older copy, restore the newer one; else run: " +
        "resolve --dry-run, which lists what the wallet sent, and then resolve --adopt",
      { kind: "start-at", nonce: latestNonce, from: firstForgotten(facts) },
    );
  }
  if (unexplained !== undefined && ledgerNext !== null) {
    return broken(
      `the wallet's transaction at nonce ${unexplained} is not in the ledger: it was restored ` +
        `from an older copy, or somebody else uses the wallet`,
      "run: resolve --dry-run, which lists what it was and what resolve --adopt would write",
      { kind: "restore", from: ledgerNext },
    );
  }
  if (ledgerNext === null || latestNonce - ledgerNext <= MAX_EXPLAINED) return undefined;
  return broken(
    `the wallet has sent ${latestNonce - ledgerNext} transactions since the last run`,
    "find out what they were before anybody is paid (README, An operator is needed)",
  );
}

/** Both ledger and local journal may have forgotten a payment. */
function whyMaybeLost(facts: ContinuityFacts, next: number): Broken | undefined {
  if (facts.lostWindow === 0) return undefined;
  return broken(
    "Redis is a different process than in the last run and may have lost writes, and nothing is in " +
      "the local journal: a payment that both forgot could still be mined",
    "bring the local journal back; if it is lost, run: resolve --seal, which uses up the nonces " +
      "that such a payment may hold",
    sealing(facts, next),
  );
}

/** The chain lacks what the ledger calls done. */
function whyUnused({ latestNonce, inFlight }: ContinuityFacts, next: number): Broken | undefined {
  for (let nonce = latestNonce; nonce < next; nonce++) {
    if (inFlight.has(nonce)) continue;
    return broken(
      `the ledger has payments up to nonce ${next - 1}, but the node says that nonce ${nonce} ` +
        `is unused: it lags behind or follows another chain`,
      "check the node",
    );
  }
  return undefined;
}

/**
 * The nonces of mined transactions that are payments of this ledger: sent by the wallet, to the
 * row's login, with the row's amount.
 */
export function recordedNonces(
  wallet: Address,
  pairs: readonly {
    readonly row: PaidRow;
    readonly transaction: LookedUpTransaction | undefined;
  }[],
): ReadonlySet<number> {
  const nonces = new Set<number>();
  for (const { row, transaction } of pairs) {
    if (transaction === undefined) continue;
    const isRow = transaction.block !== null && transaction.from === wallet &&
      transaction.to === row.login.toLowerCase() && /^[0-9]+$/.test(row.amountShannon) &&
      transaction.valueWei === BigInt(row.amountShannon) * WEI_PER_SHANNON;
    if (isRow) nonces.add(transaction.nonce);
  }
  return nonces;
}

/** Of a ledger that knows no nonce: the first one that no row of it stands for, nor any later. */
function firstForgotten({ journalled, recorded }: ContinuityFacts): number {
  const firstJournalled = lowestNonce(journalled);
  return highestNonce([...recorded].filter((nonce) => nonce < firstJournalled)) + 1;
}

/** What is not lost has been debited below `next`. */
function sealing({ lostWindow }: ContinuityFacts, next: number): Remedy {
  return lostWindow === 0 ? NO_REMEDY : { kind: "seal", from: next, to: next + lostWindow - 1 };
}

function broken(why: string, wayOut: string, remedy: Remedy = NO_REMEDY): Broken {
  return { kind: "broken", why, wayOut, remedy };
}

/**
 * Whether the ledger's server may have lost what a run had written: it is another process than the
 * last run noted, and neither keeps every write nor is there a local journal that would show it.
 */
export function mayHaveLostWrites(
  facts: {
    /** `run_id` as the last run noted it; `null`: no run has. */
    readonly noted: string | null;
    readonly server: LedgerServer;
    readonly durability: Durability;
    /** Whether the local journal has anything of this wallet: it is emptied by being lost alone. */
    readonly hasJournal: boolean;
  },
): boolean {
  const { noted, server, durability, hasJournal } = facts;
  if (noted === null || noted === server.runId) return false;
  if (durability.kind === "journal" && hasJournal) return false;
  const needed: Durability = durability.kind === "journal" ? { kind: "aof" } : durability;
  return !judgeDurability(needed, server).ok;
}
