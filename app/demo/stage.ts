/**
 * What the demo plays on: a ledger, a journal and a chain that outlive the runs on them.
 *
 * @module
 */

import { getAddress } from "ethers/address";
import { VirtualClock } from "../../adapters/memory/clock.ts";
import { memoryLedger } from "../../adapters/memory/ledger.ts";
import { MemoryLedgerStore } from "../../adapters/memory/ledger_store.ts";
import { MemoryJournal } from "../../adapters/memory/local_journal.ts";
import { systemClock } from "../../adapters/system/clock.ts";
import type { Policy } from "../../domain/policy.ts";
import type { Reporter } from "../../domain/ports/reporter.ts";
import type { RunPorts } from "../run.ts";
import { DEMO_WALLET, type DemoChain } from "./demo_chain.ts";
import {
  CONTRACTS,
  DEMO_PREFIX,
  DEMO_THRESHOLD,
  demoLedger,
  type DemoMiner,
  demoMiners,
} from "./demo_miners.ts";
import type { Power } from "./power_cut.ts";
import { type Books, readBooks, reconcile, type Reconciliation } from "./reconcile.ts";

/** The operator's decisions in the demo: a small window and few confirmations, to see more of it. */
export const DEMO_POLICY: Policy = {
  wallet: DEMO_WALLET,
  chainId: null,
  requirePeers: 0,
  thresholdShannon: DEMO_THRESHOLD,
  gas: { kind: "auto" },
  ceilingWei: null,
  tipWei: null,
  confirmations: 3,
  maxInFlight: 4,
  bumpAfterBlocks: 20,
  cancelAfterBlocks: 40,
  maxPaymentShannon: null,
  maxTotalShannon: null,
  durability: { kind: "journal" },
  waitLimitMs: 45_000,
};

/** The parts of the demo that no crash destroys. */
export interface Stage {
  readonly chain: DemoChain;
  readonly miners: readonly DemoMiner[];
  readonly store: MemoryLedgerStore;
  readonly journal: MemoryJournal;
  /** Leases lapse by it, so that nobody has to wait for it. */
  readonly leaseClock: VirtualClock;
  /** Ledger and chain before anything was paid. */
  readonly before: Books;
}

/** Fills the ledger, puts the contracts on the chain, and takes stock. */
export async function setStage(chain: DemoChain): Promise<Stage> {
  const miners = demoMiners();
  const store = new MemoryLedgerStore();
  store.seed(demoLedger(miners));
  await chain.setCode(CONTRACTS.accepts, "accepts");
  await chain.setCode(CONTRACTS.reverts, "reverts");
  const before = await readBooks(store.dump(), chain.chain, loginsOf(miners));
  const [journal, leaseClock] = [new MemoryJournal(), new VirtualClock()];
  return { chain, miners, store, journal, leaseClock, before };
}

/** The ports of one run on the stage. The power is its machine's. */
export function portsOn(stage: Stage, power: Power, report: Reporter): RunPorts {
  const { chain, store, journal, leaseClock } = stage;
  return {
    ledger: memoryLedger(store, { clock: leaseClock, prefix: DEMO_PREFIX, seam: power.seam }),
    chain: chain.chain,
    signer: chain.signer,
    localJournal: journal,
    clock: systemClock,
    report: power.mutes(report),
    checksum: getAddress,
    newRunId: () => crypto.randomUUID(),
  };
}

/** Compares ledger and chain as they are now with what they were. */
export async function prove({ chain, miners, store, before }: Stage): Promise<Reconciliation> {
  const logins = loginsOf(miners);
  const after = await readBooks(store.dump(), chain.chain, logins);
  return await reconcile({ before, after }, chain.chain, logins);
}

function loginsOf(miners: readonly DemoMiner[]): readonly string[] {
  return miners.map(({ login }) => login);
}
