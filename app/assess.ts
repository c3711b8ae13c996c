/**
 * Reads what earlier runs left and whether ledger, local journal and chain agree on the next nonce.
 * Writes nothing.
 *
 * @module
 */

import { type Hash, isHash } from "../domain/address.ts";
import { contestedPayments } from "../domain/contested.ts";
import {
  type Continuity,
  judgeContinuity,
  MAX_EXPLAINED,
  mayHaveLostWrites,
  noncesToExplain,
  recordedNonces,
} from "../domain/continuity.ts";
import { valueOf } from "../domain/fact.ts";
import { Fault } from "../domain/fault.ts";
import { type Leftovers, sortLeftovers } from "../domain/leftovers.ts";
import { lowestNonce } from "../domain/nonces.ts";
import type { Payment } from "../domain/payment.ts";
import type { Policy } from "../domain/policy.ts";
import type { Chain, ChainIdentity, LookedUpTransaction, Tip } from "../domain/ports/chain.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { LedgerReader, LedgerServer, PaidRow } from "../domain/ports/ledger.ts";
import type { LocalJournal } from "../domain/ports/local_journal.ts";
import { unixSeconds } from "./run.ts";

/** How many of the newest payment rows are looked up in any case. */
const NEWEST_ROWS = 100;

/** For how long a Go payer's payment that is in no block may still be under way, in seconds. */
const RECENT_SECONDS = 3_600;

/** What is found before a plan is made. */
export interface Assessment {
  readonly leftovers: Leftovers;
  readonly continuity: Continuity;
  /** What the local journal holds for this wallet and chain, oldest first. */
  readonly journalled: readonly Payment[];
  /** Payments in flight that must not be sent: {@linkcode contestedPayments}. */
  readonly contested: readonly Payment[];
  /** Mined nonces since the ledger's next one that rows of the ledger stand for. */
  readonly recorded: ReadonlySet<number>;
  /** What the last run noted of the ledger's server: {@linkcode ServerNote.runId}, as it stands. */
  readonly noted: {
    readonly runId: string | null;
    readonly window: number | null;
    /** {@linkcode ServerNote.toSeal}. */
    readonly toSeal: number;
  };
  /** How many nonces have to be used up before anybody is debited again. */
  readonly toSeal: number;
}

/** What an assessment starts from. */
export interface AssessOptions {
  readonly policy: Policy;
  readonly identity: ChainIdentity;
  readonly tip: Tip;
  /** What the ledger's server says of itself. */
  readonly server: LedgerServer;
  /** Nonces that are known to be this ledger's without a row of `P:payments:all`. */
  readonly explainedNonces?: ReadonlySet<number>;
}

/** The ports that an assessment reads. */
export interface AssessPorts {
  readonly ledger: LedgerReader;
  readonly chain: Chain;
  readonly localJournal: LocalJournal;
  readonly clock: Clock;
}

/**
 * Reads obligations and judges continuity.
 *
 * @throws {Fault} `wrong-signer` or `wrong-chain` when payments of another wallet or chain are still
 * in flight; `continuity` when a journal record cannot be read.
 */
export async function assess(
  ports: AssessPorts,
  options: AssessOptions,
): Promise<Assessment> {
  const { policy, identity, tip } = options;
  // Before the ledger: what a living run journals meanwhile is no write that Redis lost.
  const journal = await ports.localJournal.read();
  const obligations = await ports.ledger.obligations();
  const leftovers = sortLeftovers(obligations);
  refuseUnreadable(leftovers);
  refuseForeignPayments(leftovers, policy, identity);
  const journalled = journal.filter((payment) =>
    payment.wallet === policy.wallet && payment.chainId === identity.chainId &&
    payment.genesis === identity.genesis
  );
  const latestNonce = valueOf(tip.latestNonce);
  const pendingNonce = valueOf(tip.pendingNonce);
  if (latestNonce === undefined || pendingNonce === undefined) {
    throw new Fault("chain-nonsense", `${ports.chain.name} did not report the nonce of the wallet`);
  }
  const ledgerNext = readNonce(obligations.nonces.get(policy.wallet) ?? null);
  const unexplained = noncesToExplain({ ledgerNext, latestNonce });
  const rows = await lookUpRows(ports, unexplained.length);
  const recorded = new Set([
    ...options.explainedNonces ?? [],
    ...recordedNonces(policy.wallet, rows),
  ]);
  const noted = readNote(obligations.server);
  const toSeal = noted.toSeal || lostWindow(options, { noted, hasJournal: journalled.length > 0 });
  const unended = [...leftovers.payments, ...leftovers.orphans];
  const contested = contestedPayments(unended, journalled);
  const hourAgo = unixSeconds(ports.clock) - RECENT_SECONDS;
  const finalNumber = tip.head.number - policy.confirmations + 1;
  const continuity = judgeContinuity({
    ledgerNext,
    latestNonce,
    pendingNonce,
    journalled: new Set(journalled.map(({ nonce }) => nonce)),
    contestedFrom: contested.length === 0 ? null : lowestNonce(contested.map(({ nonce }) => nonce)),
    inFlight: new Set(unended.map(({ nonce }) => nonce)),
    // Mined is not enough: a reorg may leave a gap below the nonces of our own payments.
    unminedRow: rows.find(({ row, transaction }) =>
      row.at >= hourAgo && (transaction?.block?.number ?? Infinity) > finalNumber
    )?.row.hash ?? null,
    recorded,
    lostWindow: toSeal,
  });
  return { leftovers, continuity, journalled, contested, recorded, noted, toSeal };
}

