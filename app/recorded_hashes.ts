/**
 * Transactions that stand for a payment already, in any row or record: none may stand for another.
 *
 * @module
 */

import { MAX_EXPLAINED } from "../domain/continuity.ts";
import { attemptHashes, type Payment } from "../domain/payment.ts";
import type { Looking } from "./run.ts";

/**
 * The hashes of the newest rows of `P:payments:all`, whosever they are, and of every attempt in
 * flight but those of one payment itself. One transaction pays one debt, also where two logins spell one address.
 */
export async function recordedHashes(
  run: Looking,
  besides?: Payment,
): Promise<ReadonlySet<string>> {
  const rows = await run.ports.ledger.newestPaid(MAX_EXPLAINED);
  const attempts = [...run.inFlight.values()]
    .flatMap(({ payment }) => payment === besides ? [] : attemptHashes(payment));
  return new Set([...rows.map(({ hash }) => hash.toLowerCase()), ...attempts]);
}
