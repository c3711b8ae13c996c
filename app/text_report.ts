/**
 * Reports as text, for people.
 *
 * @module
 */

import { formatCoins, shannonCovering, sumShannon } from "../domain/money.ts";
import { oneLine } from "../domain/one_line.ts";
import type { Skipped } from "../domain/plan.ts";
import type { LeftInFlight, RunReport } from "../domain/report.ts";
import type { DryRunReport } from "./dry_run.ts";
import { section } from "./text_table.ts";
import { describeOutcome } from "./words_text.ts";

/** What a run did. */
export function describeRun(report: RunReport): string {
  const paidShannon = sumShannon(report.paid.map(({ amountShannon }) => amountShannon));
  const fees = formatCoins(shannonCovering(report.feesWei));
  const parts = [
    report.paid.length === 0
      ? "Paid nobody."
      : `Paid ${formatCoins(paidShannon)} coins to ${
        people(report.paid.length)
      } (fees ${fees} coins).`,
    ...report.words.map(describeOutcome),
    ...section("Credited back", report.creditedBack, ({ login, amountShannon, reason }) => [
      login,
      formatCoins(amountShannon),
      reason,
    ]),
    ...section(
      "Dropped, since a Go resolver had ended them",
      report.dropped,
      ({ login, amountShannon, reason }) => [
        login,
        formatCoins(amountShannon),
        reason,
      ],
    ),
    ...section("Held for an operator", report.held, ({ login, reason, since }) => [
      login,
      reason,
      sinceWhen(since),
    ]),
    ...section("In flight, left to the next run", report.inFlight, inFlightRow),
    ...section("Skipped", report.skipped, skippedRow),
    report.belowThreshold === 0 ? "" : `${miners(report.belowThreshold)} below the threshold.`,
    report.shortfallWei === 0n ? "" : shortfall(report.shortfallWei),
    ...report.attention.map((line) => `Needs an operator: ${oneLine(line)}`),
    report.stopped === null ? "" : `Stopped early: ${oneLine(stoppedBecause(report))}`,
  ];
  return parts.filter((part) => part !== "").join("\n");
}

/** What a run would do. */
export function describeDryRun(report: DryRunReport): string {
  const { wallet, totals } = report;
  const failed = report.checks.filter(({ ok }) => !ok);
  const parts = [
    `Wallet ${wallet.address} holds ${
      coinsOfWei(wallet.balanceWei)
    } coins, next nonce ${wallet.nonce}.`,
    `A run would pay ${formatCoins(totals.amountShannon)} coins to ${
      people(report.payees.length)
    } ` +
    `(fees at most ${coinsOfWei(totals.feeCeilingWei)} coins).`,
    ...section("Would be paid", report.payees, ({ login, amountShannon }) => [
      login,
      formatCoins(amountShannon),
    ]),
    ...section("Would be skipped", report.skipped, skippedRow),
    `${miners(totals.belowThreshold)} below the threshold.`,
    ...section("In flight", report.inFlight, inFlightRow),
    totals.shortfallWei === 0n ? "" : shortfall(totals.shortfallWei),
    ...failed.map(({ name, detail }) => `Check ${name} failed: ${oneLine(detail)}`),
    failed.length === 0 ? "All checks passed. Nothing was written." : "Nothing was written.",
  ];
  return parts.filter((part) => part !== "").join("\n");
}

/** An operator's own text may hold any number, or none. */
function sinceWhen(since: number): string {
  const date = new Date(since * 1000);
  if (since === 0 || Number.isNaN(date.getTime())) return "";
  return `since ${date.toISOString().slice(0, 16)}Z`;
}

function skippedRow({ login, amountShannon, reason }: Skipped): readonly string[] {
  return [
    login,
    amountShannon === null ? "?" : formatCoins(amountShannon),
    reason,
  ];
}

function inFlightRow({ login, amountShannon, nonce, txHash }: LeftInFlight): readonly string[] {
  return [
    login,
    formatCoins(amountShannon),
    nonce === null ? "" : `nonce ${nonce}`,
    txHash ?? "",
  ];
}

function stoppedBecause({ stopped }: RunReport): string {
  switch (stopped?.kind) {
    case "signal":
      return "a signal came; run again to go on";
    case "wait-limit":
      return "payouts.waitLimit reached; run again to go on";
    default:
      return stopped?.detail ?? "";
  }
}

function shortfall(shortfallWei: bigint): string {
  return `The wallet lacks ${coinsOfWei(shortfallWei)} coins to pay everyone, fees included.`;
}

function coinsOfWei(amountWei: bigint): string {
  return formatCoins(shannonCovering(amountWei));
}

function people(count: number): string {
  return count === 1 ? "1 payee" : `${count} payees`;
}

function miners(count: number): string {
  return count === 1 ? "1 miner" : `${count} miners`;
}
