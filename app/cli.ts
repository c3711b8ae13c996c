/**
 * The command line: commands, their options, and one line for every error.
 *
 * @module
 */

import { Command, CommanderError } from "commander";
import manifest from "../deno.json" with { type: "json" };
import { Fault } from "../domain/fault.ts";
import { oneLine } from "../domain/one_line.ts";
import type { CliDeps, CommonOptions } from "./commands/command.ts";
import { printJson } from "./commands/command.ts";
import { type ExitCode, exitCodeOfError } from "./exit_code.ts";
import { errorToJson } from "./json_report.ts";

/**
 * Runs a command line.
 *
 * @returns the exit code; nothing here ends the process.
 */
export async function main(args: readonly string[], deps: CliDeps): Promise<number> {
  let exitCode: ExitCode = 0;
  const program = programWith(deps, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      const fault = new Fault("usage", error.message);
      if (args.includes("--json")) printJson(deps, errorToJson(fault));
      return exitCodeOfError(fault);
    }
    const isStopped = deps.signal.aborted && error === deps.signal.reason;
    return fail(args, deps, isStopped ? new Fault("stopped", STOPPED, { cause: error }) : error);
  }
}

/** A signal before there was anything to report. */
const STOPPED = "Stopped by a signal before the end: run again";

function programWith(deps: CliDeps, done: (code: ExitCode) => void): Command {
  const program = new Command("paydirt")
    .description("Pays the miners of an Ethereum-family mining pool, each exactly once.")
    .version(manifest.version, "--version")
    .exitOverride()
    .configureOutput({
      writeOut: deps.stdout,
      writeErr: (text) => deps.stderr(text.trimEnd()),
    })
    .showHelpAfterError("(--help shows the options)");

  command(program, "pay", "pay what the pool owes, once")
    .option("--dry-run", "only say what would happen, and why; writes nothing")
    .option("--all", "with --dry-run: also name the miners below the threshold")
    .option("--drain", "no new debits: finish what is in flight")
    .action(async (options) => {
      const { pay } = await import("./commands/pay.ts");
      done(await pay(options, deps));
    });

  command(program, "resolve", "list what earlier runs left, and finish what is proved")
    .option("--dry-run", "only list")
    .option("--take-lock", "take over a Go payer's lock: you know that none is running")
    .option("--adopt", "write what the ledger forgot and the chain knows, each on your word")
    .option("--seal", "use up the nonces that a forgotten payment may hold")
    .option(
      "--settle <login-and-hash...>",
      "LOGIN TXHASH: this transaction paid the login's open debt",
    )
    .option(
      "--credit <login...>",
      "credit back the login's open debt: you know that it was never paid",
    )
    .option("--cancel <login...>", "call off the login's payment, while it is in no block")
    .option("--release <login...>", "lift the login's hold, so that it can be paid again")
    .option("--yes", "do not ask")
    .action(async (options) => {
      const { resolve } = await import("./commands/resolve.ts");
      done(await resolve(options, deps));
    });

  program.command("demo")
    .description("the whole job on an embedded ledger and chain; no set-up")
    .option("--json", "print the final report as JSON")
    .action(async (options) => {
      const { demo } = await import("./commands/demo.ts");
      done(await demo(options, deps));
    });
  return program;
}

function command(program: Command, name: string, description: string): Command {
  return program.command(name)
    .description(description)
    .option(
      "--config <file>",
      "the pool's config file (default: config.json in the current folder)",
    )
    .option("--json", "print one JSON object on stdout")
    .option("--verbose", "print every step, and the stack of an error");
}

/** One line with the way out; the stack only for who asks. */
function fail(args: readonly string[], deps: CliDeps, error: unknown): ExitCode {
  const options: CommonOptions = {
    json: args.includes("--json"),
    verbose: args.includes("--verbose"),
  };
  if (options.json) printJson(deps, errorToJson(error));
  const message = error instanceof Error ? error.message : String(error);
  deps.stderr(error instanceof Fault ? message : `Paydirt hit a bug: ${oneLine(message)}`);
  if (options.verbose && error instanceof Error) deps.stderr(error.stack ?? "no stack");
  return exitCodeOfError(error);
}
