/**
 * What earlier runs left, as text for people.
 *
 * @module
 */

import { describeRestored } from "../adapters/terminal/plain_log.ts";
import { formatCoins } from "../domain/money.ts";
import { oneLine } from "../domain/one_line.ts";
import { newestAttempt } from "../domain/payment.ts";
import { needsWord, type Restored } from "../domain/restoration.ts";
import type { Assessment } from "./assess.ts";
import { section } from "./text_table.ts";

/** What is unresolved, with what the ledger forgot. */
export interface Found extends Assessment {
  /** Nonce by nonce. */
  readonly forgotten: readonly Restored[];
}

/** Lists everything unresolved, or says that there is nothing. */
export function describeLeftovers({ leftovers, continuity, forgotten }: Found): string {
  const { payments, orphans, foreign, malformed, held, goLock } = leftovers;
  const parts = [
    goLock === null ? [] : [`A Go payer holds the lock: "${oneLine(goLock)}".`],
    section("Payments in flight", payments, (payment) => [
      payment.login,
      formatCoins(payment.amountShannon),
      `nonce ${payment.nonce}`,
      newestAttempt(payment).hash ?? "",
    ]),
    section("In our journal but not pending", orphans, (payment) => [
      payment.login,
      formatCoins(payment.amountShannon),
      `nonce ${payment.nonce}`,
    ]),
    section("Debited by a Go payer", foreign, ({ row, hash, nonce }) => [
      row.login,
      formatCoins(row.amountShannon),
      nonce === null ? "" : `nonce ${nonce}`,
      hash ?? "",
    ]),
    section("Pending rows that make no sense", malformed, (member) => [member]),
    section("Held for an operator", held, ({ login, reason }) => [login, reason]),
    section("Forgotten by the ledger", forgotten, (step) => [
      `nonce ${step.nonce}`,
      describeRestored(step),
      needsWord(step) ? "on your word (--adopt)" : "",
    ]),
    continuity.kind === "continuous"
      ? []
      : [oneLine(`${continuity.why}. Way out: ${continuity.wayOut}.`)],
  ].flat();
  return parts.length === 0 ? "Nothing to resolve." : parts.join("\n");
}
