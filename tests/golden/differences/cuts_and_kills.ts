/**
 * Processes that die and links to Redis that break (`f*`), and what the Go payer left after them.
 *
 * @module
 */

import type { Difference } from "../table.ts";
import {
  EMPTY_HASH,
  FINDS_OUT,
  LEFT_BY_THE_DEAD,
  LEFT_IN_FLIGHT,
  PAID_ALREADY,
  TAKEN_UP,
} from "./interrupted.ts";
import {
  change,
  CREDITED_BACK,
  halted,
  heldForOperator,
  inFlight,
  type LedgerState,
  LOCKED,
  OUR_TX,
  paid,
  UNTOUCHED,
} from "./ledgers.ts";
import { ENDS, EXIT_1, EXIT_3, GUESSED, PAYEE } from "./lines.ts";
import { isKilled } from "./ways.ts";

const F1 = "f1-crash-between-send-and-hash-record";
const F2 = "f2-crash-before-write-payment";
const F3 = "f3-crash-before-debit";
const F4 = "f4-crash-before-nonce-record";
const F5 = "f5-debit-answer-lost";
const F7 = "f7-lock-answer-lost";

const OURS = "paydirt:<run>";
const DEAD = { lease: OURS };
const [F1_AHEAD, F1_WITHOUT] = isKilled(F1);
const [F2_KILLED] = isKilled(F2);
const [F3_KILLED] = isKilled(F3);
const [F4_KILLED] = isKilled(F4);
const [F5_ON, F5_STOPPED] = [`${F5}, goes on`, `${F5}, is stopped`];
const [F7_ON, F7_STOPPED] = [`${F7}, goes on`, `${F7}, is stopped`];

const NOTHING_NOTED = halted({});
const HASH_NOTED = halted({ nonce: "0", tx: "<tx:1>" });

const sent: readonly Difference[] = [
  died(F1_AHEAD, halted(), inFlight("<tx:1>", DEAD)),
  died(F1_WITHOUT, halted(), inFlight(undefined, DEAD)),
  {
    recordings: isKilled(F1),
    stage: "restart",
    reason: TAKEN_UP,
    lines: change(halted(), paid("<tx:1>")),
  },
  ...["resolve", "cron starts it again"].map((stage) => ({
    recordings: isKilled(F1),
    stage,
    reason: EMPTY_HASH,
    lines: change(paid(""), paid("<tx:1>")),
  })),
  {
    recordings: [F1],
    stage: "resolve",
    alone: true,
    reason: EMPTY_HASH,
    lines: change(paid(""), paid("<tx:1>")),
  },
];

const mined: readonly Difference[] = [
  died(F2_KILLED, HASH_NOTED, inFlight("<tx:1>", DEAD)),
  {
    recordings: [F2_KILLED],
    stage: "restart",
    reason: TAKEN_UP,
    lines: change(HASH_NOTED, paid("<tx:1>")),
  },
];

const locked: readonly Difference[] = [
  died(F3_KILLED, LOCKED, { ...UNTOUCHED, ...DEAD, lock: OURS }),
  {
    recordings: [F7_ON],
    stage: "run",
    reason: FINDS_OUT,
    lines: change(LOCKED, paid(OUR_TX)),
  },
  {
    recordings: [F7_STOPPED],
    stage: "run",
    reason: "A run that is stopped before its first debit gives its lock back, and exits with 1: " +
      "run again. The Go payer takes its own lock for another's, and leaves it.",
    lines: [...change(LOCKED, UNTOUCHED), EXIT_1],
  },
  {
    recordings: [F3_KILLED, F7_ON, F7_STOPPED],
    stage: "restart",
    reason: TAKEN_UP,
    lines: change(LOCKED, paid(OUR_TX)),
  },
  {
    recordings: [F3_KILLED, F7_ON, F7_STOPPED],
    stage: "resolve",
    reason: PAID_ALREADY,
    lines: change(UNTOUCHED, paid(OUR_TX)),
  },
  {
    recordings: [F3_KILLED, F7_ON, F7_STOPPED],
    stage: "cron starts it again",
    reason: PAID_ALREADY,
    lines: change({ ...UNTOUCHED, transactions: "0" }, { ...paid(OUR_TX), transactions: "1" }),
  },
];

const debited: readonly Difference[] = [
  died(F4_KILLED, NOTHING_NOTED, inFlight(OUR_TX, { ...DEAD, nextNonce: "1" })),
  {
    recordings: [F5_ON],
    stage: "run",
    reason: FINDS_OUT,
    lines: change(NOTHING_NOTED, paid(OUR_TX)),
  },
  {
    recordings: [F5_STOPPED],
    stage: "run",
    reason: LEFT_IN_FLIGHT,
    lines: [...change(NOTHING_NOTED, inFlight(OUR_TX)), EXIT_1],
  },
  {
    recordings: [F4_KILLED, F5_ON, F5_STOPPED],
    stage: "restart",
    reason: TAKEN_UP,
    lines: change(NOTHING_NOTED, paid(OUR_TX)),
  },
  {
    recordings: [F4_KILLED, F5_ON, F5_STOPPED],
    stage: "resolve",
    reason: PAID_ALREADY,
    lines: change(CREDITED_BACK, paid(OUR_TX)),
  },
  {
    recordings: [F4_KILLED, F5_ON, F5_STOPPED],
    stage: "cron starts it again",
    reason: PAID_ALREADY,
    lines: change({ ...CREDITED_BACK, transactions: "0" }, { ...paid(OUR_TX), transactions: "1" }),
  },
  {
    recordings: [F5_ON, F5_STOPPED],
    stage: "cron starts it again",
    reason: PAID_ALREADY,
    lines: [`chain ${PAYEE}: 0 Wei → 600000000000000000 Wei`],
  },
  {
    recordings: [F4, F5],
    stage: "resolve",
    alone: true,
    reason: GUESSED,
    lines: [...change(CREDITED_BACK, heldForOperator({})), EXIT_3],
  },
];

/** Rows of the table about broken links and dead processes. */
export const cutsAndKills: readonly Difference[] = [
  ...sent,
  ...mined,
  ...locked,
  ...debited,
  {
    recordings: [F1, F2, F3, F4, F5, F7],
    stage: "restart",
    alone: true,
    reason: ENDS,
    lines: [EXIT_3],
  },
];

function died(name: string, recorded: LedgerState, found: LedgerState): Difference {
  return {
    recordings: [name],
    stage: "run",
    reason: LEFT_BY_THE_DEAD,
    lines: change(recorded, found),
  };
}
