/**
 * What the parts of a run share: the ports, the operator's decisions, and where the run stands.
 *
 * @module
 */

import type { Hash } from "../domain/address.ts";
import type { InFlight, Spender } from "../domain/decide.ts";
import type { Fact } from "../domain/fact.ts";
import type { HeaderRun } from "../domain/headers.ts";
import type { Hold } from "../domain/hold.ts";
import type { Wei } from "../domain/money.ts";
import type { OperatorWord, WordOutcome } from "../domain/operator_word.ts";
import { type Payment, type PaymentKey, paymentKey } from "../domain/payment.ts";
import type { Payee, Skipped } from "../domain/plan.ts";
import type { Policy } from "../domain/policy.ts";
import type { BlockRange, Chain, ChainIdentity, Receipt, Tip } from "../domain/ports/chain.ts";
import type { Checksum } from "../domain/ports/checksum.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { Fence, Ledger, LedgerReader, LedgerServer } from "../domain/ports/ledger.ts";
import type { LocalJournal } from "../domain/ports/local_journal.ts";
import type { Reporter } from "../domain/ports/reporter.ts";
import type { Signer } from "../domain/ports/signer.ts";
import type { CreditedBack, DroppedPayment, PaidPayment, StopReason } from "../domain/report.ts";
import type { Window } from "./window.ts";

/** Everything outside that a run needs, each behind its port. */
export interface RunPorts {
  /** The pool's ledger. */
  readonly ledger: Ledger;
  /** The pool's node. */
  readonly chain: Chain;
  /** Whoever holds the wallet's key. */
  readonly signer: Signer;
  /** The local record of what was about to be sent. */
  readonly localJournal: LocalJournal;
  /** The time. */
  readonly clock: Clock;
  /** Told of everything that happens. */
  readonly report: Reporter;
  /** Spells addresses with their checksums. */
  readonly checksum: Checksum;
  /** Makes a name for a run that no other run has. */
  readonly newRunId: () => string;
}

/** What a run may do. */
export interface RunOptions {
  /** Ends the run soon: no new debit, and what is in flight is left to the next run. */
  readonly signal?: AbortSignal;
  /** Whether new debits are made; by default they are. */
  readonly debits?: boolean;
  /** How many payees are debited in one commit, at the most; by default as many as a commit may hold. */
  readonly batchSize?: number;
  /** Whether the run waits for what is in flight to be final; by default it does. */
  readonly wait?: boolean;
  /** The Go payer's lock that the operator saw, and spoke for. */
  readonly overGoPayer?: string;
  /** A run that resolves, and what the operator says to it; without, nothing is restored. */
  readonly words?: OperatorWords;
}

/** What an operator has looked at, and speaks for. */
export interface OperatorWords {
  /** What is said of single logins; each is done only where chain and ledger bear it out. */
  readonly about?: readonly OperatorWord[];
  /** Transactions of the wallet that the ledger does not know: what they were may be written. */
  readonly adopt?: ReadonlySet<Hash>;
  /** The nonce to begin at: nothing before it paid a miner. */
  readonly startAt?: number;
  /** Nonces that a lost payment may hold may be used up. */
  readonly seal?: boolean;
}

/** What a run has seen of the chain, head after head. */
export interface ChainWatch {
  tip: Tip;
  /** When the tip was looked at, in unix milliseconds. */
  lookedAt: number;
  /** Linked headers that end at the head. */
  main: HeaderRun;
  /** Linked headers around older blocks, where leftovers were mined. */
  older: readonly HeaderRun[];
  /** Receipts that were seen; one counts only while its block is in a run of headers. */
  readonly receipts: Map<Hash, Receipt>;
  readonly spenders: Map<number, Fact<Spender>>;
  /** Nonces that no block shows, as far back as is looked: once in a run is enough. */
  readonly soughtInVain: Set<number>;
}

