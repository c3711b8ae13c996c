/**
 * One run: preflight, lock, leftovers, plan, pay, wait until final.
 *
 * @module
 */

import { Fault } from "../domain/fault.ts";
import type { Policy } from "../domain/policy.ts";
import type { Fence } from "../domain/ports/ledger.ts";
import type { RunReport } from "../domain/report.ts";
import { COMMIT_SIZE } from "./commit.ts";
import { walletHoldFor } from "./hold_wallet.ts";
import { keepLease, takeLock } from "./lock.ts";
import { newWatch } from "./observe.ts";
import { payAll } from "./pay_loop.ts";
import { demand, type Preflight, preflight } from "./preflight.ts";
import { reportOf } from "./report_of.ts";
import {
  hasSomethingToTell,
  type Run,
  type RunOptions,
  type RunPorts,
  type RunResults,
  stopDebits,
} from "./run.ts";
import { sealNonces, startRun } from "./start_run.ts";
import { openWindow } from "./window.ts";

/**
 * Pays everyone whom the plan names, and takes up what earlier runs left.
 *
 * Safe to run again after any end, also after a crash at any point.
 *
 * @example
 * ```ts ignore
 * const report = await runPayouts(ports, policy, { signal: AbortSignal.timeout(3_600_000) });
 * ```
 *
 * @throws {Fault} when the run cannot start or go on; what was sent is in the journal.
 */
export async function runPayouts(
  ports: RunPorts,
  policy: Policy,
  options: RunOptions = {},
): Promise<RunReport> {
  const before = await preflight(ports, policy);
  for (const { name, ok, detail } of before.checks) {
    ports.report({ kind: "checked", name, ok, detail });
  }
  demand(before.checks);
  if (policy.durability.kind === "journal") await ports.localJournal.prepare();
  const outside = options.signal ?? new AbortController().signal;
  const { overGoPayer } = options;
  const fence = await takeLock(ports, {
    signal: outside,
    ...(overGoPayer === undefined ? {} : { overGoPayer }),
  });
  try {
    await using heartbeat = keepLease(fence, ports);
    const signal = AbortSignal.any([outside, heartbeat.lost]);
    // Under the lock: between preflight and lock it may have come back as another, with an older copy.
    const server = await ports.ledger.server();
    const run = newRun({ ports, policy, options, before: { ...before, server }, fence, signal });
    await untilSignal(run, async () => {
      await startRun(run, options);
      await payAll(run, options);
      await sealNonces(run, options);
      if (heartbeat.lost.aborted) throw heartbeat.lost.reason;
    });
    if (isAllFinal(run)) await rotate(ports, policy);
    return reportOf(run);
  } finally {
    await leave(fence, ports);
  }
}

function newRun(
  from: {
    readonly ports: RunPorts;
    readonly policy: Policy;
    readonly options: RunOptions;
    readonly before: Preflight;
    readonly fence: Fence;
    readonly signal: AbortSignal;
  },
): Run {
  const { ports, policy, options, before, fence, signal } = from;
  return {
    ports,
    policy: { ...policy, ceilingWei: before.ceilingWei },
    identity: before.identity,
    server: before.server,
    fence,
    watch: newWatch(before.tip),
    signal,
    inFlight: new Map(),
    batchSize: options.batchSize ?? COMMIT_SIZE,
    queue: [],
    nextNonce: 0,
    isContinuous: false,
    toSeal: null,
    window: openWindow(policy.maxInFlight),
    nonceIsHonoured: ports.signer.kind === "bytes",
    stopped: null,
    results: noResults(),
  };
}

function noResults(): RunResults {
  return {
    paid: [],
    creditedBack: [],
    dropped: [],
    held: new Map(),
    newHolds: 0,
    parked: [],
    skipped: [],
    attention: [],
    words: [],
    explainedNonces: new Set(),
    feesWei: 0n,
    shortfallWei: 0n,
    belowThreshold: 0,
  };
}

/**
 * A signal in the middle of a scan ends the run as one that comes between two steps. A fault in the
 * middle ends it, too, with a report where there is something to show.
 */
async function untilSignal(run: Run, steps: () => Promise<void>): Promise<void> {
  try {
    await steps();
  } catch (error) {
    if (error instanceof Fault) return await endWithFault(run, error);
    if (!run.signal.aborted || error !== run.signal.reason) throw error;
    stopDebits(run, { kind: "signal" });
  }
}

async function endWithFault(run: Run, fault: Fault): Promise<void> {
  if (fault.kind === "ledger-broken") await holdWallet(run, fault);
  if (!hasSomethingToTell(run)) throw fault;
  run.stopped = { kind: "fault", fault: fault.kind, detail: fault.message };
}

/**
 * A debit that was applied by half may stand as a payment and as a balance: nobody is debited again
 * before an operator has mended it.
 */
async function holdWallet(run: Run, fault: Fault): Promise<void> {
  const { ports, fence, results } = run;
  const hold = walletHoldFor(run, fault.message);
  try {
    await fence.commit([{ kind: "hold", hold }]);
    results.held.set(hold.login, hold);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    ports.report({ kind: "trouble", detail: `Cannot hold the wallet: ${error.message}` });
  }
}

/** Whether everything in the local journal has ended: what the ledger forgot has not. */
function isAllFinal({ inFlight, results, isContinuous }: Run): boolean {
  return isContinuous && inFlight.size === 0 && results.parked.length === 0;
}

/** A journal that cannot be rotated only grows: what was done is reported all the same. */
async function rotate(
  { localJournal, report }: RunPorts,
  { durability }: Policy,
): Promise<void> {
  if (durability.kind !== "journal") return;
  try {
    await localJournal.rotate();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    report({ kind: "trouble", detail: error.message });
  }
}

/** Ends the lease, and the lock where nothing is unresolved. A lapsed lease does the same later. */
async function leave(fence: Fence, ports: RunPorts): Promise<void> {
  try {
    await fence.release();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    ports.report({
      kind: "trouble",
      detail: `Cannot release the lock, its lease will lapse: ${why}`,
    });
  }
}
