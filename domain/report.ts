/**
 * What a run did, for its report.
 *
 * @module
 */

import type { Hash } from "./address.ts";
import type { Shannon } from "./money.ts";
import type { Skipped } from "./plan.ts";
import type { Hold } from "./transition.ts";

/** A payment that is final. */
export interface PaidPayment {
  readonly login: string;
  readonly amountShannon: Shannon;
  readonly txHash: Hash;
  /** `null` where a Go payer sent it and the nonce was not needed to prove it. */
  readonly nonce: number | null;
  readonly block: number;
}

/** A payment that can never be paid, so that the coins are the payee's balance again. */
export interface CreditedBack {
  readonly login: string;
  readonly amountShannon: Shannon;
  readonly reason: string;
}

/** A payment that was left to the next run. */
export interface LeftInFlight {
  readonly login: string;
  readonly amountShannon: Shannon;
  readonly nonce: number | null;
  readonly txHash: Hash | null;
}

/** Why a run made no more debits before its plan was done. */
export type StopReason =
  | { readonly kind: "signal" }
  | { readonly kind: "wait-limit" }
  | { readonly kind: "refused"; readonly detail: string }
  | { readonly kind: "stranger"; readonly detail: string }
  | { readonly kind: "continuity"; readonly detail: string }
  | { readonly kind: "circuit-breaker"; readonly detail: string };

/** What a run did. */
export interface RunReport {
  readonly paid: readonly PaidPayment[];
  readonly creditedBack: readonly CreditedBack[];
  /** Every payee who waits for an operator, also from earlier runs. */
  readonly held: readonly Hold[];
  readonly inFlight: readonly LeftInFlight[];
  readonly skipped: readonly Skipped[];
  /** How many miners are below the threshold. */
  readonly belowThreshold: number;
  /** What the final payments cost, as far as the node told. */
  readonly feesWei: bigint;
  /** What is missing to pay everyone. */
  readonly shortfallWei: bigint;
  readonly stopped: StopReason | null;
  /** What an operator has to look at, besides the held payees. */
  readonly attention: readonly string[];
}
