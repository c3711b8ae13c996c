/**
 * The report of a run, from where it stands.
 *
 * @module
 */

import { attemptHashes } from "../domain/payment.ts";
import type { LeftInFlight, RunReport } from "../domain/report.ts";
import type { Run } from "./run.ts";

/** What a run did, and what it left. */
export function reportOf(run: Run): RunReport {
  const { results } = run;
  const inFlight = [...run.inFlight.values()].map(({ payment }) => payment);
  const notReached = run.queue.map(({ login, amountShannon }) => ({
    login,
    amountShannon,
    reason: "not-reached" as const,
  }));
  return {
    paid: results.paid,
    creditedBack: results.creditedBack,
    dropped: results.dropped,
    held: [...results.held.values()],
    inFlight: [...inFlight, ...results.parked].map((payment): LeftInFlight => ({
      login: payment.login,
      amountShannon: payment.amountShannon,
      nonce: payment.nonce,
      txHash: attemptHashes(payment).at(-1) ?? null,
    })),
    skipped: [...results.skipped, ...notReached],
    belowThreshold: results.belowThreshold,
    feesWei: results.feesWei,
    shortfallWei: results.shortfallWei,
    stopped: run.stopped,
    words: results.words,
    attention: results.attention,
  };
}
