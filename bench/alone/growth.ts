/**
 * Pays on memory ports, again and again, and answers the processor time a payee of each try. Nothing
 * is waited for there, so on a machine that does nothing else it is the time itself.
 *
 * @module
 */

import {
  memoryChain,
  MemoryJournal,
  memoryLedger,
  MemoryLedgerStore,
  MemoryNode,
  memorySigner,
  VirtualClock,
} from "../../adapters/memory/mod.ts";
import { runPayouts } from "../../app/run_payouts.ts";
import { manyMiners } from "../../tests/support/pool.ts";
import { benchPolicy } from "../policy.ts";
import { answer, costSoFar } from "./answer.ts";

/** What is measured. */
export interface GrowthInput {
  /** How many are paid in one run. */
  readonly payees: number;
  /** How many runs are measured, each on a ledger of its own, after one that is not. */
  readonly tries: number;
}

/** One run with its own ledger and chain: microseconds of a processor a payee. */
async function payOnce(payees: number): Promise<number> {
  // Everything in flight at once, so that whatever looks at all of it shows.
  const policy = benchPolicy(payees);
  const clock = new VirtualClock();
  const store = new MemoryLedgerStore();
  // Half-full blocks at the most: a base fee that rises would replace payments.
  const gasLimit = BigInt(payees) * 21_000n * 4n + 30_000_000n;
  const node = new MemoryNode({ clock, mempoolLimit: Infinity, gasLimit });
  node.fund(policy.wallet, 10n ** 30n);
  node.mine(5);
  for (const { login, balance } of manyMiners(payees)) {
    store.addToField(`eth:miners:${login}`, "balance", balance);
    store.addToField("eth:finances", "balance", balance);
  }
  const before = costSoFar().cpuSeconds;
  let ended = false;
  const running = runPayouts({
    ledger: memoryLedger(store, { clock, prefix: "eth" }),
    chain: memoryChain(node),
    signer: memorySigner(policy.wallet),
    localJournal: new MemoryJournal(),
    clock,
    report: () => {},
    checksum: (address) => address,
    newRunId: () => "bench",
  }, policy).finally(() => ended = true);
  running.catch(() => {}); // Who called is told below.
  for (let second = 0; !ended && second < 3_600; second++) {
    await clock.advance(1_000);
    node.mine();
  }
  const { paid } = await running;
  if (paid.length !== payees) throw new Error(`Paid ${paid.length} of ${payees} payees`);
  return (costSoFar().cpuSeconds - before) * 1e6 / payees;
}

if (import.meta.main) {
  await answer(async ({ payees, tries }: GrowthInput): Promise<readonly number[]> => {
    await payOnce(1_000); // Compiles what is hot.
    const measured: number[] = [];
    for (let count = 0; count < tries; count++) measured.push(await payOnce(payees));
    return measured;
  });
}
