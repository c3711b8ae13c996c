/**
 * Prints a dry run. Miners below the threshold may be a million: each is printed when it is found, and
 * none is kept.
 *
 * @module
 */

import { formatCoins, type Shannon } from "../../domain/money.ts";
import { oneLine } from "../../domain/one_line.ts";
import type { DryRunReport } from "../dry_run.ts";
import { belowToJson, dryRunToJson } from "../json_report.ts";
import { describeDryRun } from "../text_report.ts";

/** Where a dry run goes. */
export interface DryRunStream {
  /** Prints a miner below the threshold. */
  readonly below: (login: string, amountShannon: Shannon) => void;
  /** Prints the rest. */
  readonly end: (report: DryRunReport) => void;
}

/** For people: the miners below the threshold, a line each, then the report. */
export function textStream(print: (text: string) => void): DryRunStream {
  let started = false;
  return {
    below(login, amountShannon) {
      if (!started) print("Below the threshold:\n");
      started = true;
      print(`  ${login === "" ? '""' : oneLine(login)}  ${formatCoins(amountShannon)}\n`);
    },
    end: (report) => print(`${describeDryRun(report)}\n`),
  };
}

/** For programs: one JSON object, whose `payees` begin with the miners below the threshold. */
export function jsonStream(print: (text: string) => void): DryRunStream {
  let started = false;
  const write = (payee: unknown): void => {
    print(`${started ? "," : '{\n  "payees": ['}\n    ${JSON.stringify(payee)}`);
    started = true;
  };
  return {
    below: (login, amountShannon) => write(belowToJson(login, amountShannon)),
    end(report) {
      const whole = dryRunToJson(report);
      if (!started) return print(`${JSON.stringify(whole, null, 2)}\n`);
      const { payees, ...rest } = whole;
      for (const payee of payees) write(payee);
      print(`\n  ],\n${JSON.stringify(rest, null, 2).slice("{\n".length)}\n`);
    },
  };
}
