/**
 * Bugs of nonces, and of what is sent.
 *
 * @module
 */

import type { Mutation } from "./mutation.ts";

/** Bugs of nonces, and of what is sent. */
export const SENDING: readonly Mutation[] = [
  {
    name: "paid anew, with another nonce, after a time-out",
    file: "app/send.ts",
    find: "function noteAnswer(run: Run, flight: InFlight, answer: SendAnswer): void {",
    replace: `function noteAnswer(run: Run, flight: InFlight, answer: SendAnswer): void {
  if (answer.meaning === "unknown") {
    const { payment } = flight;
    run.inFlight.delete(paymentKey(payment));
    run.queue = [...run.queue, { ...payment, gas: newestAttempt(payment).gas }];
    const back = { kind: "credit-back" as const, debt: payment, payment, hold: null };
    void commitAll(run.fence, [back]).catch(() => {});
    return;
  }`,
  },
  {
    name: "a bump takes the next nonce",
    file: "app/sign.ts",
    find: "nonce: payment.nonce,",
    replace: "nonce: payment.nonce + payment.attempts.length - 1,",
  },
  {
    name: "a cancel pays",
    file: "app/sign.ts",
    find: 'const pays = attempt.kind === "pay";',
    replace: "const pays = attempt.kind !== undefined;",
  },
  {
    name: "what is still in flight at the end of a run is credited back",
    file: "app/run.ts",
    find: "  if (run.stopped !== null) return;",
    replace: `  if (run.stopped !== null) return;
  for (const { payment } of run.inFlight.values()) {
    const back = { kind: "credit-back" as const, debt: payment, payment, hold: null };
    void run.fence.commit([back]).catch(() => {});
  }`,
  },
  {
    name: "fees are never raised",
    file: "domain/decide.ts",
    find: "if (waited >= policy.bumpAfterBlocks &&",
    replace: "if ((false as boolean) &&",
  },
  {
    name: "the chain is not compared with the ledger",
    file: "domain/continuity.ts",
    find: "find((nonce) => !facts.recorded.has(nonce))",
    replace: "find(() => false)",
  },
  {
    name: "fees are raised above the ceiling",
    file: "domain/fees.ts",
    find: "if (raise(maxPriceWei(fees)) > ceilingWei) return undefined;",
    replace: "",
  },
];
