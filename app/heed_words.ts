/**
 * Does what an operator says, where chain and ledger bear it out: under the lock, each word on its own.
 * Every word is one commit, or is taken up by the rules of any run, so one that was interrupted can be
 * said again.
 *
 * @module
 */

import type { Verdict } from "../domain/decide.ts";
import { creditBack } from "../domain/decide_spent.ts";
import { valueOf } from "../domain/fact.ts";
import type { Leftovers } from "../domain/leftovers.ts";
import { debtOf, type OperatorWord, recordOf, type WordOutcome } from "../domain/operator_word.ts";
import { attemptHashes, newestAttempt, type PaymentKey, paymentKey } from "../domain/payment.ts";
import type { Transition } from "../domain/transition.ts";
import { commitAll } from "./commit.ts";
import { holdForStrangers } from "./perform.ts";
import { replaceAttempts } from "./replace_attempts.ts";
import { fresh, type Run, unixSeconds } from "./run.ts";
import { type Weighed, weighWord } from "./weigh_words.ts";

/** Heeds words in order. Answers the debts that they ended. */
export async function heedWords(
  run: Run,
  words: readonly OperatorWord[],
  leftovers: Leftovers,
): Promise<ReadonlySet<PaymentKey>> {
  const ended = new Set<PaymentKey>();
  for (const word of words) {
    const weighed = await weighWord(run, word, leftovers);
    const outcome = { word, ...await heed(run, weighed) };
    if (outcome.done && weighed.kind === "end") ended.add(paymentKey(debtOf(weighed.open)));
    run.results.words.push(outcome);
    run.ports.report({ kind: "word", outcome });
  }
  return ended;
}

type Heeded = Omit<WordOutcome, "word">;

async function heed(run: Run, weighed: Weighed): Promise<Heeded> {
  switch (weighed.kind) {
    case "end":
      return isNeeded(run, weighed)
        ? {
          done: false,
          detail: "what is in flight behind it is cancelled first: say it again then",
        }
        : await endDebt(run, weighed);
    case "cancel":
      return await cancel(run, weighed);
    case "release": {
      const { hold } = weighed;
      const problem = await commitWord(run, [{ kind: "release", hold }]);
      if (problem !== undefined) return { done: false, detail: problem };
      run.results.held.delete(hold.login);
      return { done: true, detail: `it was held: ${hold.reason}` };
    }
    case "leave":
      return { done: true, detail: weighed.evidence };
    case "refuse":
      return { done: false, detail: weighed.why };
    default:
      return weighed satisfies never;
  }
}

/** A contested payment shows that those behind it are: it stays until none of them could be sent. */
function isNeeded(
  { inFlight, watch: { tip } }: Run,
  { open }: Weighed & { readonly kind: "end" },
): boolean {
  const latest = valueOf(tip.latestNonce) ?? 0;
  return inFlight.get(paymentKey(debtOf(open)))?.contested === true &&
    [...inFlight.values()].some(({ contested, payment }) =>
      contested && payment.nonce >= latest && newestAttempt(payment).kind !== "cancel"
    );
}

/** Settles or credits back, and ends the hold, in one commit. */
async function endDebt(run: Run, weighed: Weighed & { readonly kind: "end" }): Promise<Heeded> {
  const { open, verdict, own } = weighed;
  const { login, amountShannon } = debtOf(open);
  const at = unixSeconds(run.ports.clock);
  // What took our nonce may be a stranger's: the rules hold the wallet for it, and so does a word.
  const record = recordOf(open);
  const decided = record === null || own === null
    ? []
    : [{ flight: fresh(record), verdict: strangerBehind(run, weighed) ?? own.verdict }];
  const walletHold = holdForStrangers(run, decided);
  const problem = await commitWord(run, [
    ending(weighed, at),
    ...weighed.hold === null ? [] : [{ kind: "release", hold: weighed.hold } as const],
    ...walletHold === undefined ? [] : [{ kind: "hold", hold: walletHold } as const],
  ]);
  if (problem !== undefined) return { done: false, detail: problem };
  run.inFlight.delete(paymentKey(debtOf(open)));
  run.results.held.delete(login);
  if (walletHold !== undefined) run.results.held.set(walletHold.login, walletHold);
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
  return { done: true, detail: verdict.evidence };
}

/** The rules held the payment, so they left it open what else took its nonce, and whose that is. */
function strangerBehind(
  { inFlight, policy: { wallet } }: Run,
  { own, verdict }: Weighed & { readonly kind: "end" },
): Verdict | undefined {
  const spender = valueOf(own?.spender);
  if (verdict.kind !== "credit-back" || own?.verdict.kind !== "hold" || spender === undefined) {
    return undefined;
  }
  const { transaction, recorded, feeWei } = spender;
  const { hash, to, valueWei } = transaction;
  // A node that signs may have given this nonce to another payment of ours.
  const isOurs = [...inFlight.values()].some(({ payment }) =>
    attemptHashes(payment).includes(hash) ||
    (payment.recipient === to && payment.valueWei === valueWei)
  );
  return recorded || isOurs || (to === wallet && valueWei === 0n)
    ? undefined
    : creditBack("nonce-taken", { hash, feeWei, hold: null, stranger: transaction });
}

function ending({ open, verdict }: Weighed & { readonly kind: "end" }, at: number): Transition {
  const debt = debtOf(open);
  const payment = recordOf(open);
  if (verdict.kind === "credit-back") {
    // Somebody credited an orphan back before: only its record is left.
    return open.kind === "orphan"
      ? { kind: "drop", payment: open.payment, hold: null }
      : { kind: "credit-back", debt, payment, hold: null };
  }
  const { hash } = verdict.transaction;
  return open.kind === "orphan" || open.kind === "unknown"
    ? { kind: "record-paid", debt, payment, spent: null, hash, at }
    : { kind: "settle", debt, payment, hash, at };
}

/** The cancel is signed, recorded and durable before it is sent; from then on the rules end it. */
async function cancel(
  run: Run,
  { payment, fees }: Weighed & { readonly kind: "cancel" },
): Promise<Heeded> {
  const key = paymentKey(payment);
  const flight = run.inFlight.get(key) ?? fresh(payment);
  await replaceAttempts(run, [{ flight, verdict: { kind: "replace", attempt: "cancel", fees } }]);
  const after = run.inFlight.get(key)?.payment;
  const newest = after === undefined ? undefined : newestAttempt(after);
  return newest?.kind === "cancel"
    ? {
      done: true,
      detail: `${newest.hash ?? "the node's own transaction"} was sent to take its nonce ` +
        `${payment.nonce}; run resolve or pay --drain until one of the two is final`,
    }
    : { done: false, detail: "no cancel could be signed and recorded" };
}

/** What the ledger says against it; `undefined`: it was written. */
async function commitWord(
  run: Run,
  transitions: readonly Transition[],
): Promise<string | undefined> {
  const [refused] = await commitAll(run.fence, transitions);
  return refused === undefined ? undefined : `the ledger refused it: ${refused.detail}`;
}