/** What it takes to look at ledger and chain: nothing here can write. */
export interface Looking {
  readonly ports: Pick<RunPorts, "chain" | "checksum" | "clock"> & {
    readonly ledger: LedgerReader;
  };
  readonly policy: Policy & { readonly ceilingWei: Wei };
  readonly watch: ChainWatch;
  /** Ends a scan. */
  readonly signal: AbortSignal;
  readonly inFlight: ReadonlyMap<PaymentKey, InFlight>;
}

/** A run under its lock. The loop and its steps change it; it never leaves the process. */
export interface Run extends Looking {
  readonly ports: RunPorts;
  readonly identity: ChainIdentity;
  /** What the ledger's server said of itself at the start. */
  readonly server: LedgerServer;
  readonly fence: Fence;
  /** Aborts at a signal or when the fence is lost: no new debit, leave in-flight payments alone. */
  readonly signal: AbortSignal;
  readonly inFlight: Map<PaymentKey, InFlight>;
  /** How many payees are debited in one commit, at the most. */
  readonly batchSize: number;
  /** Payees who are still to be debited, in order. */
  queue: readonly Payee[];
  nextNonce: number;
  /** Whether ledger, local journal and chain were found to agree about it. */
  isContinuous: boolean;
  /** Nonces to be used up, once nothing is in flight; both inclusive. */
  toSeal: BlockRange | null;
  /** How many payments may wait in the mempool at once. */
  readonly window: Window;
  /** Whether the signer was seen to use the nonce it is given; until then one payment goes at once. */
  nonceIsHonoured: boolean;
  /** Why no new debit is made; `null` while there may be some. */
  stopped: StopReason | null;
  readonly results: RunResults;
}

/** What a run has done so far. */
export interface RunResults {
  readonly paid: PaidPayment[];
  readonly creditedBack: CreditedBack[];
  readonly dropped: DroppedPayment[];
  readonly held: Map<string, Hold>;
  /** How many were held by this run. */
  newHolds: number;
  /** Payments that wait for an operator with their coins still pending. */
  readonly parked: Payment[];
  skipped: Skipped[];
  readonly attention: string[];
  /** What became of what the operator said. */
  readonly words: WordOutcome[];
  /** Nonces that a Go payer's rows, resolved in this run, were found to have used. */
  readonly explainedNonces: Set<number>;
  feesWei: bigint;
  shortfallWei: bigint;
  belowThreshold: number;
}

/** A payment that nothing is known of yet but its record. */
export function fresh(payment: Payment): InFlight {
  return {
    payment,
    sentAt: null,
    underpriced: false,
    outbid: false,
    refusals: 0,
    refusedSince: null,
    contested: false,
    orphan: null,
  };
}

/** Puts a payment in flight, or replaces what is known of it. */
export function track(run: Run, flight: InFlight): void {
  run.inFlight.set(paymentKey(flight.payment), flight);
}

/** Tells of a hold that was written just now. */
export function noteHold({ results, ports }: Run, hold: Hold): void {
  results.held.set(hold.login, hold);
  results.newHolds++;
  ports.report({ kind: "held", hold });
}

/** Whether a run has done or found anything that its report would show. */
export function hasSomethingToTell({ inFlight, results }: Run): boolean {
  const { paid, creditedBack, dropped, newHolds, parked, words } = results;
  return inFlight.size > 0 || newHolds > 0 ||
    [paid, creditedBack, dropped, parked, words].some((list) => list.length > 0);
}

/** Ends all new debits, once, and says why. */
export function stopDebits(run: Run, reason: StopReason): void {
  if (run.stopped !== null) return;
  run.stopped = reason;
  const why = "detail" in reason ? `${reason.kind}: ${reason.detail}` : reason.kind;
  run.ports.report({ kind: "no-more-debits", why });
}

/** The time in whole unix seconds, as the ledger writes it. */
export function unixSeconds(clock: Clock): number {
  return Math.floor(clock.now() / 1000);
}
