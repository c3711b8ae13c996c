/**
 * Makes what was committed durable, before any of it is sent.
 *
 * @module
 */

import type { Payment } from "../domain/payment.ts";
import type { Run } from "./run.ts";

/**
 * Resolves when these payments, with all their attempts, survive a ledger that loses its last
 * writes, and the lock is ours still. After a rejection nothing of them may be sent; the next run takes
 * them up.
 *
 * Whoever takes the lock reads the local journal afterwards. So either it finds these there, or this
 * run finds here that its lock is gone, and with it perhaps the debits.
 *
 * @throws {Fault} `journal`, `ledger-not-durable`, `fenced`, and as a commit.
 */
export async function makeDurable(run: Run, payments: readonly Payment[]): Promise<void> {
  const { durability } = run.policy;
  if (payments.length === 0) return;
  if (durability.kind !== "journal") return await run.fence.persist(durability);
  await run.ports.localJournal.append(payments);
  await run.fence.confirm();
}
