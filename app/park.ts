/**
 * Leaves payments to an operator.
 *
 * @module
 */

import { type Payment, paymentKey } from "../domain/payment.ts";
import type { Run } from "./run.ts";

/** Leaves a payment as it is in the ledger, says why, and goes on without it. */
export function park(run: Run, payment: Payment, why: string): void {
  run.inFlight.delete(paymentKey(payment));
  run.results.parked.push(payment);
  run.results.attention.push(why);
  run.ports.report({ kind: "trouble", detail: why });
}
