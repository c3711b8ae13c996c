/**
 * The loop of a run. It owns no rules: it observes, asks the domain, and performs the answer.
 *
 * @module
 */

import { decide, type Facts } from "../domain/decide.ts";
import { Fault, isNodeFault } from "../domain/fault.ts";
import { fillWindow } from "./fill_window.ts";
import { investigate } from "./investigate.ts";
import { lookAtTip, observe, POLL_MS } from "./observe.ts";
import { perform } from "./perform.ts";
import { type Run, type RunOptions, stopDebits } from "./run.ts";

/** After how long without a new head everything in flight is looked at again, in milliseconds. */
const RESEND_MS = 30_000;

/** The loop: at each head observe, decide, perform, and fill the window again. */
export async function payAll(run: Run, options: RunOptions): Promise<void> {
  const { clock } = run.ports;
  const deadline = clock.now() + run.policy.waitLimitMs;
  while (!isDone(run)) {
    await tolerateNode(run, async () => {
      if (run.inFlight.size > 0) await act(run, await observe(run));
      await fillWindow(run);
    });
    if (isDone(run) || options.wait === false) return;
    if (!run.signal.aborted) await nextHead(run, deadline);
    if (run.signal.aborted) return stopAtSignal(run);
    if (clock.now() >= deadline) return stopDebits(run, { kind: "wait-limit" });
  }
}

/** The lock that was lost is no signal: the run ends with that fault. */
function stopAtSignal(run: Run): void {
  if (!(run.signal.reason instanceof Fault)) stopDebits(run, { kind: "signal" });
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
export async function nextHead(run: Run, deadline: number): Promise<void> {
  const { clock } = run.ports;
  const patience = Math.min(deadline, clock.now() + RESEND_MS);
  while (!run.signal.aborted && clock.now() < patience) {
    // Sending and settling take their time, and blocks do not wait for them.
    const due = run.watch.lookedAt + POLL_MS - clock.now();
    if (due > 0) await clock.sleep(due, run.signal);
    if (run.signal.aborted) return;
    let changed = false;
    await tolerateNode(run, async () => {
      changed = await lookAtTip(run);
    });
    if (changed) return;
  }
}

/** A node that does not answer now is asked again at the next head; nothing is concluded from it. */
export async function tolerateNode(run: Run, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (!isNodeFault(error)) throw error;
    run.ports.report({ kind: "trouble", detail: error.message });
  }
}
