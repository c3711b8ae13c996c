/**
 * What a command's exit code tells cron.
 *
 * @module
 */

import { Fault, type FaultKind } from "../domain/fault.ts";
import type { RunReport } from "../domain/report.ts";

/** 0 done; 1 stopped, safe to run again; 2 usage or config; 3 an operator is needed; 4 another run. */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

const EXIT_CODES: Readonly<Record<FaultKind, ExitCode>> = {
  "usage": 2,
  "config": 2,
  "wrong-chain": 2,
  "wrong-signer": 2,
  "signer": 1,
  "ledger-unreachable": 1,
  "ledger-refused": 2,
  "ledger-nonsense": 2,
  "ledger-wrong-type": 3,
  "ledger-broken": 3,
  "ledger-unfit": 3,
  "ledger-changed": 1,
  "ledger-evicts": 3,
  "ledger-not-durable": 1,
  "chain-unreachable": 1,
  "chain-nonsense": 1,
  "chain-not-ready": 1,
  "journal": 1,
  "fenced": 1,
  "locked-by-go-payer": 3,
  "another-run": 4,
  "continuity": 3,
  "circuit-breaker": 3,
  "stopped": 1,
};

/** The exit code of a kind of fault. */
export function exitCodeOfFault(kind: FaultKind): ExitCode {
  return EXIT_CODES[kind];
}

/** The exit code of anything that was thrown: what is no fault is a bug, and stops. */
export function exitCodeOfError(error: unknown): ExitCode {
  return error instanceof Fault ? exitCodeOfFault(error.kind) : 1;
}

/** The exit code of a run that came to its report. */
export function exitCodeOfRun(report: RunReport): ExitCode {
  if (report.stopped?.kind === "fault") return exitCodeOfFault(report.stopped.fault);
  const needsOperator = report.held.length > 0 || report.attention.length > 0 ||
    report.words.some(({ done }) => !done) || report.shortfallWei > 0n;
  if (needsOperator) return 3;
  return report.stopped !== null || report.inFlight.length > 0 ? 1 : 0;
}
