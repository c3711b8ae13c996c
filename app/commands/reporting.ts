/**
 * How a command reports its run while it goes on.
 *
 * @module
 */

import { plainLog } from "../../adapters/terminal/plain_log.ts";
import { progressLine } from "../../adapters/terminal/progress_line.ts";
import type { Reporter } from "../../domain/ports/reporter.ts";
import type { CliDeps, CommonOptions } from "./command.ts";

/** A live line on a terminal, plain lines elsewhere. `end` may be called twice. */
export function reporterFor(
  options: CommonOptions,
  deps: CliDeps,
): { readonly report: Reporter; readonly end: () => void } {
  const { terminal, stderr } = deps;
  if (terminal !== undefined && !options.verbose) return progressLine(terminal);
  return { report: plainLog({ write: stderr, verbose: options.verbose ?? false }), end: () => {} };
}
