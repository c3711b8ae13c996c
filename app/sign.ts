/**
 * Signs payments. Nothing here writes to the ledger or sends.
 *
 * @module
 */

import { Fault } from "../domain/fault.ts";
import { wei } from "../domain/money.ts";
import { type Attempt, newestAttempt, type Payment } from "../domain/payment.ts";
import type { BytesSigner, TransferRequest } from "../domain/ports/signer.ts";
import type { Run } from "./run.ts";

/** What a signer made of a list of payments. */
export interface Signed {
  /** Those with their newest attempt signed, in order. */
  readonly signed: readonly Payment[];
  /** Those that it would not sign, with its words. */
  readonly refused: readonly { readonly payment: Payment; readonly detail: string }[];
}

/** After so many refusals in a row, and nothing signed, the signer itself is taken for broken. */
const HOPELESS = 3;

/**
 * Signs the newest attempt of each payment, where signing and sending are two steps. A signer with
 * rules of its own may refuse one payee: it is named, and the others are signed.
 *
 * @throws {Fault} `signer` when it signs nothing of a longer list.
 */
export async function signNewest(run: Run, payments: readonly Payment[]): Promise<Signed> {
  const { signer } = run.ports;
  if (signer.kind === "sends") return { signed: payments, refused: [] };
  try {
    return { signed: await signAll(signer, payments), refused: [] };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return payments.length === 1
      ? { signed: [], refused: payments.map((payment) => ({ payment, detail: error.message })) }
      : await signOneByOne(signer, payments);
  }
}

async function signOneByOne(signer: BytesSigner, payments: readonly Payment[]): Promise<Signed> {
  const signed: Payment[] = [];
  const refused: { payment: Payment; detail: string }[] = [];
  for (const payment of payments) {
    try {
      signed.push(...await signAll(signer, [payment]));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refused.push({ payment, detail: error.message });
      if (signed.length === 0 && refused.length >= HOPELESS) throw error;
    }
  }
  return { signed, refused };
}

async function signAll(
  signer: BytesSigner,
  payments: readonly Payment[],
): Promise<readonly Payment[]> {
  const requests = payments.map((payment) => requestOf(payment, newestAttempt(payment)));
  const transfers = await signer.sign(requests);
  return payments.map((payment, index): Payment => {
    const transfer = transfers[index];
    if (transfer === undefined) {
      throw new Fault(
        "signer",
        `${signer.name} signed ${transfers.length} of ${payments.length} payments`,
      );
    }
    const attempt: Attempt = { ...newestAttempt(payment), hash: transfer.hash, raw: transfer.raw };
    return { ...payment, attempts: [...payment.attempts.slice(0, -1), attempt] };
  });
}

/** The transfer that an attempt asks for. */
export function requestOf(
  payment: Payment,
  attempt: Pick<Attempt, "kind" | "gas" | "fees">,
): TransferRequest {
  const pays = attempt.kind === "pay";
  return {
    chainId: payment.chainId,
    from: payment.wallet,
    to: pays ? payment.recipient : payment.wallet,
    valueWei: pays ? payment.valueWei : NOTHING,
    nonce: payment.nonce,
    gas: attempt.gas,
    fees: attempt.fees,
  };
}

const NOTHING = wei(0n);

function isRefusal(error: unknown): error is Fault {
  return error instanceof Fault && error.kind === "signer";
}
