/**
 * `resolve`: lists what earlier runs left, ends what is proved, and does what an operator says.
 *
 * @module
 */

import { describeRestored } from "../../adapters/terminal/plain_log.ts";
import type { Remedy } from "../../domain/continuity.ts";
import { Fault } from "../../domain/fault.ts";
import { TRANSFER_GAS } from "../../domain/fees.ts";
import type { Leftovers } from "../../domain/leftovers.ts";
import { oneLine } from "../../domain/one_line.ts";
import type { OperatorWord } from "../../domain/operator_word.ts";
import type { BlockRange } from "../../domain/ports/chain.ts";
import { contestedIn, needsWord } from "../../domain/restoration.ts";
import { openForReading, openForWriting } from "../compose.ts";
import { type ExitCode, exitCodeOfRun } from "../exit_code.ts";
import { leftoversToJson, runToJson } from "../json_report.ts";
import { describeLeftovers } from "../leftovers_text.ts";
import { type Found, look } from "../look.ts";
import { policyOf } from "../policy_of.ts";
import type { OperatorWords } from "../run.ts";
import { runPayouts } from "../run_payouts.ts";
import { describeRun } from "../text_report.ts";
import { describeIntent } from "../words_text.ts";
import { type CliDeps, type CommonOptions, printJson } from "./command.ts";
import { type WordOptions, wordsOf } from "./operator_words.ts";
import { reporterFor } from "./reporting.ts";
import { type LoadedConfig, usableConfig } from "./usable_config.ts";

/** The options of `resolve`. */
export interface ResolveOptions extends CommonOptions, WordOptions {
  /** Only list. */
  readonly dryRun?: boolean;
  /** The operator's word that no Go payer runs. */
  readonly takeLock?: boolean;
  /** The operator's word on transactions of the wallet that the ledger does not know. */
  readonly adopt?: boolean;
  /** The operator's word that nonces of which nobody knows may be used up. */
  readonly seal?: boolean;
  /** Do not ask. */
  readonly yes?: boolean;
}

/** Lists what is unresolved, resolves what is proved, and does what the operator says. */
export async function resolve(options: ResolveOptions, deps: CliDeps): Promise<ExitCode> {
  const loaded = await usableConfig(options, deps, { evenDisabled: true });
  if (loaded === undefined) return 0;
  const words = wordsOf(options, loaded.config.payouts.wallet);
  // Whoever says yes to everything is shown the outcome, and needs no preview.
  const weighed = options.yes && !options.dryRun ? [] : words;
  const found = await lookAt(loaded, deps, weighed);
  if (!options.json) describe(found, deps);
  if (options.dryRun) {
    if (options.json) printJson(deps, leftoversToJson(found));
    return needsWork(found) || found.words.some(({ done }) => !done) ? 3 : 0;
  }
  if (!needsWork(found) && words.length === 0) {
    if (options.json) printJson(deps, leftoversToJson(found));
    return 0;
  }
  return await resolveNow(options, deps, { loaded, found, about: words });
}

