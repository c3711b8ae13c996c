/**
 * The start of a run under its lock: leftovers, continuity, plan.
 *
 * @module
 */

import type { Continuity } from "../domain/continuity.ts";
import { Fault, type FaultKind } from "../domain/fault.ts";
import type { ForeignRow } from "../domain/leftovers.ts";
import type { BlockRange } from "../domain/ports/chain.ts";
import type { StopReason } from "../domain/report.ts";
import { contestedIn } from "../domain/restoration.ts";
import { assess, type Assessment } from "./assess.ts";
import { commitAll } from "./commit.ts";
import { makePlan } from "./make_plan.ts";
import { lookAtTip } from "./observe.ts";
import { restorationOf } from "./plan_restoration.ts";
import { recover } from "./recover.ts";
import { restore } from "./restore.ts";
import {
  hasSomethingToTell,
  type OperatorWords,
  type Run,
  type RunOptions,
  stopDebits,
} from "./run.ts";
import { seal } from "./seal.ts";

/** Under the lock: continuity, leftovers, plan. */
export async function startRun(run: Run, options: RunOptions): Promise<void> {
  const { ports, policy, watch } = run;
  await lookAtTip(run);
  let assessment = await assessAgain(run);
  const debits = options.debits ?? true;
  const words = options.words?.about ?? [];
  // Before the ledger knows a nonce: a copy that has the one has the other.
  if (assessment.noted.runId === null) await noteServer(run, assessment.noted);
  await noteSeal(run, assessment);
  await recover(run, assessment, { words, lookAgain: !debits });
  // A row that was resolved just now explains a nonce that nothing explained before.
  if (assessment.leftovers.foreign.length + words.length > 0) assessment = await assessAgain(run);
  let contested: BlockRange | undefined;
  if (options.words !== undefined) {
    ({ assessment, contested } = await restoreAll(run, assessment, options.words));
  }
  const { leftovers, continuity } = assessment;
  const walletHold = leftovers.held.find(({ login }) => login === policy.wallet);
  if (walletHold !== undefined) return await refuseDebits(run, "continuity", walletHold.reason);
  await takeNonce(run, continuity, { words: options.words ?? {}, contested });
  await heedOpenNonces(run, leftovers.foreign);
  if (run.stopped === null && run.toSeal === null) await noteServer(run, assessment.noted);
  if (!debits || run.stopped !== null) return;
  const { ceilingWei } = policy;
  const plan = await makePlan(ports, { policy, ceilingWei, tip: watch.tip, leftovers }, run.signal);
  run.results.skipped = [...plan.skipped];
  run.results.belowThreshold = plan.belowThreshold;
  run.results.shortfallWei = plan.shortfallWei;
  if (plan.brokenLimit !== undefined) {
    return await refuseDebits(run, "circuit-breaker", plan.brokenLimit);
  }
  run.queue = plan.covered;
  ports.report({
    kind: "planned",
    payees: plan.covered.length,
    amountShannon: plan.covered.reduce((sum, { amountShannon }) => sum + amountShannon, 0n),
    skipped: plan.skipped.length,
    belowThreshold: plan.belowThreshold,
  });
}

/** A Go payer's payment that may still be sent at its nonce: no debit of ours may take that nonce. */
async function heedOpenNonces(run: Run, foreign: readonly ForeignRow[]): Promise<void> {
  const open = foreign.find(({ nonce }) => nonce !== null && nonce >= run.nextNonce);
  if (open === undefined || run.stopped !== null) return;
  await refuseDebits(
    run,
    "continuity",
    `a Go payer debited "${open.row.login}" for nonce ${open.nonce}, which is not spent yet`,
  );
}

