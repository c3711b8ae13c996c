/**
 * What can stop a run, by kind. Expected outcomes (a skipped payee, a held payment) are values and
 * not faults.
 *
 * @module
 */

import { oneLine } from "./one_line.ts";

/**
 * Every kind of fault, with what it says about trying again:
 * the exit code of a kind is decided in one table by the application.
 */
export const FAULT_KINDS = [
  "usage",
  "config",
  "wrong-chain",
  "wrong-signer",
  "signer",
  "ledger-unreachable",
  "ledger-refused",
  "ledger-nonsense",
  "ledger-wrong-type",
  "ledger-broken",
  "ledger-unfit",
  "ledger-changed",
  "ledger-evicts",
  "ledger-not-durable",
  "chain-unreachable",
  "chain-nonsense",
  "chain-not-ready",
  "journal",
  "fenced",
  "locked-by-go-payer",
  "another-run",
  "continuity",
  "circuit-breaker",
  "stopped",
] as const;

/** A kind of {@linkcode Fault}. */
export type FaultKind = typeof FAULT_KINDS[number];

/**
 * Something outside that stops a run. The message is one line: the failed action, the value, and
 * the way out. It never holds a secret. Whatever a value holds, the message stays one line; several
 * things that are wrong at once stand on a line each.
 */
export class Fault extends Error {
  /** Which kind of fault. */
  readonly kind: FaultKind;

  /** Makes a fault; `cause` keeps the library's own error for `--verbose`. */
  constructor(
    kind: FaultKind,
    message: string | readonly string[],
    options?: { readonly cause?: unknown },
  ) {
    super([message].flat().map(oneLine).join("\n"), options);
    this.name = "Fault";
    this.kind = kind;
  }
}

/** Whether a node did not answer, or answered nonsense: it may be asked again. */
export function isNodeFault(error: unknown): error is Fault {
  return error instanceof Fault &&
    (error.kind === "chain-unreachable" || error.kind === "chain-nonsense");
}
