/**
 * Shows a run of the demo while it goes on.
 *
 * @module
 */

import { describeEvent } from "../../adapters/terminal/plain_log.ts";
import { type ProgressLine, progressLine } from "../../adapters/terminal/progress_line.ts";
import type { Reporter } from "../../domain/ports/reporter.ts";
import type { CliDeps } from "../commands/command.ts";

/** The live line of `pay` on a terminal; elsewhere a line for each block of the chain. */
export function watchRun(
  { terminal }: Pick<CliDeps, "terminal">,
  say: (line: string) => void,
): ProgressLine {
  return terminal === undefined
    ? { report: blockLines(say), end: () => {} }
    : progressLine(terminal);
}

function blockLines(say: (line: string) => void): Reporter {
  let paid = 0;
  return (event) => {
    if (event.kind === "settled") paid++;
    if (event.kind === "head") {
      say(`block ${event.number}: ${paid} paid, ${event.inFlight} in flight`);
      return;
    }
    const line = event.kind === "settled" ? undefined : describeEvent(event);
    if (line !== undefined) say(line);
  };
}
