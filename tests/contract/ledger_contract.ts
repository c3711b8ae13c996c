/**
 * What every ledger does.
 *
 * @module
 */

import { ledgerCommitTests } from "./ledger_commit_tests.ts";
import type { LedgerHarness } from "./ledger_fixtures.ts";
import { ledgerLockTests } from "./ledger_lock_tests.ts";
import { ledgerManyTests } from "./ledger_many_tests.ts";
import { ledgerReaderTests } from "./ledger_reader_tests.ts";
import { ledgerRefusalTests } from "./ledger_refusal_tests.ts";

/** Holds an adapter of `Ledger` to its port. */
export function ledgerContract(name: string, openHarness: () => Promise<LedgerHarness>): void {
  function test(behaviour: string, run: (harness: LedgerHarness) => Promise<void>): void {
    Deno.test(`${name} ${behaviour}`, async () => {
      await using harness = await openHarness();
      await run(harness);
    });
  }

  ledgerReaderTests(test);
  ledgerLockTests(test);
  ledgerCommitTests(test);
  ledgerManyTests(test);
  ledgerRefusalTests(test);
}
