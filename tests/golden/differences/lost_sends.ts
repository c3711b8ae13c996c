/**
 * Sends that are lost, unanswered or refused (`e*`), and what the Go payer left of them.
 *
 * @module
 */

import type { Difference } from "../table.ts";
import {
  EMPTY_HASH,
  FINDS_OUT,
  LEFT_IN_FLIGHT,
  PAID_ALREADY,
  SENT_AGAIN,
  TAKEN_UP,
} from "./interrupted.ts";
import {
  change,
  CREDITED_BACK,
  halted,
  heldForOperator,
  inFlight,
  type LedgerState,
  OUR_TX,
  paid,
} from "./ledgers.ts";
import { ENDS, EXIT_1, EXIT_3, GUESSED } from "./lines.ts";
import { goesOn, isStopped } from "./ways.ts";

const E1 = "e1-send-answer-lost-tx-mined";
const E2 = "e2-send-lost-before-node";
const E3 = "e3-send-answer-lost-tx-in-mempool";
const E4 = "e4-send-refused-by-node";
const E6 = "e6-zero-hash-from-node";

const PAID = paid("<tx:1>");
const PAID_WITHOUT_HASH = paid("");
const UNSENT = { nextNonce: "1" };

const minedUnheard: readonly Difference[] = [
  { recordings: goesOn(E1), stage: "run", reason: FINDS_OUT, lines: change(halted(), PAID) },
  ...stoppedRun(E1, "run", { from: halted(), tx: "<tx:1>" }),
  {
    recordings: [...goesOn(E1), ...isStopped(E1)],
    stage: "restart",
    reason: TAKEN_UP,
    lines: change(halted(), PAID),
  },
  ...["resolve", "restart after resolve", "cron starts it again"].map((stage) => ({
    recordings: [...goesOn(E1), ...isStopped(E1)],
    stage,
    reason: EMPTY_HASH,
    lines: change(PAID_WITHOUT_HASH, PAID),
  })),
  { recordings: [E1], stage: "restart", alone: true, reason: ENDS, lines: [EXIT_3] },
  {
    recordings: [E1],
    stage: "resolve",
    alone: true,
    reason: EMPTY_HASH,
    lines: change(PAID_WITHOUT_HASH, PAID),
  },
  {
    recordings: [E1],
    stage: "restart after resolve",
    alone: true,
    reason:
      "A row with an empty hash does not show which transaction it was: before its first debit " +
      "Paydirt asks an operator whether the wallet's last one paid a miner of this pool.",
    lines: [EXIT_3],
  },
];

const neverSent: readonly Difference[] = [
  { recordings: goesOn(E2), stage: "run", reason: FINDS_OUT, lines: change(halted(), PAID) },
  {
    recordings: goesOn(E2),
    stage: "resolve",
    reason: PAID_ALREADY,
    lines: change(CREDITED_BACK, PAID),
  },
  ...stoppedRun(E2, "run", { from: halted(), tx: "<tx:1>", state: UNSENT }),
  {
    recordings: isStopped(E2),
    stage: "resolve",
    reason: SENT_AGAIN,
    lines: [...change(CREDITED_BACK, inFlight("<tx:1>")), EXIT_1],
  },
  ...heldAlone(E2, { nonce: "0" }),
];

const inMempool: readonly Difference[] = [
  ...stoppedRun(E3, "run", { from: halted(), tx: "<tx:1>" }),
  ...stoppedRun(E3, "resolve while in the mempool", { from: halted(), tx: "<tx:1>" }),
  ...["resolve after a block was mined", "cron starts it again"].map((stage) => ({
    recordings: isStopped(E3),
    stage,
    reason: EMPTY_HASH,
    lines: change(PAID_WITHOUT_HASH, PAID),
  })),
  {
    recordings: [E3],
    stage: "resolve while in the mempool",
    alone: true,
    reason:
      "Both leave the payment alone while its transaction waits. Paydirt took the lock over on " +
      "the operator's word, keeps Go payers out with it, and exits with 3.",
    lines: [...change(halted(), { ...halted(), lock: "paydirt:<run>" }), EXIT_3],
  },
  {
    recordings: [E3],
    stage: "resolve after a block was mined",
    alone: true,
    reason: EMPTY_HASH,
    lines: change(PAID_WITHOUT_HASH, PAID),
  },
];

