/**
 * Takes up what earlier runs left: our own payments go on as if nothing had happened.
 *
 * @module
 */

import { encodeRecord } from "../domain/journal_record.ts";
import type { OperatorWord } from "../domain/operator_word.ts";
import { attemptHashes, identityOf, newestAttempt, type Payment } from "../domain/payment.ts";
import type { Assessment } from "./assess.ts";
import { commitAll } from "./commit.ts";
import { resolveForeign } from "./foreign.ts";
import { heedWords } from "./heed_words.ts";
import { makeDurable } from "./make_durable.ts";
import { fresh, type Run, track } from "./run.ts";

/** What {@linkcode recover} knows besides what was found. */
export interface RecoverOptions {
  /** What an operator says about the leftovers. */
  readonly words: readonly OperatorWord[];
  /** Whether rows of Go payers that are held already are looked for on the chain once more. */
  readonly lookAgain: boolean;
}

/** Takes up leftovers under the lock. */
export async function recover(
  run: Run,
  found: Assessment,
  { words, lookAgain }: RecoverOptions,
): Promise<void> {
  const { leftovers } = found;
  run.ports.report({
    kind: "leftovers",
    payments: leftovers.payments.length,
    foreign: leftovers.foreign.length,
  });
  for (const hold of leftovers.held) run.results.held.set(hold.login, hold);
  for (const member of leftovers.malformed) {
    run.results.attention.push(`the pending row "${member}" makes no sense`);
  }
  const payments = await takeUpPayments(run, found);
  const ended = await heedWords(run, words, { ...leftovers, payments });
  const held = new Set(leftovers.held.map(({ login }) => login));
  const rows = leftovers.foreign.filter(({ row }) =>
    !ended.has(row.key) && (lookAgain || !held.has(row.login))
  );
  if (rows.length > 0) await resolveForeign(run, rows, leftovers);
}

/** Answers them with the attempts that ledger and local journal have. */
async function takeUpPayments(
  run: Run,
  { leftovers, journalled, contested }: Assessment,
): Promise<readonly Payment[]> {
  const payments = await restoreAttempts(run, leftovers.payments, journalled);
  const unsure = new Set(contested.map(identityOf));
  for (const payment of payments) takeUp(run, payment, unsure.has(identityOf(payment)));
  await takeUpOrphans(run, leftovers.orphans, unsure);
  // The local journal is told of what is contested with its cancel, which nothing can overlook.
  const sure = payments.filter((payment) =>
    !unsure.has(identityOf(payment)) || newestAttempt(payment).kind === "cancel"
  );
  await journalAgain(run, [...sure, ...leftovers.orphans], journalled);
  return payments;
}

function takeUp(run: Run, payment: Payment, contested: boolean): void {
  track(run, { ...fresh(payment), contested });
  if (!contested) return;
  const { login, nonce } = payment;
  const detail = `the payment to "${login}" (nonce ${nonce}) is in the ledger, and the local ` +
    `journal has others in its place: it is cancelled`;
  run.ports.report({ kind: "trouble", detail });
}

/** Their debits are gone: they are only watched and cancelled, until it is known what became of them. */
async function takeUpOrphans(
  run: Run,
  orphans: readonly Payment[],
  unsure: ReadonlySet<string>,
): Promise<void> {
  for (const payment of orphans) {
    const rows = attemptHashes(payment).map((hash) => ({ debt: payment, hash }));
    const recorded = (await run.ports.ledger.recorded(rows)).includes(true);
    const contested = unsure.has(identityOf(payment));
    track(run, { ...fresh(payment), contested, orphan: { recorded } });
    const detail =
      `the payment to "${payment.login}" (nonce ${payment.nonce}) is in our journal and ` +
      `not pending: a Go payer resolved it behind our back`;
    run.ports.report({ kind: "trouble", detail });
  }
}

/** Attempts that the local journal has and the ledger lost are written to the ledger again. */
async function restoreAttempts(
  run: Run,
  payments: readonly Payment[],
  journalled: readonly Payment[],
): Promise<readonly Payment[]> {
  const known = new Map(journalled.map((payment) => [identityOf(payment), payment]));
  const restored = payments.map((payment) => {
    const local = known.get(identityOf(payment));
    return local !== undefined && local.attempts.length > payment.attempts.length ? local : payment;
  });
  const transitions = payments.flatMap((before, index) => {
    const after = restored[index];
    return after === undefined || after === before
      ? []
      : [{ kind: "record-attempt" as const, before, after }];
  });
  const refused = new Set(
    (await commitAll(run.fence, transitions)).map(({ transition }) => transition.after),
  );
  return restored.map((payment, index) =>
    refused.has(payment) ? payments[index] ?? payment : payment
  );
}

/** Before anything is sent again, it is durable again. */
async function journalAgain(
  run: Run,
  payments: readonly Payment[],
  journalled: readonly Payment[],
): Promise<void> {
  const there = new Set(journalled.map(encodeRecord));
  const missing = payments.filter((payment) => !there.has(encodeRecord(payment)));
  await makeDurable(run, missing);
}
