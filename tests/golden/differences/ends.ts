/**
 * Runs that end without paying, and a node that cannot count its peers.
 *
 * @module
 */

import type { Difference } from "../table.ts";
import { ENDS, EXIT_1, EXIT_3, PAID_INSTEAD } from "./lines.ts";

/** Rows of the table about how runs end. */
export const ends: readonly Difference[] = [
  {
    recordings: ["j2-node-without-net-peercount"],
    stage: "run",
    reason:
      "With requirePeers 0 nobody asks for peers, so a node that cannot count them pays; the " +
      "Go payer never pays.",
    lines: PAID_INSTEAD,
  },
  {
    recordings: [
      "c-insufficient-funds",
      "d-lock-held-at-start",
      "d2-lock-taken-while-running",
      "i1-leftover-pending-no-nonce",
    ],
    stage: "run",
    reason: ENDS,
    lines: [EXIT_3],
  },
  {
    recordings: ["j1-too-few-peers", "open-ethereum-pool/j1-too-few-peers", "j3-account-locked"],
    stage: "run",
    reason: "A node that is not ready, or that does not sign, ends the run before anything is " +
      "written, and cron tries again; the Go payer idles until its next interval.",
    lines: [EXIT_1],
  },
];