async function takeNonce(
  run: Run,
  continuity: Continuity,
  { words: { startAt, seal }, contested }: {
    readonly words: OperatorWords;
    /** Nonces whose payments must not be sent, and may have been: they have to be used up. */
    readonly contested: BlockRange | undefined;
  },
): Promise<void> {
  if (continuity.kind === "continuous") return await advance(run, continuity.from, continuity.next);
  const { remedy, why, wayOut } = continuity;
  if (remedy.kind === "start-at" && startAt === remedy.nonce) {
    return await advance(run, continuity.from, remedy.nonce);
  }
  if (seal && contested !== undefined) run.toSeal = contested;
  else if (seal && remedy.kind === "seal") run.toSeal = { from: remedy.from, to: remedy.to };
  else await refuseDebits(run, "continuity", `${why}. Way out: ${wayOut}`);
}

async function advance(run: Run, from: number | null, to: number): Promise<void> {
  run.nextNonce = to;
  run.isContinuous = true;
  if (from === to) return;
  const { wallet } = run.policy;
  await commitAll(run.fence, [{ kind: "advance-nonce", wallet, from, to }]);
}

function assessAgain(run: Run): Promise<Assessment> {
  const { ports, policy, identity, server, watch: { tip }, results: { explainedNonces } } = run;
  return assess(ports, { policy, identity, server, tip, explainedNonces });
}

/** What is left to do when everything was written again that could be. */
interface Rest {
  readonly assessment: Assessment;
  readonly contested: BlockRange | undefined;
}

/** Writes again what the ledger forgot, as far as the words go, and looks what is left. */
async function restoreAll(
  run: Run,
  found: Assessment,
  { adopt = new Set() }: OperatorWords,
): Promise<Rest> {
  const { policy, signal, watch: { tip } } = run;
  const { from } = found.continuity;
  const steps = await restorationOf(run.ports, found, { policy, tip, signal });
  const written = await restore(run, steps, { from, spokenFor: adopt });
  return {
    assessment: written === 0 ? found : await assessAgain(run),
    contested: contestedIn(steps.slice(written)),
  };
}

/** What the next run compares the ledger's server with: lost writes are noticed by it. */
async function noteServer(run: Run, noted: Assessment["noted"]): Promise<void> {
  const { server: { runId }, policy: { maxInFlight }, inFlight } = run;
  const window = Math.max(maxInFlight, inFlight.size);
  const isNoted = runId === noted.runId && window === noted.window && noted.toSeal === 0;
  if (runId === null || isNoted) return;
  await commitAll(run.fence, [{ kind: "note-server", server: { runId, window, toSeal: 0 } }]);
}

/** That nonces have to be used up is noted before anything enters the new local journal. */
async function noteSeal(run: Run, { noted, toSeal }: Assessment): Promise<void> {
  const { server: { runId } } = run;
  if (runId === null || toSeal === noted.toSeal) return;
  const server = { runId, window: noted.window ?? toSeal, toSeal };
  await commitAll(run.fence, [{ kind: "note-server", server }]);
}

/** Uses up what has to be, and looks at what came of it. */
export async function sealNonces(run: Run, { words = {} }: RunOptions): Promise<void> {
  if (run.toSeal === null || run.inFlight.size > 0 || run.signal.aborted) return;
  if (!await seal(run, run.toSeal)) return;
  run.ports.report({ kind: "sealed", ...run.toSeal });
  run.toSeal = null;
  // Nothing that was lost can come any more: what was mined is found by its nonce.
  await noteServer(run, { runId: null, window: null, toSeal: 0 });
  const { assessment: { continuity } } = await restoreAll(run, await assessAgain(run), words);
  await takeNonce(run, continuity, { words, contested: undefined });
}

/**
 * No debit in this run. It goes on for payments in flight, and to its report where leftovers moved
 * money; otherwise it ends here.
 *
 * @throws {Fault} `fenced`: the run slept, and another one has changed what this one judged.
 */
async function refuseDebits(
  run: Run,
  kind: FaultKind & StopReason["kind"],
  detail: string,
): Promise<void> {
  await run.fence.confirm();
  if (!hasSomethingToTell(run)) throw new Fault(kind, `Not paying: ${detail}`);
  stopDebits(run, { kind, detail });
  run.results.attention.push(detail);
}
