/**
 * Debits payees: fixes their nonces, signs, and writes debit and bytes in one commit. Nothing here
 * sends.
 *
 * @module
 */

import type { Fees } from "../domain/fees.ts";
import { weiOfShannon } from "../domain/money.ts";
import { newestAttempt, type Payment } from "../domain/payment.ts";
import type { Payee } from "../domain/plan.ts";
import { problemsByLogin } from "./commit.ts";
import { fresh, type Run, track, unixSeconds } from "./run.ts";
import { type Signed, signNewest } from "./sign.ts";

/** Payees whose payments are being signed. Nothing of them is written yet. */
export interface Batch {
  readonly payees: readonly Payee[];
  readonly fees: Fees;
  /** The first payee's nonce; the others follow. */
  readonly nonce: number;
  /** Rejects where {@linkcode signNewest} does. */
  readonly signed: Promise<Signed>;
}

/** Begins to sign payments, at nonces from `nonce` on. They may be thrown away: nobody saw them. */
export function signBatch(
  run: Run,
  payees: readonly Payee[],
  { fees, nonce }: Pick<Batch, "fees" | "nonce">,
): Batch {
  const signed = signNewest(run, prepare(run, payees, { fees, nonce }));
  signed.catch(() => {/* Whoever debits the batch gets the error. */});
  return { payees, fees, nonce, signed };
}

/**
 * Debits a batch whose first nonce is the run's next. Payees whom signer or ledger refuse are
 * dropped; the others close up, are signed again, and go on.
 *
 * @throws {Fault} of the commit or the signer: nothing of the batch may be sent.
 */
export async function debit(run: Run, batch: Batch): Promise<readonly Payment[]> {
  let open = batch;
  // Each round drops at least one payee, so the rounds are bounded by the batch.
  while (open.payees.length > 0) {
    const { signed, refused } = await open.signed;
    if (refused.length > 0) {
      const why = { reason: "signer-refused", details: detailsOf(refused) } as const;
      open = signBatch(run, drop(run, open.payees, why), open);
      continue;
    }
    const outcome = await run.fence.commit(signed.map((payment) => ({ kind: "debit", payment })));
    if (outcome.kind === "applied") {
      takeUp(run, signed);
      return signed;
    }
    const why = { reason: "ledger-unfit", details: problemsByLogin(outcome.problems) } as const;
    open = signBatch(run, drop(run, open.payees, why), open);
  }
  return [];
}

/** Skips the payees who are named, and answers the others. */
function drop(
  run: Run,
  payees: readonly Payee[],
  why: {
    readonly reason: "signer-refused" | "ledger-unfit";
    readonly details: ReadonlyMap<string | null, string>;
  },
): readonly Payee[] {
  const { reason, details } = why;
  for (const { login, amountShannon } of payees) {
    const detail = details.get(login);
    if (detail === undefined) continue;
    const skipped = { login, amountShannon, reason };
    run.results.skipped.push(skipped);
    run.ports.report({ kind: "skipped", skipped, detail });
    if (reason === "signer-refused") {
      run.results.attention.push(`the signer refused the payment to "${login}": ${detail}`);
    }
  }
  return payees.filter(({ login }) => !details.has(login));
}

function detailsOf(refused: Signed["refused"]): ReadonlyMap<string, string> {
  return new Map(refused.map(({ payment, detail }) => [payment.login, detail]));
}

/** Fixes nonces: nothing is signed, written or sent yet. */
function prepare(
  run: Run,
  payees: readonly Payee[],
  { fees, nonce }: Pick<Batch, "fees" | "nonce">,
): readonly Payment[] {
  const { head } = run.watch.tip;
  const debitedAt = unixSeconds(run.ports.clock);
  return payees.map((payee, index): Payment => ({
    login: payee.login,
    amountShannon: payee.amountShannon,
    wallet: run.policy.wallet,
    chainId: run.identity.chainId,
    genesis: run.identity.genesis,
    nonce: nonce + index,
    recipient: payee.recipient,
    valueWei: weiOfShannon(payee.amountShannon),
    debitedAt,
    head: { number: head.number, hash: head.hash },
    attempts: [{ kind: "pay", hash: null, raw: null, gas: payee.gas, fees }],
  }));
}

function takeUp(run: Run, payments: readonly Payment[]): void {
  run.nextNonce += payments.length;
  for (const payment of payments) {
    track(run, fresh(payment));
    run.ports.report({
      kind: "debited",
      login: payment.login,
      amountShannon: payment.amountShannon,
      nonce: payment.nonce,
      hash: newestAttempt(payment).hash,
    });
  }
}
