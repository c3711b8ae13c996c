/**
 * The port for reporting what a run does while it does it.
 *
 * @module
 */

import type { Hash } from "../address.ts";
import type { Hold } from "../hold.ts";
import type { WordOutcome } from "../operator_word.ts";
import type { Skipped } from "../plan.ts";
import type { Restored } from "../restoration.ts";
import type { SendMeaning } from "../send_answer.ts";

/** Something that happened in a run. Amounts are in Shannon. */
export type RunEvent =
  | {
    readonly kind: "checked";
    readonly name: string;
    readonly ok: boolean;
    readonly detail: string;
  }
  | { readonly kind: "lock-taken"; readonly runId: string }
  | { readonly kind: "lock-awaited"; readonly owner: string }
  | { readonly kind: "leftovers"; readonly payments: number; readonly foreign: number }
  | {
    readonly kind: "planned";
    readonly payees: number;
    readonly amountShannon: bigint;
    readonly skipped: number;
    readonly belowThreshold: number;
  }
  | { readonly kind: "skipped"; readonly skipped: Skipped; readonly detail: string }
  | {
    readonly kind: "debited";
    readonly login: string;
    readonly amountShannon: bigint;
    readonly nonce: number;
    readonly hash: Hash | null;
  }
  | {
    readonly kind: "sent";
    readonly login: string;
    readonly nonce: number;
    readonly meaning: SendMeaning;
    readonly detail: string;
  }
  | {
    readonly kind: "replaced";
    readonly login: string;
    readonly nonce: number;
    readonly attempt: "pay" | "cancel";
    readonly hash: Hash | null;
  }
  | {
    readonly kind: "settled";
    readonly login: string;
    readonly amountShannon: bigint;
    readonly nonce: number | null;
    readonly hash: Hash;
  }
  | {
    readonly kind: "credited-back";
    readonly login: string;
    readonly amountShannon: bigint;
    readonly reason: string;
  }
  /** A record whose debit somebody else took away came to its end. */
  | {
    readonly kind: "dropped";
    readonly login: string;
    readonly nonce: number;
    readonly reason: string;
  }
  | { readonly kind: "held"; readonly hold: Hold }
  /** A nonce that the ledger had forgotten was written again. */
  | { readonly kind: "restored"; readonly step: Restored }
  | { readonly kind: "sealed"; readonly from: number; readonly to: number }
  /** What became of what an operator said. */
  | { readonly kind: "word"; readonly outcome: WordOutcome }
  | { readonly kind: "head"; readonly number: number; readonly inFlight: number }
  | { readonly kind: "trouble"; readonly detail: string }
  | { readonly kind: "no-more-debits"; readonly why: string };

/** Is given every event, in order. It must not throw, and is never waited for. */
export type Reporter = (event: RunEvent) => void;
