/**
 * The table of differences: where Paydirt leaves something else than the Go payers, and why that is
 * better. Whatever stands in no row is the same, to the last key.
 *
 * @module
 */

import { contracts } from "./differences/contracts.ts";
import { cutsAndKills } from "./differences/cuts_and_kills.ts";
import { ends } from "./differences/ends.ts";
import { leftovers } from "./differences/leftovers.ts";
import { logins } from "./differences/logins.ts";
import { lostSends } from "./differences/lost_sends.ts";
import { signals } from "./differences/signals.ts";
import type { Table } from "./table.ts";

const WALLET = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";

/** The whole table. */
export const TABLE: Table = {
  everywhere: [
    {
      line: "process: still running → exit code 0",
      seenIn: "a-thresholds",
      reason:
        "A run ends when its payments are final, and cron or a timer starts the next; the Go " +
        "payer waits for its interval.",
    },
    ...[["eth", "a-thresholds"], ["etc", "a2-fixed-gas-and-bgsave"]].flatMap((
      [prefix = "", seenIn = ""],
    ) => [
      {
        line: `${prefix}:payments:nonces ${WALLET}: nothing → <transactions of the wallet>`,
        seenIn,
        reason:
          "Paydirt's own key says which nonce comes next, so that no nonce is used twice and " +
          "a restored ledger is noticed.",
      },
      ...["run_id: nothing → <run_id of Redis>", "window: nothing → <payouts.maxInFlight>"].map((
        line,
      ) => ({
        line: `${prefix}:payments:server ${line}`,
        seenIn,
        reason:
          "Paydirt's own key says which server process it wrote to last, so that one that may " +
          "have lost writes is noticed.",
      })),
    ]),
  ],
  differences: [
    ...contracts,
    ...logins,
    ...leftovers,
    ...ends,
    ...lostSends,
    ...cutsAndKills,
    ...signals,
  ],
};
