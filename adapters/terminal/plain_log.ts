/**
 * Tells of a run in plain lines, for logs and for cron's mail.
 *
 * @module
 */

import { formatCoins } from "../../domain/money.ts";
import { oneLine } from "../../domain/one_line.ts";
import type { Reporter, RunEvent } from "../../domain/ports/reporter.ts";
import type { Restored } from "../../domain/restoration.ts";

/** How lines are written. */
export interface PlainLogOptions {
  /** Takes one line, without its end. */
  readonly write: (line: string) => void;
  /** Also what is of use only when something is looked into: checks, debits, sends, heads. */
  readonly verbose: boolean;
}

/** A reporter that writes a line for each event that an operator wants to know of. */
export function plainLog({ write, verbose }: PlainLogOptions): Reporter {
  return (event) => {
    const line = describeEvent(event) ?? (verbose ? describeDetail(event) : undefined);
    if (line !== undefined) write(oneLine(line));
  };
}

/** The line of an event that always matters; `undefined` for the others. */
export function describeEvent(event: RunEvent): string | undefined {
  switch (event.kind) {
    case "lock-awaited":
      return `waiting for another run to end or to prove dead (${event.owner})`;
    case "leftovers":
      return describeLeftovers(event.payments, event.foreign);
    case "planned":
      return `plan: ${coins(event.amountShannon)} to ${people(event.payees)}; ` +
        `${event.skipped} skipped, ${event.belowThreshold} below the threshold`;
    case "replaced":
      return event.attempt === "pay"
        ? `raised the fees of the payment to "${event.login}" (nonce ${event.nonce})`
        : `cancelling the payment to "${event.login}" (nonce ${event.nonce})`;
    case "settled":
      return `paid ${coins(event.amountShannon)} to "${event.login}" in ${event.hash}`;
    case "credited-back":
      return `credited ${coins(event.amountShannon)} back to "${event.login}": ${event.reason}`;
    case "dropped":
      return `the payment to "${event.login}" (nonce ${event.nonce}), whose debit somebody else took ` +
        `away, has ended: ${event.reason}`;
    case "held":
      return `"${event.hold.login}" is held for an operator: ${event.hold.reason}`;
    case "trouble":
      return event.detail;
    case "no-more-debits":
      return `no more debits in this run: ${event.why}`;
    case "skipped":
      return `skipped "${event.skipped.login}" (${event.skipped.reason}): ${event.detail}`;
    case "restored":
      return `nonce ${event.step.nonce}, which the ledger had forgotten: ${
        describeRestored(event.step)
      }`;
    case "sealed":
      return `used up the nonces ${event.from} to ${event.to}`;
    // A check that fails ends the run, which says so; the report tells what became of words.
    case "word":
    case "checked":
    case "lock-taken":
    case "debited":
    case "sent":
    case "head":
      return undefined;
    default:
      return event satisfies never;
  }
}

function describeDetail(event: RunEvent): string | undefined {
  switch (event.kind) {
    case "checked":
      return `check ${event.name} ${event.ok ? "passed" : "failed"}: ${event.detail}`;
    case "lock-taken":
      return `took the lock (${event.runId})`;
    case "debited":
      return `debited ${coins(event.amountShannon)} of "${event.login}" (nonce ${event.nonce})`;
    case "sent":
      return `sent the payment to "${event.login}" (nonce ${event.nonce}): ${event.meaning}` +
        (event.detail === "" ? "" : `, ${event.detail}`);
    case "head":
      return `head ${event.number}: ${event.inFlight} in flight`;
    default:
      return undefined;
  }
}

/** What is written for a nonce that the ledger had forgotten. */
export function describeRestored(step: Restored): string {
  switch (step.kind) {
    case "debit-again": {
      const { login, amountShannon } = step.payment;
      return `the debit of ${coins(amountShannon)} of "${login}", from the local journal`;
    }
    case "adopt": {
      const { debt: { login, amountShannon }, transaction: { hash } } = step;
      return `${coins(amountShannon)} paid to "${login}" in ${hash}`;
    }
    case "pass":
      return `no payout, ${step.why} (${step.transaction.hash})`;
    case "recorded":
      return "a payment of which the ledger has the row";
    case "contested":
      return `${step.why}: resolve --seal uses the nonce up`;
    case "unclear":
      return step.why;
    default:
      return step satisfies never;
  }
}

function describeLeftovers(payments: number, foreign: number): string | undefined {
  const found = [
    payments === 0
      ? []
      : [`${payments} ${payments === 1 ? "payment" : "payments"} of an earlier run`],
    foreign === 0 ? [] : [`${foreign} ${foreign === 1 ? "row" : "rows"} of a Go payer`],
  ].flat();
  return found.length === 0 ? undefined : `taking up ${found.join(" and ")}`;
}

function people(count: number): string {
  return count === 1 ? "1 payee" : `${count} payees`;
}

function coins(amountShannon: bigint): string {
  return `${formatCoins(amountShannon)} coins`;
}
