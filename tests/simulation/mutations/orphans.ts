/**
 * Bugs of what a Go resolver took away behind our back.
 *
 * @module
 */

import type { Mutation } from "./mutation.ts";

/** Bugs of what a Go resolver took away behind our back. */
export const ORPHANS: readonly Mutation[] = [
  {
    name: "an orphan's login is planned",
    file: "domain/leftovers.ts",
    find: "...leftovers.orphans.map(({ login }) => login),",
    replace: "",
  },
  {
    name: "an orphan is forgotten before its end is final",
    file: "domain/decide_orphan.ts",
    find: 'if (newest.kind === "cancel") return plain;',
    replace:
      'return { kind: "drop", reason: "cancelled", hash: null, hold: null, stranger: null };',
  },
  {
    name: "an orphan that was paid and credited back is forgotten",
    file: "domain/decide_orphan.ts",
    find: "return flight.orphan?.recorded",
    replace: "return flight.orphan !== null",
  },
  {
    name: "an orphan's cancel is not durable again after a crash",
    file: "app/recover.ts",
    find: "[...sure, ...leftovers.orphans]",
    replace: "sure",
    test: "tests/simulation/orphans_test.ts",
  },
  {
    name: "a row that a Go payer debited anew is taken for ours",
    file: "domain/leftovers.ts",
    find: "rows.get(key)?.at === decoded.payment.debitedAt",
    replace: "rows.has(key)",
    test: "tests/simulation/orphans_test.ts",
  },
  {
    name: "an orphan's record is overwritten",
    file: "domain/expectation.ts",
    find: `    { kind: "journal", key, record: null },
`,
    replace: "",
    test: "tests/contract/ledger_memory_test.ts",
  },
];