async function resolveNow(
  options: ResolveOptions,
  deps: CliDeps,
  { loaded, found, about }: {
    readonly loaded: LoadedConfig;
    readonly found: Found;
    readonly about: readonly OperatorWord[];
  },
): Promise<ExitCode> {
  const overGoPayer = await wordOnLock(options, deps, found.leftovers);
  const words = { ...await wordsOnContinuity(options, deps, found), about };
  for (const intent of found.words) {
    // One that is refused is not asked about: the run refuses it again, and says so.
    if (intent.done) await demandWord(options, deps, `${describeIntent(intent)}. Do it?`);
  }
  await using ports = await openForWriting(loaded, deps);
  const { report, end } = reporterFor(options, deps);
  try {
    const done = await runPayouts({ ...ports, report }, policyOf(loaded.config), {
      signal: deps.signal,
      debits: false,
      // A nonce is used up once its transfer is final.
      wait: words.seal ?? false,
      words,
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

async function lookAt(
  loaded: LoadedConfig,
  deps: CliDeps,
  words: readonly OperatorWord[],
): Promise<Found> {
  await using ports = await openForReading(loaded, deps);
  return await look(ports, policyOf(loaded.config), { words, signal: deps.signal });
}

function describe(found: Found, deps: CliDeps): void {
  deps.stdout(`${describeLeftovers(found)}\n`);
  for (const intent of found.words) deps.stdout(`${describeIntent(intent)}\n`);
}

function needsWork({ leftovers, continuity }: Found): boolean {
  const { payments, orphans, foreign, malformed, held, goLock } = leftovers;
  return goLock !== null || continuity.kind === "broken" ||
    [payments, orphans, foreign, malformed, held].some((list) => list.length > 0);
}

/** The Go payer's lock that may be taken over: only on the operator's word. */
async function wordOnLock(
  options: ResolveOptions,
  deps: CliDeps,
  { goLock }: Leftovers,
): Promise<string | undefined> {
  if (goLock === null) return undefined;
  if (!options.takeLock) {
    throw new Fault(
      "locked-by-go-payer",
      `A Go payer holds the lock ("${goLock}"): make sure that none is running, then add --take-lock`,
    );
  }
  const question = `Take over the lock "${goLock}": are you sure that no Go payer is running?`;
  await demandWord(options, deps, question);
  return goLock;
}

/** What the operator says of the nonces that the ledger does not know. */
async function wordsOnContinuity(
  options: ResolveOptions,
  deps: CliDeps,
  found: Found,
): Promise<OperatorWords> {
  const { continuity, forgotten } = found;
  const remedy: Remedy = continuity.kind === "broken" ? continuity.remedy : { kind: "none" };
  const isUnlisted = remedy.kind === "start-at" && forgotten.length === 0;
  if (options.adopt && isUnlisted && continuity.kind === "broken") {
    const { nonce } = remedy;
    await demandWord(
      options,
      deps,
      `${continuity.why}. Go on from nonce ${nonce}: did nothing in between pay a miner?`,
    );
    return { startAt: nonce };
  }
  const range = rangeToSeal(found, remedy);
  if (options.seal && range !== undefined) {
    const count = range.to - range.from + 1;
    const question = `Use up the nonces ${range.from} to ${range.to}: send ${count} transfers of ` +
      `nothing from the wallet to itself, at ${TRANSFER_GAS} gas each?`;
    await demandWord(options, deps, question);
    return { seal: true };
  }
  const open = options.adopt ? forgotten.filter(needsWord) : [];
  for (const step of open) {
    const question = `Nonce ${step.nonce}: ${describeRestored(step)}. Write it like this?`;
    await demandWord(options, deps, question);
  }
  if ((options.adopt && open.length === 0) || options.seal) {
    const flag = options.seal ? "--seal" : "--adopt";
    deps.stderr(`${flag} does not help here: look at what is listed`);
  }
  return { adopt: new Set(open.map(({ transaction }) => transaction.hash)) };
}

/** The nonces that `--seal` would use up. */
function rangeToSeal({ forgotten }: Found, remedy: Remedy): BlockRange | undefined {
  if (remedy.kind === "seal") return remedy;
  return contestedIn(forgotten.slice(forgotten.findIndex(({ kind }) => kind === "contested")));
}

/** @throws {Fault} `usage` when nobody said yes. */
async function demandWord(
  options: ResolveOptions,
  deps: CliDeps,
  question: string,
): Promise<void> {
  if (options.yes) return;
  if (deps.confirm === undefined) {
    throw new Fault("usage", `Cannot ask "${question}": there is no terminal; add --yes`);
  }
  if (!await deps.confirm(oneLine(question))) {
    throw new Fault("usage", "Nothing was changed: you did not say yes");
  }
}
