/**
 * Reports as JSON: amounts are decimal strings, counts are numbers, one object on stdout.
 *
 * @module
 */

import { describeRestored } from "../adapters/terminal/plain_log.ts";
import { Fault } from "../domain/fault.ts";
import { type Shannon, sumShannon } from "../domain/money.ts";
import type { Skipped } from "../domain/plan.ts";
import type { LeftInFlight, RunReport } from "../domain/report.ts";
import { openDebtsOf } from "../domain/operator_word.ts";
import { needsWord } from "../domain/restoration.ts";
import { type DryRunReport, inFlightOf } from "./dry_run.ts";
import { typedWords } from "./leftovers_text.ts";
import type { Found } from "./look.ts";
import { outcomeToJson } from "./words_text.ts";

/** A value that JSON.stringify writes as it is. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json };

/** The object that `pay --json` prints. */
export function runToJson(report: RunReport): Json {
  return {
    paid: report.paid.map((each) => ({ ...each, amountShannon: text(each.amountShannon) })),
    creditedBack: report.creditedBack.map((each) => ({
      ...each,
      amountShannon: text(each.amountShannon),
    })),
    dropped: report.dropped.map((each) => ({ ...each, amountShannon: text(each.amountShannon) })),
    held: report.held.map(({ login, reason, since }) => ({ login, reason, since })),
    inFlight: report.inFlight.map(inFlightToJson),
    skipped: report.skipped.map(skippedToJson),
    totals: {
      paid: report.paid.length,
      paidShannon: text(sumShannon(report.paid.map(({ amountShannon }) => amountShannon))),
      creditedBack: report.creditedBack.length,
      held: report.held.length,
      inFlight: report.inFlight.length,
      skipped: report.skipped.length,
      belowThreshold: report.belowThreshold,
      shortfallWei: text(report.shortfallWei),
    },
    feesWei: text(report.feesWei),
    stopped: report.stopped === null ? null : { ...report.stopped },
    ...(report.stopped?.kind === "fault"
      ? { error: { kind: report.stopped.fault, message: report.stopped.detail } }
      : {}),
    words: report.words.map(outcomeToJson),
    attention: report.attention,
  };
}

/** The object that `pay --dry-run --json` prints. */
export function dryRunToJson(
  report: DryRunReport,
): { readonly payees: readonly Json[]; readonly [name: string]: Json } {
  const { wallet, totals } = report;
  return {
    wallet: { address: wallet.address, balanceWei: text(wallet.balanceWei), nonce: wallet.nonce },
    payees: [
      ...report.payees.map(({ login, amountShannon }) => ({
        login,
        decision: "pay",
        amountShannon: text(amountShannon),
      })),
      ...report.skipped.map(({ login, amountShannon, reason }) => ({
        login,
        decision: "skip",
        amountShannon: textOrNull(amountShannon),
        reason,
      })),
    ],
    totals: {
      payees: report.payees.length,
      amountShannon: text(totals.amountShannon),
      feeCeilingWei: text(totals.feeCeilingWei),
      shortfallWei: text(totals.shortfallWei),
      belowThreshold: totals.belowThreshold,
    },
    checks: report.checks.map(({ name, ok, detail }) => ({ name, ok, detail })),
    inFlight: report.inFlight.map(inFlightToJson),
  };
}

/** A miner below the threshold, as an element of `payees`. */
export function belowToJson(login: string, amountShannon: Shannon): Json {
  return { login, decision: "skip", amountShannon: text(amountShannon), reason: "below-threshold" };
}

/** The object that `resolve --dry-run --json` prints. */
export function leftoversToJson(
  { leftovers, continuity, forgotten, latestNonce, words }: Found,
): Json {
  return {
    lock: leftovers.goLock,
    inFlight: inFlightOf(leftovers).map(inFlightToJson),
    malformed: leftovers.malformed,
    held: leftovers.held.map(({ login, reason, since }) => ({
      login,
      reason,
      since,
      words: typedWords(login, openDebtsOf(login, leftovers), latestNonce),
    })),
    words: words.map(outcomeToJson),
    continuity: continuity.kind === "continuous"
      ? { ok: true, nextNonce: continuity.next }
      : { ok: false, why: continuity.why, wayOut: continuity.wayOut },
    forgotten: forgotten.map((step) => ({
      nonce: step.nonce,
      kind: step.kind,
      detail: describeRestored(step),
      txHash: "transaction" in step ? step.transaction.hash : null,
      needsWord: needsWord(step),
    })),
  };
}

/** The object that a command prints when it fails. The message holds no secret. */
export function errorToJson(error: unknown): Json {
  const kind = error instanceof Fault ? error.kind : "bug";
  return { error: { kind, message: error instanceof Error ? error.message : String(error) } };
}

function inFlightToJson(each: LeftInFlight): Json {
  return { ...each, amountShannon: text(each.amountShannon) };
}

function skippedToJson({ login, amountShannon, reason }: Skipped): Json {
  return { login, amountShannon: textOrNull(amountShannon), reason };
}

function text(amount: bigint): string {
  return amount.toString();
}

function textOrNull(amount: bigint | null): string | null {
  return amount === null ? null : amount.toString();
}
