/**
 * Ends a debt on an operator's word: settled, credited back, or dropped, with the hold that was about it,
 * in one commit.
 *
 * @module
 */

import { addressTakenFor } from "../domain/address.ts";
import type { Decided, Verdict } from "../domain/decide.ts";
import { creditBack } from "../domain/decide_spent.ts";
import { valueOf } from "../domain/fact.ts";
import type { Hold } from "../domain/hold.ts";
import type { ForeignRow, Leftovers } from "../domain/leftovers.ts";
import { weiOfShannon } from "../domain/money.ts";
import { debtOf, type OpenDebt, recordOf, type WordOutcome } from "../domain/operator_word.ts";
import { attemptHashes, newestAttempt, paymentKey } from "../domain/payment.ts";
import type { MinedTransaction } from "../domain/ports/chain.ts";
import type { Transition } from "../domain/transition.ts";
import { commitAll } from "./commit.ts";
import { holdForStrangers } from "./perform.ts";
import { fresh, noteHold, type Run, unixSeconds } from "./run.ts";
import type { Weighed } from "./weigh_words.ts";

/** What became of a word. */
export type Heeded = Omit<WordOutcome, "word">;

/** A word that chain and ledger bear out. */
type End = Weighed & { readonly kind: "end" };

/** Settles or credits back, and ends the hold, in one commit. */
export async function endDebt(run: Run, weighed: End, leftovers: Leftovers): Promise<Heeded> {
  const { open, verdict } = weighed;
  if (isNeeded(run, open)) {
    return {
      done: false,
      detail: "what is in flight behind it is cancelled first: say it again then",
    };
  }
  const { login } = debtOf(open);
  const walletHold = holdForStrangers(run, strangersBehind(run, weighed, leftovers));
  const payeeHold = holdOfDropped(run, weighed);
  const lifted = weighed.hold?.reason === "recorded-unpaid" ? null : weighed.hold;
  const problem = await commitWord(run, [
    ...lifted === null ? [] : [{ kind: "release", hold: lifted } as const],
    ending(weighed, { at: unixSeconds(run.ports.clock), hold: payeeHold }),
    ...walletHold === undefined ? [] : [{ kind: "hold", hold: walletHold } as const],
  ]);
  if (problem !== undefined) return { done: false, detail: problem };
  run.inFlight.delete(paymentKey(debtOf(open)));
  if (lifted !== null) run.results.held.delete(login);
  if (payeeHold !== null) noteHold(run, payeeHold);
  if (walletHold !== undefined) run.results.held.set(walletHold.login, walletHold);
  noteEnd(run, weighed);
  return { done: true, detail: verdict.evidence };
}

/** What the ledger says against it; `undefined`: it was written. */
export async function commitWord(
  run: Run,
  transitions: readonly Transition[],
): Promise<string | undefined> {
  const [refused] = await commitAll(run.fence, transitions);
  return refused === undefined ? undefined : `the ledger refused it: ${refused.detail}`;
}

/** A contested payment shows that those behind it are: it stays until none of them could be sent. */
function isNeeded({ inFlight, watch: { tip } }: Run, open: OpenDebt): boolean {
  const latest = valueOf(tip.latestNonce) ?? 0;
  return inFlight.get(paymentKey(debtOf(open)))?.contested === true &&
    [...inFlight.values()].some(({ contested, payment }) =>
      contested && payment.nonce >= latest && newestAttempt(payment).kind !== "cancel"
    );
}

/** The ledger says that it was paid, and it never arrives: whoever drops it, its payee is held. */
function holdOfDropped(run: Run, { open, verdict }: End): Hold | null {
  if (open.kind !== "orphan" || verdict.kind !== "credit-back") return null;
  const { payment } = open;
  const { login } = payment;
  return run.inFlight.get(paymentKey(payment))?.orphan?.recorded === true
    ? { login, reason: "recorded-unpaid", since: unixSeconds(run.ports.clock) }
    : null;
}

/** What took our nonce may be a stranger's: the rules hold the wallet for it, and so does a word. */
function strangersBehind(run: Run, weighed: End, leftovers: Leftovers): readonly Decided[] {
  const { open, own } = weighed;
  const record = recordOf(open);
  if (record === null || own === null) return [];
  const verdict = strangerBehind(run, weighed, leftovers) ?? own.verdict;
  return [{ flight: fresh(record), verdict }];
}

/** The rules held the payment, so they left it open what else took its nonce, and whose that is. */
function strangerBehind(
  { inFlight, policy: { wallet } }: Run,
  { own, verdict }: End,
  { foreign }: Leftovers,
): Verdict | undefined {
  const spender = valueOf(own?.spender);
  if (verdict.kind !== "credit-back" || own?.verdict.kind !== "hold" || spender === undefined) {
    return undefined;
  }
  const { transaction, recorded, feeWei } = spender;
  const { hash, to, valueWei } = transaction;
  // A node that signs may have given this nonce to another payment of ours.
  const isOurs = [...inFlight.values()].some(({ payment, contested }) =>
    attemptHashes(payment).includes(hash) ||
    (!contested && payment.recipient === to && payment.valueWei === valueWei)
  );
  const isKnown = recorded || isOurs || foreign.some((each) => isOfRow(each, transaction));
  return isKnown || (to === wallet && valueWei === 0n)
    ? undefined
    : creditBack("nonce-taken", { hash, feeWei, hold: null, stranger: transaction });
}

/** Whether it may be what a Go payer sent for a row that is open. */
function isOfRow({ row, hash }: ForeignRow, transaction: MinedTransaction): boolean {
  return hash === transaction.hash ||
    (addressTakenFor(row.login) === transaction.to &&
      weiOfShannon(row.amountShannon) === transaction.valueWei);
}

function ending(
  { open, verdict }: End,
  { at, hold }: { readonly at: number; readonly hold: Hold | null },
): Transition {
  const debt = debtOf(open);
  const payment = recordOf(open);
  if (verdict.kind === "credit-back") {
    // Somebody credited an orphan back before: only its record is left.
    return open.kind === "orphan"
      ? { kind: "drop", payment: open.payment, hold }
      : { kind: "credit-back", debt, payment, hold: null };
  }
  const { hash } = verdict.transaction;
  return open.kind === "orphan" || open.kind === "unknown"
    ? { kind: "record-paid", debt, payment, spent: null, hash, at }
    : { kind: "settle", debt, payment, hash, at };
}

function noteEnd(run: Run, { open, verdict }: End): void {
  const { login, amountShannon } = debtOf(open);
  if (verdict.kind === "settle") {
    const { transaction: { hash, nonce }, block } = verdict;
    run.results.explainedNonces.add(nonce);
    run.results.feesWei += verdict.feeWei ?? 0n;
    run.results.paid.push({ login, amountShannon, txHash: hash, nonce, block });
    run.ports.report({ kind: "settled", login, amountShannon, nonce, hash });
  } else if (open.kind === "orphan") {
    const { payment: { nonce } } = open;
    run.results.dropped.push({ login, amountShannon, nonce, reason: "operator" });
    run.ports.report({ kind: "dropped", login, nonce, reason: "operator" });
  } else {
    run.results.creditedBack.push({ login, amountShannon, reason: "operator" });
    run.ports.report({ kind: "credited-back", login, amountShannon, reason: "operator" });
  }
}
