/**
 * Bugs of what is done about a ledger that lost writes.
 *
 * @module
 */

import type { Mutation } from "./mutation.ts";

/** Bugs of what is done about a ledger that lost writes. */
export const LOST_WRITES: readonly Mutation[] = [
  {
    name: "the local journal is not compared with the ledger",
    file: "domain/continuity.ts",
    find: "filter((nonce) => nonce >= (ledgerNext ?? 0));",
    replace: "filter(() => false);",
    test: "tests/simulation/lost_writes_test.ts",
  },
  {
    name: "nothing is sealed after a loss of ledger and journal",
    file: "domain/continuity.ts",
    find: "if (noted === null || noted === server.runId) return false;",
    replace: "if (noted !== undefined) return false;",
    test: "tests/simulation/seal_test.ts",
  },
  {
    name: "a ledger that knows no nonce is restored from the journal alone",
    file: "domain/continuity.ts",
    find: "return highestNonce([...recorded].filter((nonce) => nonce < firstJournalled)) + 1;",
    replace: "return journalled.size > 0 ? firstJournalled : highestNonce(recorded) + 1;",
    test: "tests/simulation/lost_writes_test.ts",
  },
  {
    name: "a forgotten payment gets no row",
    file: "domain/effect.ts",
    find: '...move(transition.debt, "balance", "paid"),\n        putPaid(transition),',
    replace: '...move(transition.debt, "balance", "paid"),',
  },
  {
    name: "a forgotten payment is passed over",
    file: "domain/restoration.ts",
    find: 'return { kind: "adopt", nonce, debt, transaction };',
    replace: 'return debt.amountShannon < 0n ? unclear(nonce, "") : pass("it was nothing");',
  },
  {
    name: "what a ledger of another past has in flight is sent",
    file: "app/recover.ts",
    find: "track(run, { ...fresh(payment), contested });",
    replace: "track(run, fresh(payment));",
    test: "tests/simulation/another_past_test.ts",
  },
  {
    name: "what shows that others are contested ends before they are cancelled",
    file: "domain/decide_contested.ts",
    find: "isEnd(plain) && !areCancelled ? wait(",
    replace: "isEnd(plain) && areCancelled && !areCancelled ? wait(",
    test: "tests/simulation/another_past_test.ts",
  },
  {
    name: "the same payee and amount is the same payment",
    file: "domain/payment.ts",
    find: "return `${nonce} ${paymentKey(payment)} ${debitedAt} ${head.hash}`;",
    replace: "return `${nonce} ${paymentKey(payment)} ${debitedAt && head && 0}`;",
    test: "tests/simulation/another_past_test.ts",
  },
  {
    name: "only the newest rows say what was paid",
    file: "app/plan_restoration.ts",
    find: "standing[index] ? [nonce] : []",
    replace: "[]",
    test: "tests/simulation/lost_writes_test.ts",
  },
  {
    name: "nonces are used up though nothing can be lost",
    file: "domain/continuity.ts",
    find: "if (noted === null || noted === server.runId) return false;",
    replace: "if (noted === null) return false;",
  },
  {
    name: "a run that refused empties the local journal",
    file: "app/run_payouts.ts",
    find: "return isContinuous && inFlight",
    replace: "return (isContinuous || true) && inFlight",
    test: "tests/simulation/lost_writes_test.ts",
  },
];
