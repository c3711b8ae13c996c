/**
 * Logins that are no address, or hardly one, and balances that are nothing.
 *
 * @module
 */

import type { Difference } from "../table.ts";
import {
  both,
  EXIT_3,
  GUESSED,
  held,
  LOCK_KEPT,
  PAYEE,
  PAYMENT,
  rows,
  WITHOUT_EVIDENCE,
} from "./lines.ts";

const MIXED_CASE = "0xaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAaAa11Ce2";

/** Rows of the table about logins and balances. */
export const logins: readonly Difference[] = [
  ...noAddress("h2-invalid-login-not-hex", "not-an-address"),
  ...noAddress("h3-invalid-login-short", "0x1234"),
  ...noAddress("h4-empty-login", ""),
  {
    recordings: ["h1-upper-and-mixed-case-logins"],
    stage: "run",
    reason:
      "A mixed-case login with a wrong EIP-55 checksum is a typing error and skipped; the Go " +
      "payer sends coins to whoever owns the mistyped address.",
    lines: [
      "chain 0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa11ce2: 800000000000000000 Wei → 0 Wei",
      "chain transactions: 3 → 2",
      "eth:finances balance: 0 → 800000000",
      "eth:finances paid: 2100000000 → 1300000000",
      `eth:miners:${MIXED_CASE} balance: 0 → 800000000`,
      `eth:miners:${MIXED_CASE} paid: 800000000 → nothing`,
      `eth:miners:${MIXED_CASE} pending: 0 → nothing`,
      ...rows({ tx: "<tx:2>", login: MIXED_CASE, amount: "800000000" }, "<ts> → nothing"),
    ],
  },
  {
    recordings: ["h5-zero-and-negative-balance"],
    stage: "threshold -1",
    reason: "Who is owed nothing is not paid whatever the threshold; the Go payer pays gas for a " +
      "transfer of nothing.",
    lines: [
      "chain transactions: 1 → 0",
      ...both(PAYEE, "paid: 0 → nothing", "pending: 0 → nothing"),
      ...rows({ ...PAYMENT, amount: "0" }, "<ts> → nothing"),
    ],
  },
];

/** The Go payers debit a login that is no address, and halt at it in every run. */
function noAddress(recording: string, login: string): readonly Difference[] {
  const row = `${login}:600000000`;
  const recordings = [recording];
  // "pending" is missing where nobody ever credited back, and 0 where a Go payer did.
  const skipped = (pending: "nothing" | "0"): Pick<Difference, "reason" | "lines"> => ({
    reason: "A login that is no address is skipped before anything is debited, and stops nobody; " +
      "the Go payer debits it, keeps the lock, and pays nobody any more.",
    lines: [
      ...both(login, "balance: 0 → 600000000", `pending: 600000000 → ${pending}`),
      `eth:payments:lock: ${row} → nothing`,
      `eth:payments:pending ${row}: <ts> → nothing`,
      `eth:payments:pendingnonce ${row}: 0 → nothing`,
    ],
  });
  return [
    { recordings, stage: "run", ...skipped("nothing") },
    {
      recordings,
      stage: "resolve",
      reason: "Nothing was debited, so there is nothing to credit back.",
      lines: both(login, "pending: 0 → nothing"),
    },
    {
      recordings,
      stage: "resolve",
      alone: true,
      reason: GUESSED,
      lines: [
        ...both(login, "balance: 600000000 → 0", "pending: 0 → 600000000"),
        held(login, WITHOUT_EVIDENCE),
        LOCK_KEPT,
        `eth:payments:pending ${row}: nothing → <ts>`,
        `eth:payments:pendingnonce ${row}: nothing → 0`,
        EXIT_3,
      ],
    },
    { recordings, stage: "restart", ...skipped("nothing") },
    { recordings, stage: "restart", alone: true, ...skipped("0") },
  ];
}
