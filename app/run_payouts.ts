/**
 * One run: preflight, lock, leftovers, plan, pay, wait until final. The loop owns no rules: it
 * observes, asks the domain, and performs the answer.
 *
 * @module
 */

import type { Continuity } from "../domain/continuity.ts";
import { decide, type Facts } from "../domain/decide.ts";
import { Fault, type FaultKind } from "../domain/fault.ts";
import { attemptHashes } from "../domain/payment.ts";
import type { Policy } from "../domain/policy.ts";
import type { Fence } from "../domain/ports/ledger.ts";
import type { LeftInFlight, RunReport, StopReason } from "../domain/report.ts";
import { assess } from "./assess.ts";
import { commitAll } from "./commit.ts";
import { fillWindow } from "./fill_window.ts";
import { investigate } from "./investigate.ts";
import { keepLease, takeLock } from "./lock.ts";
import { makePlan } from "./make_plan.ts";
import { lookAtTip, newWatch, observe } from "./observe.ts";
import { perform } from "./perform.ts";
import { demand, type Preflight, preflight } from "./preflight.ts";
import { recover } from "./recover.ts";
import { type Run, type RunPorts, type RunResults, stopDebits } from "./run.ts";

/** What a run may do. */
export interface RunOptions {
  /** Ends the run soon: no new debit, and what is in flight is left to the next run. */
  readonly signal?: AbortSignal;
  /** Whether new debits are made; by default they are. */
  readonly debits?: boolean;
  /** Whether the run waits for what is in flight to be final; by default it does. */
  readonly wait?: boolean;
  /** The Go payer's lock that the operator saw, and spoke for. */
  readonly overGoPayer?: string;
  /** The operator's word that unknown transactions of the wallet paid no miner. */
  readonly adopt?: boolean;
}

/** How often the node is asked for a new head, in milliseconds. */
const POLL_MS = 500;

/** After how long without a new head everything in flight is looked at again, in milliseconds. */
const RESEND_MS = 30_000;

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
  const outside = options.signal ?? new AbortController().signal;
  const { overGoPayer } = options;
  const fence = await takeLock(ports, {
    signal: outside,
    ...(overGoPayer === undefined ? {} : { overGoPayer }),
  });
  try {
    await using heartbeat = keepLease(fence, ports);
    const signal = AbortSignal.any([outside, heartbeat.lost]);
    const run = newRun({ ports, policy, before, fence, signal });
    await untilSignal(run, async () => {
      await start(run, options);
      await payAll(run, options);
    });
    if (heartbeat.lost.aborted) throw heartbeat.lost.reason;
    if (run.inFlight.size === 0 && run.results.parked.length === 0) {
      await ports.localJournal.rotate();
    }
    return reportOf(run);
  } finally {
    await leave(fence, ports);
  }
}

function newRun(
  from: {
    readonly ports: RunPorts;
    readonly policy: Policy;
    readonly before: Preflight;
    readonly fence: Fence;
    readonly signal: AbortSignal;
  },
): Run {
  const { ports, policy, before, fence, signal } = from;
  return {
    ports,
    policy: { ...policy, ceilingWei: before.ceilingWei },
    identity: before.identity,
    fence,
    watch: newWatch(before.tip),
    signal,
    inFlight: new Map(),
    queue: [],
    nextNonce: 0,
    window: policy.maxInFlight,
    nonceIsHonoured: ports.signer.kind === "bytes",
    stopped: null,
    results: noResults(),
  };
}

function noResults(): RunResults {
  return {
    paid: [],
    creditedBack: [],
    held: new Map(),
    parked: [],
    skipped: [],
    attention: [],
    explainedNonces: new Set(),
    feesWei: 0n,
    shortfallWei: 0n,
    belowThreshold: 0,
  };
}

/** A signal that comes in the middle of a scan ends the run as one that comes between two steps. */
async function untilSignal(run: Run, steps: () => Promise<void>): Promise<void> {
  try {
    await steps();
  } catch (error) {
    if (error instanceof Fault || !run.signal.aborted || error !== run.signal.reason) throw error;
    stopDebits(run, { kind: "signal" });
  }
}

/** Under the lock: continuity, leftovers, plan. */
async function start(run: Run, options: RunOptions): Promise<void> {
  const { ports, policy, identity, watch } = run;
  await lookAtTip(run);
  const question = { policy, identity, tip: watch.tip };
  let assessment = await assess(ports, question);
  await recover(run, assessment.leftovers, assessment.journalled);
  // A Go payer's row that was resolved just now explains a nonce that nothing explained before.
  if (assessment.leftovers.foreign.length > 0) {
    const { explainedNonces } = run.results;
    assessment = await assess(ports, { ...question, explainedNonces });
  }
  const { leftovers, continuity } = assessment;
  const walletHold = leftovers.held.find(({ login }) => login === policy.wallet);
  if (walletHold !== undefined) return refuseDebits(run, "continuity", walletHold.reason);
  await takeNonce(run, continuity, options.adopt ?? false);
  if (!(options.debits ?? true) || run.stopped !== null) return;
  const { ceilingWei } = policy;
  const plan = await makePlan(ports, { policy, ceilingWei, tip: watch.tip, leftovers }, run.signal);
  run.results.skipped.push(...plan.skipped);
  run.results.belowThreshold = plan.belowThreshold;
  run.results.shortfallWei = plan.shortfallWei;
  if (plan.brokenLimit !== undefined) return refuseDebits(run, "circuit-breaker", plan.brokenLimit);
  run.queue = plan.covered;
  ports.report({
    kind: "planned",
    payees: plan.covered.length,
    amountShannon: plan.covered.reduce((sum, { amountShannon }) => sum + amountShannon, 0n),
    skipped: plan.skipped.length,
    belowThreshold: plan.belowThreshold,
  });
}

