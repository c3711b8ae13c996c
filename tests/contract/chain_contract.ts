/**
 * What every chain adapter promises, and what all nodes share.
 *
 * @module
 */

import type { ChainHarness } from "./chain_harness.ts";
import { chainReadingTests } from "./chain_reading_tests.ts";
import { chainSendingTests } from "./chain_sending_tests.ts";

/** Registers the contract's tests for one adapter. */
export function chainContract(name: string, makeHarness: () => Promise<ChainHarness>): void {
  function test(behaviour: string, run: (harness: ChainHarness) => Promise<void>): void {
    Deno.test(`${name}: ${behaviour}`, async () => {
      await using harness = await makeHarness();
      await run(harness);
    });
  }

  chainReadingTests(test);
  chainSendingTests(test);
}
