/**
 * `pay`: one run, or with `--dry-run` what it would do.
 *
 * @module
 */

import { Fault } from "../../domain/fault.ts";
import { openForReading, openForWriting } from "../compose.ts";
import { dryRun } from "../dry_run.ts";
import { type ExitCode, exitCodeOfRun } from "../exit_code.ts";
import { runToJson } from "../json_report.ts";
import { policyOf } from "../policy_of.ts";
import { saveRedis } from "../redis_ledger.ts";
import { runPayouts } from "../run_payouts.ts";
import { describeRun } from "../text_report.ts";
import { type CliDeps, type CommonOptions, printJson } from "./command.ts";
import { jsonStream, textStream } from "./dry_run_stream.ts";
import { reporterFor } from "./reporting.ts";
import { resolve } from "./resolve.ts";
import { type LoadedConfig, usableConfig } from "./usable_config.ts";

/** The options of `pay`. */
export interface PayOptions extends CommonOptions {
  readonly dryRun?: boolean;
  /** With a dry run: name also the miners below the threshold. */
  readonly all?: boolean;
  /** No new debit: finish what is in flight. */
  readonly drain?: boolean;
}

/** Pays, or says what it would pay. */
export async function pay(options: PayOptions, deps: CliDeps): Promise<ExitCode> {
  refuseSenseless(options);
  const loaded = await usableConfig(options, deps);
  if (loaded === undefined) return 0;
  if (GO_TRUE.has(deps.env("RESOLVE_PAYOUT") ?? "") && !options.dryRun) {
    return await resolve({ ...options, takeLock: true, yes: true }, deps);
  }
  return options.dryRun ? await payDry(options, deps, loaded) : await payNow(options, deps, loaded);
}

/** What the Go module takes for true (strconv.ParseBool) in its word for a run that clears up. */
const GO_TRUE: ReadonlySet<string> = new Set(["1", "t", "T", "true", "TRUE", "True"]);

/** @throws {Fault} `usage`: a slip must not pay. */
function refuseSenseless({ all, dryRun, drain }: PayOptions): void {
  if (all && !dryRun) throw new Fault("usage", "--all goes with --dry-run: nothing was paid");
  if (drain && dryRun) throw new Fault("usage", "--drain debits nobody, so --dry-run has no plan");
}

async function payNow(options: PayOptions, deps: CliDeps, loaded: LoadedConfig): Promise<ExitCode> {
  await using ports = await openForWriting(loaded, deps);
  const { report, end } = reporterFor(options, deps);
  try {
    const done = await runPayouts({ ...ports, report }, policyOf(loaded.config), {
      signal: deps.signal,
      debits: !options.drain,
    });
    end();
    if (options.json) printJson(deps, runToJson(done));
    else deps.stdout(`${describeRun(done)}\n`);
    if (done.paid.length > 0) await saveIfAsked(loaded, deps);
    return exitCodeOfRun(done);
  } finally {
    end();
  }
}

/** `payouts.bgsave`: what was paid is reported first, whatever Redis answers. */
async function saveIfAsked({ config }: LoadedConfig, deps: CliDeps): Promise<void> {
  if (!config.payouts.bgsave) return;
  try {
    await saveRedis(config.redis, config.prefix);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    deps.stderr(error.message);
  }
}

async function payDry(options: PayOptions, deps: CliDeps, loaded: LoadedConfig): Promise<ExitCode> {
  await using ports = await openForReading(loaded, deps);
  const stream = options.json ? jsonStream(deps.stdout) : textStream(deps.stdout);
  const report = await dryRun(ports, policyOf(loaded.config), {
    signal: deps.signal,
    ...(options.all ? { onBelow: stream.below } : {}),
  });
  stream.end(report);
  return report.exitCode;
}
