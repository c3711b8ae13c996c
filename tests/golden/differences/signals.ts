/**
 * Signals to end, between payees and while nothing is mined (`k*`).
 *
 * @module
 */

import type { Difference } from "../table.ts";
import { LEFT_IN_FLIGHT } from "./interrupted.ts";
import { change, type LedgerState, type Waiting } from "./ledgers.ts";
import { ENDS, EXIT_1, EXIT_3 } from "./lines.ts";
import { isStopped } from "./ways.ts";

const [K1] = isStopped("k1-sigterm-between-payees");
const LEFT = "k2-transaction-never-mined";
const [K2] = isStopped(LEFT);

const FIRST = { login: "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa11ce1", amount: "600000000" };
const SECOND = { login: "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa11ce2", amount: "700000000" };
const THIRD = { login: "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa11ce3", amount: "800000000" };

type Payee = typeof FIRST;

const owed = (payee: Payee) => ({ [payee.login]: { balance: payee.amount } });
const underWay = (payee: Payee) => ({ [payee.login]: { balance: "0", pending: payee.amount } });
const done = (payee: Payee) => ({
  [payee.login]: { balance: "0", pending: "0", paid: payee.amount },
});
const ours = (payee: Payee, nonce: number, tx: string): Waiting => ({
  ...payee,
  nonce: String(nonce),
  tx,
  record: `<pay at nonce ${nonce}>`,
});

const ALL_THREE_PAID: LedgerState = {
  money: { ...done(FIRST), ...done(SECOND), ...done(THIRD) },
  paid: [
    { ...FIRST, tx: "<tx:3>" },
    { ...SECOND, tx: "<tx:2>" },
    { ...THIRD, tx: "<tx:1>" },
  ],
};
const ONE_OF_THREE_SENT: LedgerState = {
  money: { ...underWay(FIRST), ...owed(SECOND), ...owed(THIRD) },
  waiting: [ours(FIRST, 0, "<tx:3>")],
  lock: "paydirt:<run>",
};
const ONE_OF_TWO_CALLED_PAID: LedgerState = {
  money: { ...owed(FIRST), ...done(SECOND) },
  paid: [{ ...SECOND, tx: "<tx:1>" }],
};
const BOTH_CALLED_PAID: LedgerState = {
  money: { ...done(FIRST), ...done(SECOND) },
  paid: [{ ...SECOND, tx: "<tx:1>" }, { ...FIRST, tx: "<tx:2>" }],
};
const BOTH_SENT: LedgerState = {
  money: { ...underWay(FIRST), ...underWay(SECOND) },
  waiting: [ours(FIRST, 0, "<tx:2>"), ours(SECOND, 1, "<tx:1>")],
  lock: "paydirt:<run>",
};

const FINAL_FIRST =
  "What is in no block is not called paid, however long it waits, and a signal ends the run at once; " +
  "the Go payer records the payment when it is sent, and heeds only a second signal.";

/** Rows of the table about signals. */
export const signals: readonly Difference[] = [
  {
    recordings: [K1],
    stage: "run",
    reason: `${LEFT_IN_FLIGHT} Nobody is debited after the signal; the Go payer pays everybody ` +
      "who is left before it heeds one.",
    lines: [
      ...change(ALL_THREE_PAID, ONE_OF_THREE_SENT),
      "process: exit code 0 → exit code 1",
    ],
  },
  {
    recordings: [K1],
    stage: "run",
    reason: "Paydirt's own key says how many payments may ride together: in this replay, one.",
    lines: ["eth:payments:server window: nothing → 1"],
  },
  {
    recordings: [K2],
    stage: "run",
    reason: FINAL_FIRST,
    lines: [...change(ONE_OF_TWO_CALLED_PAID, BOTH_SENT), EXIT_1],
  },
  {
    recordings: [K2],
    stage: "restart",
    reason: FINAL_FIRST,
    lines: [...change(BOTH_CALLED_PAID, BOTH_SENT), EXIT_1],
  },
  {
    recordings: [LEFT],
    stage: "restart",
    alone: true,
    reason: `${ENDS} Here the payment that the Go payer calls paid is in no block: nothing is ` +
      "debited behind it.",
    lines: [
      ...change(
        { ...BOTH_CALLED_PAID, transactions: "2" },
        { ...ONE_OF_TWO_CALLED_PAID, transactions: "1" },
      ),
      EXIT_3,
    ],
  },
];
