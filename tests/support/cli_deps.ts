/**
 * The world around the program where a test runs it in its own process.
 *
 * @module
 */

import type { CliDeps } from "../../app/commands/command.ts";

/** What the program printed: each text for stdout, each line for stderr. */
export interface Printed {
  readonly stdout: string[];
  readonly stderr: string[];
}

/** Nobody sits at a terminal, and nothing is in the environment, unless the test says so. */
export function cliDeps(given: Partial<CliDeps> = {}): CliDeps & { readonly printed: Printed } {
  const printed: Printed = { stdout: [], stderr: [] };
  return {
    stdout: (text) => printed.stdout.push(text),
    stderr: (line) => printed.stderr.push(line),
    terminal: undefined,
    env: () => undefined,
    startFolder: "/",
    readTextFile: Deno.readTextFile,
    signal: new AbortController().signal,
    confirm: undefined,
    askPassword: () => Promise.reject(new Error("Cannot ask for a password in a test")),
    ...given,
    printed,
  };
}
