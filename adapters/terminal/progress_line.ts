/**
 * Tells of a run on a terminal: one live line, and the lines that matter above it.
 *
 * @module
 */

import { createLogUpdate } from "log-update";
import { formatCoins } from "../../domain/money.ts";
import { oneLine } from "../../domain/one_line.ts";
import type { Reporter, RunEvent } from "../../domain/ports/reporter.ts";
import { describeEvent } from "./plain_log.ts";

/** A terminal's stream, as Node names it. */
export type TerminalStream = Parameters<typeof createLogUpdate>[0];

/** What the live line shows. */
interface Progress {
  payees: number;
  paid: number;
  paidShannon: bigint;
  inFlight: number;
  head: number;
}

/** A reporter with a live line, and the way to end the line. */
export interface ProgressLine {
  readonly report: Reporter;
  /** Removes the live line; the report follows in its place. */
  readonly end: () => void;
}

/** A live line on a terminal. Payments that go well are counted there and not printed one by one. */
export function progressLine(stream: TerminalStream): ProgressLine {
  const live = createLogUpdate(stream);
  const progress: Progress = { payees: 0, paid: 0, paidShannon: 0n, inFlight: 0, head: 0 };
  return {
    report(event) {
      const line = event.kind === "settled" ? undefined : describeEvent(event);
      if (line !== undefined) {
        live.clear();
        stream.write(`${oneLine(line)}\n`);
      }
      if (follow(progress, event)) live(describeProgress(progress));
    },
    end() {
      live.clear();
      live.done();
    },
  };
}

/** Whether the event changed what the live line shows. */
function follow(progress: Progress, event: RunEvent): boolean {
  switch (event.kind) {
    case "leftovers":
      progress.payees += event.payments;
      progress.inFlight += event.payments;
      return event.payments > 0;
    case "planned":
      progress.payees += event.payees;
      return event.payees > 0;
    case "debited":
      progress.inFlight++;
      return true;
    case "settled":
      progress.paid++;
      progress.paidShannon += event.amountShannon;
      progress.inFlight = Math.max(0, progress.inFlight - 1);
      return true;
    case "head":
      progress.head = event.number;
      progress.inFlight = event.inFlight;
      return true;
    default:
      return false;
  }
}

function describeProgress({ paid, payees, inFlight, head, paidShannon }: Progress): string {
  return `paid ${paid} of ${payees} · ${inFlight} in flight · head ${head} · ` +
    `${formatCoins(paidShannon)} coins`;
}
