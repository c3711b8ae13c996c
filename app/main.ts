/**
 * The entry point: `deno run app/main.ts pay --config config.json`.
 *
 * @module
 */

import process from "node:process";
import { askPassword } from "../adapters/system/password_prompt.ts";
import { readTextFile } from "../adapters/system/read_text.ts";
import { askYesNo } from "../adapters/system/yes_no.ts";
import { main } from "./cli.ts";
import type { CliDeps } from "./commands/command.ts";

/** The real world around the process. */
function systemDeps(signal: AbortSignal): CliDeps {
  const encoder = new TextEncoder();
  return {
    stdout: (text) => writeAll(Deno.stdout, encoder.encode(text)),
    stderr: (line) => writeAll(Deno.stderr, encoder.encode(`${line}\n`)),
    terminal: Deno.stderr.isTerminal() ? process.stderr : undefined,
    env: readEnvironment,
    startFolder: readEnvironment("INIT_CWD") ?? Deno.cwd(),
    readTextFile,
    signal,
    confirm: Deno.stdin.isTerminal() ? (question) => askYesNo(question, { signal }) : undefined,
    askPassword,
  };
}

/** What Deno may not read, somebody chose to keep from us: it is not set. */
function readEnvironment(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  for (let start = 0; start < bytes.length;) start += stream.writeSync(bytes.subarray(start));
}

/** How long a signal waits for a Redis or a node that hangs. */
const GRACE_MS = 5_000;

/** A run may die at any point, and the next one goes on: nothing is lost by not waiting. */
function leaveNow(): never {
  console.error("Stopped while Redis or the node did not answer; run again to go on");
  Deno.exit(1);
}

if (import.meta.main) {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      stop.abort();
      setTimeout(leaveNow, GRACE_MS);
    });
  }
  // A socket to a frozen node cannot be forced shut, and must not keep the process.
  Deno.exit(await main(Deno.args, systemDeps(stop.signal)));
}