async function takeNonce(run: Run, continuity: Continuity, adopt: boolean): Promise<void> {
  if (continuity.kind === "broken" && (!adopt || continuity.adoptable === null)) {
    return refuseDebits(run, "continuity", `${continuity.why}. Way out: ${continuity.wayOut}`);
  }
  const next = continuity.kind === "broken" ? continuity.adoptable : continuity.next;
  const { from } = continuity;
  if (next === null) return;
  run.nextNonce = next;
  if (from === next) return;
  const { wallet } = run.policy;
  await commitAll(run.fence, [{ kind: "advance-nonce", wallet, from, to: next }]);
}

/**
 * No debit in this run. It goes on for payments in flight, and to its report where leftovers moved
 * money; otherwise it ends here.
 */
function refuseDebits(run: Run, kind: FaultKind & StopReason["kind"], detail: string): void {
  const { paid, creditedBack } = run.results;
  const hasSomethingToTell = run.inFlight.size > 0 || paid.length > 0 || creditedBack.length > 0;
  if (!hasSomethingToTell) throw new Fault(kind, `Not paying: ${detail}`);
  stopDebits(run, { kind, detail });
  run.results.attention.push(detail);
}

/** The loop: at each head observe, decide, perform, and fill the window again. */
async function payAll(run: Run, options: RunOptions): Promise<void> {
  const { clock } = run.ports;
  const deadline = clock.now() + run.policy.waitLimitMs;
  while (!isDone(run)) {
    await tolerateNode(run, async () => {
      if (run.inFlight.size > 0) await act(run, await observe(run));
      await fillWindow(run);
    });
    if (isDone(run) || options.wait === false) return;
    if (!run.signal.aborted) await nextHead(run, deadline);
    if (run.signal.aborted) return stopDebits(run, { kind: "signal" });
    if (clock.now() >= deadline) return stopDebits(run, { kind: "wait-limit" });
  }
}

function isDone(run: Run): boolean {
  return run.inFlight.size === 0 && (run.queue.length === 0 || run.stopped !== null);
}

async function act(run: Run, facts: Facts): Promise<void> {
  const { number } = run.watch.tip.head;
  const decided = decide([...run.inFlight.values()], facts, run.policy);
  const open = decided.flatMap(({ flight, verdict }) =>
    verdict.kind === "investigate" ? [flight] : []
  );
  if (open.length > 0) await investigate(run, open.map(({ payment }) => payment));
  await perform(
    run,
    open.length === 0 ? decided : decide([...run.inFlight.values()], facts, run.policy),
  );
  run.ports.report({ kind: "head", number, inFlight: run.inFlight.size });
}

/** Waits for another head, or for as long as it takes to look at everything again without one. */
async function nextHead(run: Run, deadline: number): Promise<void> {
  const { clock } = run.ports;
  const patience = Math.min(deadline, clock.now() + RESEND_MS);
  while (!run.signal.aborted && clock.now() < patience) {
    await clock.sleep(POLL_MS, run.signal);
    if (run.signal.aborted) return;
    let changed = false;
    await tolerateNode(run, async () => {
      changed = await lookAtTip(run);
    });
    if (changed) return;
  }
}

/** A node that does not answer now is asked again at the next head; nothing is concluded from it. */
async function tolerateNode(run: Run, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    const passing = error instanceof Fault &&
      (error.kind === "chain-unreachable" || error.kind === "chain-nonsense");
    if (!passing) throw error;
    run.ports.report({ kind: "trouble", detail: error.message });
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

function reportOf(run: Run): RunReport {
  const { results } = run;
  const inFlight = [...run.inFlight.values()].map(({ payment }) => payment);
  const notReached = run.queue.map(({ login, amountShannon }) => ({
    login,
    amountShannon,
    reason: "not-reached" as const,
  }));
  return {
    paid: results.paid,
    creditedBack: results.creditedBack,
    held: [...results.held.values()],
    inFlight: [...inFlight, ...results.parked].map((payment): LeftInFlight => ({
      login: payment.login,
      amountShannon: payment.amountShannon,
      nonce: payment.nonce,
      txHash: attemptHashes(payment).at(-1) ?? null,
    })),
    skipped: [...results.skipped, ...notReached],
    belowThreshold: results.belowThreshold,
    feesWei: results.feesWei,
    shortfallWei: results.shortfallWei,
    stopped: run.stopped,
    attention: results.attention,
  };
}