/** How many payments could be in flight, unknown to anybody, when the ledger's server restarted. */
function lostWindow(
  { policy: { durability, maxInFlight }, server }: AssessOptions,
  { noted, hasJournal }: { readonly noted: Assessment["noted"]; readonly hasJournal: boolean },
): number {
  return mayHaveLostWrites({ noted: noted.runId, server, durability, hasJournal })
    ? noted.window ?? maxInFlight
    : 0;
}

function readNote(fields: ReadonlyMap<string, string>): Assessment["noted"] {
  const count = (field: string): number => {
    const found = Number(fields.get(field));
    return Number.isSafeInteger(found) && found > 0 ? found : 0;
  };
  return {
    runId: fields.get("run_id") ?? null,
    window: count("window") || null,
    toSeal: count("to_seal"),
  };
}

interface LookedUpRow {
  readonly row: PaidRow & { readonly hash: Hash };
  /** `undefined` when the node does not know it. */
  readonly transaction: LookedUpTransaction | undefined;
}

/** Looks the newest payment rows up on the chain; rows of other payers carry their nonces there. */
async function lookUpRows(
  ports: AssessPorts,
  unexplained: number,
): Promise<readonly LookedUpRow[]> {
  const limit = Math.min(MAX_EXPLAINED, unexplained * 2 + NEWEST_ROWS);
  const rows = (await ports.ledger.newestPaid(limit))
    .filter((row): row is PaidRow & { readonly hash: Hash } => isHash(row.hash));
  const found = await ports.chain.transactions(rows.map(({ hash }) => hash));
  const silent = found.find((fact) => fact.kind === "unknown");
  if (silent?.kind === "unknown") {
    throw new Fault(
      "chain-unreachable",
      `Cannot look up the newest payments on ${ports.chain.name}: ${silent.why}`,
    );
  }
  return rows.map((row, index) => ({ row, transaction: valueOf(found[index]) }));
}

function readNonce(text: string | null): number | null {
  if (text === null) return null;
  if (/^(?:0|[1-9][0-9]{0,14})$/.test(text)) return Number(text);
  throw new Fault("continuity", `The ledger's next nonce is "${text}", expected a whole number`);
}

function refuseUnreadable(leftovers: Leftovers): void {
  const [first] = leftovers.unreadable;
  if (first === undefined) return;
  throw new Fault(
    "continuity",
    `Cannot read the journal record "${first.key}": ${first.problem}; ` +
      `a newer Paydirt may have written it`,
  );
}

function refuseForeignPayments(
  leftovers: Leftovers,
  policy: Policy,
  identity: ChainIdentity,
): void {
  for (const payment of [...leftovers.payments, ...leftovers.orphans]) {
    if (payment.wallet !== policy.wallet) {
      throw new Fault(
        "wrong-signer",
        `A payment to "${payment.login}" is in flight from wallet ${payment.wallet}, ` +
          `payouts.address is ${policy.wallet}: let it end before changing the wallet`,
      );
    }
    if (payment.chainId !== identity.chainId || payment.genesis !== identity.genesis) {
      throw new Fault(
        "wrong-chain",
        `A payment to "${payment.login}" is in flight on chain ${payment.chainId} ` +
          `(genesis ${payment.genesis}), the node is on chain ${identity.chainId} ` +
          `(genesis ${identity.genesis}): check payouts.daemon`,
      );
    }
  }
}
