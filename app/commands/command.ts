/**
 * What every command is given: its options, and the world around the process.
 *
 * @module
 */

import type { TerminalStream } from "../../adapters/terminal/progress_line.ts";

/** The options that all commands share. */
export interface CommonOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** The world around the process. Tests give their own. */
export interface CliDeps {
  /** Takes data: text that ends in a line. */
  readonly stdout: (text: string) => void;
  /** Takes one line of everything that is no data. */
  readonly stderr: (line: string) => void;
  /** stderr where it is a terminal: a live line is shown there. */
  readonly terminal: TerminalStream | undefined;
  readonly env: (name: string) => string | undefined;
  /** Where the operator stands: relative paths start there. */
  readonly startFolder: string;
  readonly readTextFile: (path: string) => Promise<string>;
  /** Aborts at SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** Asks a yes-or-no question on a terminal; `undefined` where there is none. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
  readonly askPassword: (question: string) => Promise<string>;
}

/** Writes one JSON object to stdout. */
export function printJson(deps: CliDeps, value: unknown): void {
  deps.stdout(`${JSON.stringify(value, null, 2)}\n`);
}
