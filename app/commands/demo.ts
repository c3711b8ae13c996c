/**
 * `demo`: the whole job on an embedded ledger and an embedded chain, with a crash in the middle.
 *
 * @module
 */

import { systemClock } from "../../adapters/system/clock.ts";
import { sortLeftovers } from "../../domain/leftovers.ts";
import { attemptHashes } from "../../domain/payment.ts";
import { LEASE_MS } from "../../domain/ports/ledger.ts";
import type { RunReport } from "../../domain/report.ts";
import { openDemoChain } from "../demo/demo_chain.ts";
import { Power, PowerCut } from "../demo/power_cut.ts";
import { DEMO_POLICY, portsOn, prove, setStage, type Stage } from "../demo/stage.ts";
import {
  tellChain,
  tellEnd,
  tellLedger,
  tellPayments,
  tellPlan,
  tellReconciliation,
  tellRecovered,
  tellRecovery,
  tellTitle,
  tellWreck,
  type Wreck,
} from "../demo/telling.ts";
import { watchRun } from "../demo/watch_run.ts";
import { dryRun } from "../dry_run.ts";
import type { ExitCode } from "../exit_code.ts";
import { runToJson } from "../json_report.ts";
import { runPayouts } from "../run_payouts.ts";
import { type CliDeps, printJson } from "./command.ts";

/** The options of `demo`. */
export interface DemoOptions {
  readonly json?: boolean;
}

/** The world around the demo, and where it prints. */
type Teller = Pick<CliDeps, "terminal" | "signal"> & { readonly say: (text: string) => void };

/** Shows the product. 0: ledger and chain agree at the end; 1: they do not, or it was stopped. */
export async function demo(options: DemoOptions, deps: CliDeps): Promise<ExitCode> {
  const startedAt = systemClock.now();
  const { terminal, signal } = deps;
  const say = options.json ? deps.stderr : (text: string) => deps.stdout(`${text}\n`);
  const teller: Teller = { terminal, signal, say };
  try {
    say(tellTitle());
    await using chain = await openDemoChain(signal);
    signal.throwIfAborted();
    say(tellChain(chain.description));
    const stage = await setStage(chain);
    await plan(stage, teller);
    const wreck = await payUntilPowerFails(stage, teller);
    const report = await payAgain(stage, teller, wreck);
    const reconciliation = await prove(stage);
    say(tellReconciliation(reconciliation));
    say(tellEnd(report, Math.round((systemClock.now() - startedAt) / 1000)));
    if (options.json) {
      printJson(deps, { chain: chain.kind, run: runToJson(report), reconciliation });
    }
    return reconciliation.ok ? 0 : 1;
  } catch (error) {
    if (!signal.aborted) throw error;
    say("Stopped.");
    return 1;
  }
}

/** The dry run: what would be paid, and why not the rest. */
async function plan(stage: Stage, { say, signal }: Teller): Promise<void> {
  say(tellLedger(stage.miners));
  const planned = await dryRun(portsOn(stage, new Power(), () => {}), DEMO_POLICY, { signal });
  say(tellPlan(planned, stage.miners));
  say(tellPayments(planned.payees.length, DEMO_POLICY.maxInFlight));
}

/** The first run, which dies while it sends. */
async function payUntilPowerFails(stage: Stage, teller: Teller): Promise<Wreck> {
  const power = new Power();
  const { report, end } = watchRun(teller, teller.say);
  let paid = 0;
  const ports = portsOn(stage, power, (event) => {
    if (event.kind === "settled") paid++;
    report(event);
  });
  const chain = power.cutsOff(ports.chain, { when: () => paid > 0 });
  try {
    await runPayouts({ ...ports, chain }, DEMO_POLICY, { signal: teller.signal });
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error;
  } finally {
    end();
  }
  teller.signal.throwIfAborted();
  const wreck = await inspect(stage, paid);
  teller.say(tellWreck(wreck));
  return wreck;
}

/** Looks at what is left, and lets one payee turn into a contract that refuses its coins. */
async function inspect(stage: Stage, paid: number): Promise<Wreck> {
  const { ledger } = portsOn(stage, new Power(), () => {});
  const obligations = await ledger.obligations();
  const { payments } = sortLeftovers(obligations);
  const lookedUp = await stage.chain.chain.transactions(payments.flatMap(attemptHashes));
  const arrived = lookedUp.filter(({ kind }) => kind === "present").length;
  const turned = payments.at(-1);
  if (turned === undefined) {
    throw new Error("The demo's first run was to die with payments in flight");
  }
  await stage.chain.setCode(turned.recipient, "reverts");
  return { paid, lock: obligations.lock, inFlight: payments, arrived, turned };
}

/** The second run, which knows nothing but what the first one wrote down. */
async function payAgain(stage: Stage, teller: Teller, wreck: Wreck): Promise<RunReport> {
  teller.say(tellRecovery());
  await stage.leaseClock.advance(LEASE_MS);
  const { report, end } = watchRun(teller, teller.say);
  const leftLogins = new Set(wreck.inFlight.map(({ login }) => login));
  const sentAgain = new Set<string>();
  const ports = portsOn(stage, new Power(), (event) => {
    if (event.kind === "sent" && leftLogins.has(event.login)) sentAgain.add(event.login);
    report(event);
  });
  let done: RunReport;
  try {
    done = await runPayouts(ports, DEMO_POLICY, { signal: teller.signal });
  } finally {
    end();
  }
  teller.signal.throwIfAborted();
  teller.say(tellRecovered(done, wreck, sentAgain.size));
  return done;
}