const zeroHash: readonly Difference[] = [
  {
    recordings: goesOn(E6),
    stage: "run",
    reason: `${FINDS_OUT} The zero hash ended its debits, hence exit code 1: the payment itself ` +
      "was sent again, and taken.",
    lines: [...change(halted(), paid(OUR_TX)), EXIT_1],
  },
  {
    recordings: goesOn(E6),
    stage: "resolve",
    reason: PAID_ALREADY,
    lines: change(CREDITED_BACK, paid(OUR_TX)),
  },
  ...stoppedRun(E6, "run", { from: halted(), tx: OUR_TX, state: UNSENT }),
  {
    recordings: isStopped(E6),
    stage: "resolve",
    reason: SENT_AGAIN,
    lines: [...change(CREDITED_BACK, inFlight(OUR_TX)), EXIT_1],
  },
  {
    recordings: [...goesOn(E6), ...isStopped(E6)],
    stage: "cron starts it again",
    reason: PAID_ALREADY,
    lines: change(
      { ...CREDITED_BACK, transactions: "0" },
      { ...paid(OUR_TX), transactions: "1" },
    ),
  },
  ...heldAlone(E6, { nonce: "0" }),
];

/** Rows of the table about sends. */
export const lostSends: readonly Difference[] = [
  ...minedUnheard,
  ...neverSent,
  ...inMempool,
  ...refused(),
  ...zeroHash,
];

/** What a stage leaves whose run was stopped, with signed bytes ahead and without. */
function stoppedRun(
  recording: string,
  stage: string,
  { from, tx, state = {} }: {
    readonly from: LedgerState;
    readonly tx: string;
    readonly state?: Partial<LedgerState>;
  },
): readonly Difference[] {
  const [ahead, without] = isStopped(recording);
  const row = (name: string, known: string | undefined): Difference => ({
    recordings: [name],
    stage,
    reason: LEFT_IN_FLIGHT,
    lines: [...change(from, inFlight(known, state)), EXIT_1],
  });
  return [row(ahead, tx), row(without, undefined)];
}

/** The Go payer's debit, when Paydirt resolves it. */
function heldAlone(recording: string, noted: { readonly nonce?: string }): readonly Difference[] {
  return [
    {
      recordings: [recording],
      stage: "resolve",
      alone: true,
      reason: GUESSED,
      lines: [...change(CREDITED_BACK, heldForOperator(noted)), EXIT_3],
    },
  ];
}

/** Two payees: the node refuses the send to the first one, and the Go payer never reaches the second. */
function refused(): readonly Difference[] {
  const SECOND = "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa11ce2";
  const [bytes, noBytes] = isStopped(E4);
  const row = { login: SECOND, amount: "700000000" };
  const tx = `<tx to ${SECOND}: 700000000>`;
  const and = (state: LedgerState, second: LedgerState): LedgerState => ({
    ...state,
    money: { ...state.money, ...second.money },
    waiting: [...state.waiting ?? [], ...second.waiting ?? []],
    paid: [...state.paid ?? [], ...second.paid ?? []],
  });
  const owed: LedgerState = { money: { [SECOND]: { balance: "700000000" } } };
  const secondPaid: LedgerState = {
    money: { [SECOND]: { balance: "0", pending: "0", paid: "700000000" } },
    paid: [{ ...row, tx }],
  };
  const secondInFlight: LedgerState = {
    money: { [SECOND]: { balance: "0", pending: "700000000" } },
    waiting: [{ ...row, nonce: "1", tx, record: "<pay at nonce 1>" }],
  };
  const [goHalted, goCredited] = [and(halted(), owed), and(CREDITED_BACK, owed)];
  const allPaid = and(paid(OUR_TX), secondPaid);
  const allInFlight = and(inFlight(OUR_TX, { nextNonce: "2" }), secondInFlight);
  return [
    {
      recordings: goesOn(E4),
      stage: "run",
      reason: `${FINDS_OUT} One payment that is refused stops no other.`,
      lines: change(goHalted, allPaid),
    },
    {
      recordings: goesOn(E4),
      stage: "resolve",
      reason: PAID_ALREADY,
      lines: change(goCredited, allPaid),
    },
    {
      recordings: [bytes],
      stage: "run",
      reason: LEFT_IN_FLIGHT,
      lines: [...change(goHalted, allInFlight), EXIT_1],
    },
    {
      recordings: [noBytes],
      stage: "run",
      reason: LEFT_IN_FLIGHT,
      lines: [...change(goHalted, and(inFlight(undefined, UNSENT), owed)), EXIT_1],
    },
    {
      recordings: [bytes],
      stage: "resolve",
      reason: SENT_AGAIN,
      lines: [
        ...change(goCredited, and(inFlight(OUR_TX), secondInFlight)),
        EXIT_1,
      ],
    },
    {
      recordings: [noBytes],
      stage: "resolve",
      reason: SENT_AGAIN,
      lines: [...change(goCredited, and(inFlight(OUR_TX), owed)), EXIT_1],
    },
    {
      recordings: [...goesOn(E4), ...isStopped(E4)],
      stage: "cron starts it again",
      reason: PAID_ALREADY,
      lines: change({ ...goCredited, transactions: "0" }, { ...allPaid, transactions: "2" }),
    },
    {
      recordings: [E4],
      stage: "resolve",
      alone: true,
      reason: GUESSED,
      lines: [...change(goCredited, and(heldForOperator(), owed)), EXIT_3],
    },
  ];
}
