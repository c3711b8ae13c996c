/**
 * Sends attempts that are in the ledger's journal and durable. Sending the same bytes again is
 * harmless, so no answer needs to be right. (A node that signs for itself makes other bytes each time:
 * the domain decides when it may be asked again.)
 *
 * @module
 */

import { Fault } from "../domain/fault.ts";
import { valueOf } from "../domain/fact.ts";
import type { InFlight } from "../domain/decide.ts";
import { attemptHashes, newestAttempt, type Payment, paymentKey } from "../domain/payment.ts";
import type { SendingSigner } from "../domain/ports/signer.ts";
import { isHeld, isRefusal, type SendAnswer } from "../domain/send_answer.ts";
import { commitAll } from "./commit.ts";
import { makeDurable } from "./make_durable.ts";
import { type Run, stopDebits, track } from "./run.ts";
import { requestOf } from "./sign.ts";
import { heedFullMempool } from "./window.ts";

/** Sends the newest attempt of each payment, in nonce order, and notes what the node answered. */
export async function sendNewest(run: Run, flights: readonly InFlight[]): Promise<void> {
  const inOrder = flights.toSorted((a, b) => a.payment.nonce - b.payment.nonce);
  const answers = await sendAll(run, inOrder.map(({ payment }) => payment));
  heedFullMempool(run, inOrder.map(({ payment }) => payment), answers);
  for (const [index, answer] of answers.entries()) {
    const sent = inOrder[index];
    const flight = sent === undefined ? undefined : run.inFlight.get(paymentKey(sent.payment));
    if (flight !== undefined) noteAnswer(run, flight, answer);
  }
}

async function sendAll(run: Run, payments: readonly Payment[]): Promise<readonly SendAnswer[]> {
  const { signer, chain } = run.ports;
  if (signer.kind === "sends") {
    const answers: SendAnswer[] = [];
    for (const payment of payments) answers.push(await sendThroughNode(run, signer, payment));
    return answers;
  }
  return await chain.broadcast(payments.map((payment) => {
    const { raw } = newestAttempt(payment);
    if (raw !== null) return raw;
    throw new Fault(
      "signer",
      `The payment to "${payment.login}" was sent by the node's own account and has no signed ` +
        `bytes: run with signer kind "node" until it has ended`,
    );
  }));
}

/** The node signs and sends in one step: its hash is journalled as soon as it is known. */
async function sendThroughNode(
  run: Run,
  signer: SendingSigner,
  payment: Payment,
): Promise<SendAnswer> {
  const attempt = newestAttempt(payment);
  const answer = await signer.send(requestOf(payment, attempt));
  if (answer.hash === null || attemptHashes(payment).includes(answer.hash)) return answer;
  const after: Payment = {
    ...payment,
    attempts: [...payment.attempts.slice(0, -1), { ...attempt, hash: answer.hash }],
  };
  const refused = await commitAll(run.fence, [{ kind: "record-attempt", before: payment, after }]);
  if (refused.length > 0) return answer;
  await makeDurable(run, [after]);
  const flight = run.inFlight.get(paymentKey(payment));
  if (flight !== undefined) track(run, { ...flight, payment: after });
  await checkNonceIsHonoured(run, after, answer);
  return answer;
}

/** Only a node that was seen to use the nonce it was given may have several payments at once. */
async function checkNonceIsHonoured(run: Run, payment: Payment, answer: SendAnswer): Promise<void> {
  if (answer.hash === null) return;
  const [fact] = await run.ports.chain.transactions([answer.hash]);
  const transaction = valueOf(fact);
  if (transaction === undefined) return;
  if (transaction.nonce === payment.nonce) {
    run.nonceIsHonoured = true;
    return;
  }
  stopDebits(run, {
    kind: "refused",
    detail: `${run.ports.signer.name} sent the payment to "${payment.login}" at nonce ` +
      `${transaction.nonce} instead of ${payment.nonce}`,
  });
}

function noteAnswer(run: Run, flight: InFlight, answer: SendAnswer): void {
  const { payment } = flight;
  const { meaning, detail } = answer;
  const { login, nonce } = payment;
  run.ports.report({ kind: "sent", login, nonce, meaning, detail });
  const head = run.watch.tip.head.number;
  const refused = isRefusal(meaning);
  track(run, {
    ...flight,
    sentAt: flight.sentAt ?? head,
    underpriced: meaning === "underpriced",
    outbid: meaning === "replacement-underpriced",
    refusals: refused ? flight.refusals + 1 : isHeld(meaning) ? 0 : flight.refusals,
    refusedSince: refused
      ? flight.refusedSince ?? head
      : isHeld(meaning)
      ? null
      : flight.refusedSince,
  });
  if (meaning === "fatal") {
    stopDebits(run, {
      kind: "refused",
      detail: `${run.ports.chain.name} refused a payment: ${detail}`,
    });
  }
}
