/**
 * What an earlier payer left behind: debits without an end, locks, and rows that make no sense.
 *
 * @module
 */

import type { Difference } from "../table.ts";
import {
  both,
  ENDS,
  EXIT_3,
  EXIT_3_NOT_2,
  GUESSED,
  held,
  LOCK_KEPT,
  PAID_INSTEAD,
  PAYEE,
  PAYMENT,
  rows,
  WITHOUT_EVIDENCE,
} from "./lines.ts";

const UNKNOWN_HASH = `0x${"ab".repeat(32)}`;
const LOCK_TAKEN_OVER =
  "eth:payments:lock: 0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa11ce9:700000000 → nothing";
const I1 = ["i1-leftover-pending-no-nonce", "open-ethereum-pool/i1-leftover-pending-no-nonce"];

/** Rows of the table about what is left over. */
export const leftovers: readonly Difference[] = [
  {
    recordings: I1,
    stage: "resolve",
    reason: GUESSED,
    lines: [
      ...both(PAYEE, "balance: 600000000 → 0", "pending: 0 → 600000000"),
      held(PAYEE, WITHOUT_EVIDENCE),
      LOCK_KEPT,
      `eth:payments:pending ${PAYEE}:600000000: nothing → 1700000000`,
    ],
  },
  {
    recordings: I1,
    stage: "restart",
    reason: "What was held stays held until an operator has looked; the Go payer pays it again.",
    lines: [
      "chain transactions: 1 → 0",
      ...both(PAYEE, "paid: 600000000 → nothing", "pending: 0 → 600000000"),
      ...rows(PAYMENT, "<ts> → nothing"),
      held(PAYEE, WITHOUT_EVIDENCE),
      LOCK_KEPT,
      `eth:payments:pending ${PAYEE}:600000000: nothing → 1700000000`,
      EXIT_3,
    ],
  },
  {
    recordings: ["i2-leftover-pending-with-hash-no-nonce"],
    stage: "resolve",
    reason: GUESSED,
    lines: [
      ...both(PAYEE, "paid: 600000000 → nothing", "pending: 0 → 600000000"),
      ...rows({ ...PAYMENT, tx: UNKNOWN_HASH }, "<ts> → nothing"),
      held(PAYEE, WITHOUT_EVIDENCE),
      LOCK_KEPT,
      `eth:payments:pending ${PAYEE}:600000000: nothing → 1700000000`,
      `eth:payments:pendingtx ${PAYEE}:600000000: nothing → ${UNKNOWN_HASH}`,
      EXIT_3,
    ],
  },
  malformed({ stage: "run" }),
  malformed({ stage: "resolve" }),
  malformed({ stage: "resolve", alone: true }),
  {
    recordings: ["open-ethereum-pool/d-lock-held-at-start"],
    stage: "resolve",
    reason: "RESOLVE_PAYOUT takes a dead payer's lock over, also where no pending entry stands " +
      "beside it; the older payer exits with the lock in place.",
    lines: [
      LOCK_TAKEN_OVER,
      "process: exit code 2 → exit code 0",
    ],
  },
  {
    recordings: ["open-ethereum-pool/d-lock-held-at-start"],
    stage: "restart",
    reason: "The lock was taken over in the stage before, so miners are paid again.",
    lines: [
      ...PAID_INSTEAD,
      LOCK_TAKEN_OVER,
      "process: exit code 2 → exit code 0",
    ],
  },
  {
    recordings: [
      "open-ethereum-pool/d-lock-held-at-start",
      "open-ethereum-pool/i1-leftover-pending-no-nonce",
    ],
    stage: "run",
    reason: "Both end at the other payer's lock; exit code 2 is for usage and config, 3 asks for " +
      "an operator.",
    lines: [EXIT_3_NOT_2],
  },
  {
    recordings: ["open-ethereum-pool/d-lock-held-at-start"],
    stage: "restart",
    alone: true,
    reason: "As in the first stage: both end at the other payer's lock.",
    lines: [EXIT_3_NOT_2],
  },
  {
    recordings: ["open-ethereum-pool/i1-leftover-pending-no-nonce"],
    stage: "resolve",
    reason:
      "The older payer exits with 2 when it has credited back; what is held needs an operator.",
    lines: [EXIT_3_NOT_2],
  },
  { recordings: ["i1-leftover-pending-no-nonce"], stage: "resolve", reason: ENDS, lines: [EXIT_3] },
];

function malformed(at: Pick<Difference, "stage" | "alone">): Difference {
  return {
    recordings: ["i4-malformed-pending-member"],
    ...at,
    reason:
      "A pending member without an amount is named, its payee is not paid before an operator " +
      "has looked, and the lock keeps Go payers out; the Go payer panics.",
    lines: [LOCK_KEPT, EXIT_3_NOT_2],
  };
}
