/**
 * Makes what was committed durable, before any of it is sent.
 *
 * @module
 */

import type { Payment } from "../domain/payment.ts";
import type { Run } from "./run.ts";

/**
 * Resolves when these payments, with all their attempts, survive a ledger that loses its last
 * writes. After a rejection nothing of them may be sent; the next run takes them up.
 *
 * @throws {Fault} `journal`, `ledger-not-durable`, and as a commit.
 */
export async function makeDurable(run: Run, payments: readonly Payment[]): Promise<void> {
  const { durability } = run.policy;
  if (payments.length === 0) return;
  if (durability.kind === "journal") await run.ports.localJournal.append(payments);
  else await run.fence.persist(durability);
}
