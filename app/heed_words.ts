/**
 * Does what an operator says, where chain and ledger bear it out: under the lock, each word on its own.
 * Every word is one commit, or is taken up by the rules of any run, so one that was interrupted can be
 * said again.
 *
 * @module
 */

import type { Leftovers } from "../domain/leftovers.ts";
import { debtOf, type OperatorWord } from "../domain/operator_word.ts";
import { newestAttempt, type PaymentKey, paymentKey } from "../domain/payment.ts";
import { commitWord, endDebt, type Heeded } from "./end_debt.ts";
import { replaceAttempts } from "./replace_attempts.ts";
import { fresh, type Run } from "./run.ts";
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
    const outcome = { word, ...await heed(run, weighed, leftovers) };
    if (outcome.done && weighed.kind === "end") ended.add(paymentKey(debtOf(weighed.open)));
    run.results.words.push(outcome);
    run.ports.report({ kind: "word", outcome });
  }
  return ended;
}

async function heed(run: Run, weighed: Weighed, leftovers: Leftovers): Promise<Heeded> {
  switch (weighed.kind) {
    case "end":
      return await endDebt(run, weighed, leftovers);
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
