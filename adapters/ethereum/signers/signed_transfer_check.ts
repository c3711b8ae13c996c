/**
 * Checking what somebody else signed, before anything else is done with it.
 *
 * @module
 */

import { Transaction } from "ethers/transaction";
import type { Hash, Hex } from "../../../domain/address.ts";
import { Fault } from "../../../domain/fault.ts";
import type { SignedTransfer, TransferRequest } from "../../../domain/ports/signer.ts";
import { transactionOf } from "./transfer_transaction.ts";

/**
 * Takes a signer's answer to a request: the signed bytes as a text, or an object that holds them as
 * `raw` (geth, Clef). The bytes must be the request's own: every field is compared, the sender is
 * recovered, and the request encoded with that signature must give the same bytes again.
 *
 * @throws {Fault} `signer`, naming the field that differs.
 */
export function takeSigned(
  answer: unknown,
  { request, signer }: { readonly request: TransferRequest; readonly signer: string },
): SignedTransfer {
  const raw = rawOf(answer);
  if (raw === undefined) throw refusal(signer, "answered no signed transaction");
  const signed = decode(raw);
  if (signed === undefined) throw refusal(signer, "answered bytes that are not a transaction");
  const expected = transactionOf(request);
  for (const [field, of] of FIELDS) {
    if (of(signed) === of(expected)) continue;
    throw refusal(
      signer,
      `signed a transaction that was not asked for: its ${field} is ${
        show(of(signed))
      }, expected ` +
        show(of(expected)),
    );
  }
  const sender = senderOf(signed);
  if (sender !== request.from) {
    throw refusal(signer, `signed for ${sender ?? "nobody"}, expected ${request.from}`);
  }
  expected.signature = signed.signature;
  if (expected.serialized !== raw || expected.hash === null) {
    throw refusal(signer, "signed a transaction with more in it than was asked for");
  }
  return { raw, hash: expected.hash as Hash };
}

const MAX_SHOWN = 80;

/** What is compared by name, so that a refusal can say what differs. */
const FIELDS: readonly (readonly [string, (transaction: Transaction) => unknown])[] = [
  ["type", (transaction) => transaction.typeName],
  ["chain id", (transaction) => transaction.chainId],
  ["nonce", (transaction) => transaction.nonce],
  ["recipient", (transaction) => transaction.to],
  ["value", (transaction) => transaction.value],
  ["gas", (transaction) => transaction.gasLimit],
  ["gas price", (transaction) => transaction.gasPrice],
  ["max fee", (transaction) => transaction.maxFeePerGas],
  ["tip", (transaction) => transaction.maxPriorityFeePerGas],
  ["data", (transaction) => transaction.data],
  ["access list length", (transaction) => transaction.accessList?.length ?? 0],
];

function rawOf(answer: unknown): Hex | undefined {
  const raw = typeof answer === "object" && answer !== null && "raw" in answer
    ? answer.raw
    : answer;
  if (typeof raw !== "string" || !/^0x(?:[0-9a-fA-F]{2})+$/.test(raw)) return undefined;
  return raw.toLowerCase() as Hex;
}

function decode(raw: Hex): Transaction | undefined {
  try {
    return Transaction.from(raw);
  } catch {
    return undefined; // The library's words about malformed bytes help nobody.
  }
}

/** Who signed, by a signature that the chain would take (EIP-2 refuses a high `s`). */
function senderOf(signed: Transaction): string | undefined {
  if (!signed.signature?.isValid()) return undefined;
  try {
    return signed.from?.toLowerCase();
  } catch {
    return undefined; // No key makes such a signature.
  }
}

function show(value: unknown): string {
  const text = String(value ?? "none");
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function refusal(signer: string, what: string): Fault {
  return new Fault("signer", `Cannot use ${signer}: it ${what}; nothing of it was sent`);
}
