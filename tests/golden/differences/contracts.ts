/**
 * Payees that are contracts and refuse coins.
 *
 * @module
 */

import type { Difference } from "../table.ts";
import { LEFT_BY_THE_DEAD } from "./interrupted.ts";
import { change, halted, inFlight } from "./ledgers.ts";
import { both, EXIT_3, held, PAYEE, PAYMENT, rows } from "./lines.ts";
import { isKilled } from "./ways.ts";

const G3 = "g3-resolve-after-revert";
const [G3_KILLED] = isKilled(G3);

/** Rows of the table about contracts that revert. */
export const contracts: readonly Difference[] = [
  {
    recordings: ["g1-contract-reverts-autogas"],
    stage: "run",
    reason: "A contract whose gas estimate fails is skipped before anything is debited or sent; " +
      "the Go payer pays for a transaction that fails, and records it as paid.",
    lines: [
      "chain transactions: 1 → 0",
      ...both(PAYEE, "balance: 0 → 600000000", "paid: 600000000 → nothing", "pending: 0 → nothing"),
      ...rows(PAYMENT, "<ts> → nothing"),
    ],
  },
  {
    recordings: [
      "g2-contract-reverts-fixed-gas",
      "open-ethereum-pool/g2-contract-reverts-fixed-gas",
    ],
    stage: "run",
    reason:
      "A payment that reverted is credited back and its payee held; the Go payer records it " +
      "as paid.",
    lines: [
      ...both(PAYEE, "balance: 0 → 600000000", "paid: 600000000 → nothing"),
      ...rows(PAYMENT, "<ts> → nothing"),
      held(PAYEE, "reverted"),
      EXIT_3,
    ],
  },
  {
    recordings: [G3],
    stage: "resolve",
    alone: true,
    reason: "It is credited back as by the Go payer, and its payee is held besides: the next run " +
      "would only pay for the same failure again.",
    lines: [held(PAYEE, "reverted"), EXIT_3],
  },
  {
    recordings: [G3_KILLED],
    stage: "run",
    reason: LEFT_BY_THE_DEAD,
    lines: change(
      halted({ nonce: "0", tx: "<tx:1>" }),
      inFlight("<tx:1>", { lease: "paydirt:<run>" }),
    ),
  },
  ...["resolve", "cron starts it again"].map((stage) => ({
    recordings: [G3_KILLED],
    stage,
    reason: "The next run credits it back as the Go resolver does, and its payee is held besides.",
    lines: [
      held(PAYEE, "reverted"),
      stage === "resolve" ? EXIT_3 : "process: exit code 0 → exit code 3",
    ],
  })),
];
