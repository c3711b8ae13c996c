/**
 * `resolve`: lists what earlier runs left, and settles or credits back what is proved.
 *
 * @module
 */

import { Fault } from "../../domain/fault.ts";
import type { Leftovers } from "../../domain/leftovers.ts";
import { assess, type Assessment } from "../assess.ts";
import { openForReading, openForWriting } from "../compose.ts";
import { type ExitCode, exitCodeOfRun } from "../exit_code.ts";
import { leftoversToJson, runToJson } from "../json_report.ts";
import { describeLeftovers } from "../leftovers_text.ts";
import { policyOf } from "../policy_of.ts";
import { preflight } from "../preflight.ts";
import { runPayouts } from "../run_payouts.ts";
import { describeRun } from "../text_report.ts";
import { type CliDeps, type CommonOptions, printJson } from "./command.ts";
import { reporterFor } from "./reporting.ts";
import { type LoadedConfig, usableConfig } from "./usable_config.ts";

/** The options of `resolve`. */
export interface ResolveOptions extends CommonOptions {
  /** Only list. */
  readonly dryRun?: boolean;
  /** The operator's word that no Go payer runs. */
  readonly takeLock?: boolean;
  /** The operator's word that unknown transactions of the wallet paid no miner. */
  readonly adopt?: boolean;
  /** Do not ask. */
  readonly yes?: boolean;
}

/** Lists what is unresolved and resolves what is proved. */
export async function resolve(options: ResolveOptions, deps: CliDeps): Promise<ExitCode> {
  const loaded = await usableConfig(options, deps, { evenDisabled: true });
  if (loaded === undefined) return 0;
  const found = await look(loaded, deps);
  if (options.dryRun) {
    if (options.json) printJson(deps, leftoversToJson(found));
    else deps.stdout(`${describeLeftovers(found)}\n`);
    return needsWork(found) ? 3 : 0;
  }
  if (!options.json) deps.stdout(`${describeLeftovers(found)}\n`);
  if (!needsWork(found)) {
    if (options.json) printJson(deps, leftoversToJson(found));
    return 0;
  }
  return await resolveNow(options, deps, { loaded, found });
}

async function resolveNow(
  options: ResolveOptions,
  deps: CliDeps,
  { loaded, found }: { readonly loaded: LoadedConfig; readonly found: Assessment },
): Promise<ExitCode> {
  const overGoPayer = wordOnLock(options, deps, found.leftovers);
  const adopt = wordOnAdoption(options, deps, found);
  await using ports = await openForWriting(loaded, deps);
  const { report, end } = reporterFor(options, deps);
  try {
    const done = await runPayouts({ ...ports, report }, policyOf(loaded.config), {
      signal: deps.signal,
      debits: false,
      wait: false,
      adopt,
      ...(overGoPayer === undefined ? {} : { overGoPayer }),
    });
    end();
    if (options.json) printJson(deps, runToJson(done));
    else deps.stdout(`${describeRun(done)}\n`);
    return exitCodeOfRun(done);
  } finally {
    end();
  }
}

async function look(loaded: LoadedConfig, deps: CliDeps): Promise<Assessment> {
  await using ports = await openForReading(loaded, deps);
  const policy = policyOf(loaded.config);
  const { identity, tip } = await preflight(ports, policy);
  return await assess(ports, { policy, identity, tip });
}

function needsWork({ leftovers, continuity }: Assessment): boolean {
  const { payments, orphans, foreign, malformed, held, goLock } = leftovers;
  return goLock !== null || continuity.kind === "broken" ||
    [payments, orphans, foreign, malformed, held].some((list) => list.length > 0);
}

/** The Go payer's lock that may be taken over: only on the operator's word. */
function wordOnLock(
  options: ResolveOptions,
  deps: CliDeps,
  { goLock }: Leftovers,
): string | undefined {
  if (goLock === null) return undefined;
  if (!options.takeLock) {
    throw new Fault(
      "locked-by-go-payer",
      `A Go payer holds the lock ("${goLock}"): make sure that none runs, then add --take-lock`,
    );
  }
  demandWord(options, deps, `Take over the lock "${goLock}": does no Go payer run any more?`);
  return goLock;
}

function wordOnAdoption(options: ResolveOptions, deps: CliDeps, found: Assessment): boolean {
  const { continuity } = found;
  if (!options.adopt || continuity.kind !== "broken") return false;
  if (continuity.adoptable === null) {
    deps.stderr("--adopt does not help here: look at what is listed first");
    return false;
  }
  demandWord(
    options,
    deps,
    `${continuity.why}. Go on from nonce ${continuity.adoptable}: did nothing in between pay a miner?`,
  );
  return true;
}

/** @throws {Fault} `usage` when nobody said yes. */
function demandWord(options: ResolveOptions, deps: CliDeps, question: string): void {
  if (options.yes) return;
  if (deps.confirm === undefined) {
    throw new Fault("usage", `Cannot ask "${question}": there is no terminal; add --yes`);
  }
  if (!deps.confirm(question)) throw new Fault("usage", "Nothing was changed: you did not say yes");
}
