/**
 * Having transfers signed over JSON-RPC, by a signer or by a node.
 *
 * @module
 */

import type { Address } from "../../../domain/address.ts";
import { Fault } from "../../../domain/fault.ts";
import { wei } from "../../../domain/money.ts";
import type { SignedTransfer, TransferRequest } from "../../../domain/ports/signer.ts";
import { isMethodMissing, whyNot } from "../answers.ts";
import type { RpcAnswer, RpcCall, RpcConnection, RpcError } from "../rpc_connection.ts";
import { takeSigned } from "./signed_transfer_check.ts";
import { transferParams } from "./transfer_transaction.ts";

/** Who is asked to sign, and how. */
export interface RpcSigning {
  /** Where that is. */
  readonly connection: RpcConnection;
  /** `account_signTransaction` for Clef, `eth_signTransaction` for all others. */
  readonly method: "eth_signTransaction" | "account_signTransaction";
  /** Who that is, for people. */
  readonly name: string;
}

/**
 * Has transfers signed, in one round trip, and checks every one. A signer that takes no batches is
 * asked for one after the other: signing sends nothing, and may be repeated.
 *
 * @throws {Fault} `signer` at the first that was not signed, or not as asked.
 */
export async function signByRpc(
  signing: RpcSigning,
  requests: readonly TransferRequest[],
): Promise<readonly SignedTransfer[]> {
  const calls = requests.map((request) => callFor(signing, request));
  const answers = calls.length === 0 ? [] : await signing.connection.batch(calls);
  const signed: SignedTransfer[] = [];
  for (const [index, request] of requests.entries()) {
    let answer = answers[index] ?? NO_ANSWER;
    if (calls.length > 1 && isBatchRefused(answer)) answer = await ask(signing, request);
    if (answer.kind !== "result") throw refusalOf(answer, { ...signing, wallet: request.from });
    signed.push(takeSigned(answer.result, { request, signer: signing.name }));
  }
  return signed;
}

/**
 * Asks for a signature that is worth nothing, to see whether the wallet's is to be had: `undefined`
 * when it was given, else the answer.
 *
 * What is signed can be shown to anybody, for no chain ever takes it: its gas is below what any
 * transaction needs (the yellow paper's intrinsic gas of 21,000), its nonce is one that no wallet
 * reaches, and it would move nothing from the wallet to itself. Gas and price are not zero because
 * some nodes take a zero for "please fill in", and geth refuses it.
 *
 * @throws {Fault} `signer` when something else was signed.
 */
export async function probeSignature(
  signing: RpcSigning,
  { wallet, chainId }: { readonly wallet: Address; readonly chainId: bigint },
): Promise<Exclude<RpcAnswer, { readonly kind: "result" }> | undefined> {
  const request: TransferRequest = {
    chainId,
    from: wallet,
    to: wallet,
    valueWei: wei(0n),
    nonce: Number.MAX_SAFE_INTEGER,
    gas: 1n,
    fees: { kind: "legacy", gasPriceWei: wei(1n) },
  };
  const answer = await ask(signing, request);
  if (answer.kind !== "result") return answer;
  takeSigned(answer.result, { request, signer: signing.name });
  return undefined;
}

/** Calls one method. */
export async function callOne(connection: RpcConnection, call: RpcCall): Promise<RpcAnswer> {
  const [answer] = await connection.batch([call]);
  return answer ?? NO_ANSWER;
}

/** The accounts in a list, in lower case; `undefined` when it is none. What is no address is left out. */
export function accountsIn(answer: RpcAnswer): readonly string[] | undefined {
  if (answer.kind !== "result" || !Array.isArray(answer.result)) return undefined;
  return answer.result.flatMap((account: unknown) =>
    typeof account === "string" && /^0x[0-9a-f]{40}$/i.test(account) ? [account.toLowerCase()] : []
  );
}

/** The fault where a signature was not given. */
export function refusalOf(
  answer: Exclude<RpcAnswer, { readonly kind: "result" }>,
  { name, wallet }: { readonly name: string; readonly wallet: Address },
): Fault {
  const wayOut = answer.kind === "error" ? wayOutOf(answer.error, wallet) : "is it running?";
  return new Fault("signer", `Cannot sign with ${name}: ${whyNot(answer)}; ${wayOut}`);
}

const INVALID_REQUEST = -32600;
const PARSE_ERROR = -32700;
const NO_ANSWER: RpcAnswer = { kind: "nonsense", why: "it answered nothing" };

function callFor({ method }: RpcSigning, request: TransferRequest): RpcCall {
  return { method, params: [transferParams(request)] };
}

function ask(signing: RpcSigning, request: TransferRequest): Promise<RpcAnswer> {
  return callOne(signing.connection, callFor(signing, request));
}

/** Whether an answer may say no more than that several calls at once are not understood. */
function isBatchRefused(answer: RpcAnswer): boolean {
  if (answer.kind === "error") {
    return answer.error.code === INVALID_REQUEST || answer.error.code === PARSE_ERROR;
  }
  return answer.kind === "nonsense";
}

function wayOutOf(error: RpcError, wallet: Address): string {
  if (/authentication needed|locked/i.test(error.message)) {
    return `unlock the account ${wallet} there, or give Paydirt its key: "signer" in the config`;
  }
  if (/unknown account|account not found|no signer available|no key/i.test(error.message)) {
    return `it does not hold the account ${wallet}: give Paydirt its key, "signer" in the config`;
  }
  if (isMethodMissing(error)) return 'it offers no signing: choose another "signer" in the config';
  return `does it hold the account ${wallet}, and may it sign?`;
}
