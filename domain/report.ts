/**
 * What a run did, for its report.
 *
 * @module
 */

import type { Hash } from "./address.ts";
import type { FaultKind } from "./fault.ts";
import type { Hold } from "./hold.ts";
import type { Shannon } from "./money.ts";
import type { WordOutcome } from "./operator_word.ts";
import type { Skipped } from "./plan.ts";

/** A payment that is final. */
export interface PaidPayment {
  /** The miner's login exactly as the ledger has it. */
  readonly login: string;
  /** How much. */
  readonly amountShannon: Shannon;
  /** The transaction that carries it. */
  readonly txHash: Hash;
  /** `null` where a Go payer sent it and the nonce was not needed to prove it. */
  readonly nonce: number | null;
  /** The number of its block. */
  readonly block: number;
}

/** A payment that can never be paid, so that the coins are in the payee's balance again. */
export interface CreditedBack {
  /** The miner's login exactly as the ledger has it. */
  readonly login: string;
  /** How much. */
  readonly amountShannon: Shannon;
  /** Why. */
  readonly reason: string;
}

/** A record of a payment whose debit somebody else had ended: nothing is sent for it any more. */
export interface DroppedPayment {
  /** The miner's login exactly as the ledger has it. */
  readonly login: string;
  /** How much it was about. */
  readonly amountShannon: Shannon;
  /** Its nonce. */
  readonly nonce: number;
  /** How it ended. */
  readonly reason: string;
}

/** A payment that was left to the next run. */
export interface LeftInFlight {
  /** The miner's login exactly as the ledger has it. */
  readonly login: string;
  /** How much. */
  readonly amountShannon: Shannon;
  /** Its nonce, where it is known. */
  readonly nonce: number | null;
  /** The transaction that carries it. */
  readonly txHash: Hash | null;
}

/** Why a run made no more debits before its plan was done. */
export type StopReason =
  | { readonly kind: "signal" }
  | { readonly kind: "wait-limit" }
  | { readonly kind: "refused"; readonly detail: string }
  | { readonly kind: "stranger"; readonly detail: string }
  /** A fault in the middle: the report shows what was done before it. */
  | { readonly kind: "fault"; readonly fault: FaultKind; readonly detail: string }
  | { readonly kind: "continuity"; readonly detail: string }
  | { readonly kind: "circuit-breaker"; readonly detail: string };

/** What a run did. */
export interface RunReport {
  /** What became final in this run. */
  readonly paid: readonly PaidPayment[];
  /** What can never be paid, and was given back to its payee's balance. */
  readonly creditedBack: readonly CreditedBack[];
  /** Payments whose debit somebody else had ended, and which came to their own end in this run. */
  readonly dropped: readonly DroppedPayment[];
  /** Every payee who waits for an operator, also from earlier runs. */
  readonly held: readonly Hold[];
  /** What is left to the next run, or to an operator. */
  readonly inFlight: readonly LeftInFlight[];
  /** Who was not paid, and why. */
  readonly skipped: readonly Skipped[];
  /** How many miners are below the threshold. */
  readonly belowThreshold: number;
  /** What the gas of the final payments cost, as far as the node said. */
  readonly feesWei: bigint;
  /** What the wallet lacks to pay everyone, fees included. */
  readonly shortfallWei: bigint;
  /** Why it made no more debits; `null`: it did all it had to. */
  readonly stopped: StopReason | null;
  /** What became of what an operator said in this run. */
  readonly words: readonly WordOutcome[];
  /** What an operator has to look at, besides the held payees. */
  readonly attention: readonly string[];
}
