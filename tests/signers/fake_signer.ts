/**
 * A JSON-RPC server that signs as Clef, Web3Signer or a node would, or lies as it is told.
 *
 * @module
 */

import { SigningKey } from "ethers/crypto";
import { computeAddress, Transaction, type TransactionLike } from "ethers/transaction";
import type { Address } from "../../domain/address.ts";

/** A key that is worth nothing: the tests' own. */
export const TEST_KEY = `0x${"4c".repeat(32)}`;

/** What that key signs for. */
export const TEST_WALLET = computeAddress(TEST_KEY).toLowerCase() as Address;

/** How it behaves; what is not given is honest. */
export interface FakeSignerOptions {
  /** `{raw, tx}` as geth and Clef answer, or the bytes alone. */
  readonly shape?: "text" | "object";
  /** Whether it takes several calls at once. */
  readonly batches?: boolean;
  /** What it signs instead. */
  readonly lie?: (asked: TransactionLike) => TransactionLike;
  /** With which key. */
  readonly key?: string;
  /** What it answers to a method instead: a result, or an error to be thrown. */
  readonly answers?: Readonly<Record<string, (params: readonly unknown[]) => unknown>>;
}

/** A running fake. */
export interface FakeSigner extends AsyncDisposable {
  readonly url: string;
  /** The methods of all calls so far, a batch in one list. */
  readonly requests: readonly (readonly string[])[];
}

/** An error as JSON-RPC answers it. */
export class RpcRefusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Starts a fake on a free port of this machine. */
export function startFakeSigner(options: FakeSignerOptions = {}): FakeSigner {
  const requests: string[][] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const body = await request.json();
    const calls: Call[] = Array.isArray(body) ? body : [body];
    requests.push(calls.map((call) => call.method));
    if (Array.isArray(body) && options.batches === false) {
      return new Response("400: Bad Request", { status: 400 });
    }
    const answers = await Promise.all(calls.map((call) => answerTo(call, options)));
    return Response.json(Array.isArray(body) ? answers : answers[0]);
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    requests,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

interface Call {
  readonly id: unknown;
  readonly method: string;
  readonly params: readonly unknown[];
}

async function answerTo(call: Call, options: FakeSignerOptions): Promise<unknown> {
  try {
    return { jsonrpc: "2.0", id: call.id, result: await resultOf(call, options) };
  } catch (error) {
    if (!(error instanceof RpcRefusal)) throw error;
    return { jsonrpc: "2.0", id: call.id, error: { code: error.code, message: error.message } };
  }
}

function resultOf({ method, params }: Call, options: FakeSignerOptions): unknown {
  const given = options.answers?.[method];
  if (given !== undefined) return given(params);
  switch (method) {
    case "eth_accounts":
    case "account_list":
      return [computeAddress(options.key ?? TEST_KEY)];
    case "eth_signTransaction":
    case "account_signTransaction":
      return sign(params[0] as Record<string, string>, options);
    default:
      throw new RpcRefusal(-32601, `the method ${method} does not exist/is not available`);
  }
}

function sign(asked: Readonly<Record<string, string>>, options: FakeSignerOptions): unknown {
  const key = new SigningKey(options.key ?? TEST_KEY);
  if (asked.from?.toLowerCase() !== TEST_WALLET) throw new RpcRefusal(-32000, "unknown account");
  const { from: _from, gas, nonce, ...fields } = asked;
  const honest: TransactionLike = {
    ...fields,
    type: fields.gasPrice === undefined ? 2 : 0,
    gasLimit: gas ?? null,
    nonce: Number(nonce),
  };
  const transaction = Transaction.from(options.lie?.(honest) ?? honest);
  transaction.signature = key.sign(transaction.unsignedHash);
  const raw = transaction.serialized;
  return options.shape === "object" ? { raw, tx: { hash: transaction.hash } } : raw;
}
