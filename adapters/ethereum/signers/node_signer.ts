/**
 * Signing with an account that the node itself has unlocked, as the Go payers do.
 *
 * @module
 */

import { hashMessage } from "ethers/hash";
import { recoverAddress } from "ethers/transaction";
import type { Address } from "../../../domain/address.ts";
import { Fault } from "../../../domain/fault.ts";
import type { SendingSigner, Signer } from "../../../domain/ports/signer.ts";
import { isMethodMissing } from "../answers.ts";
import type { RpcConnection } from "../rpc_connection.ts";
import { readSendAnswer } from "../send_answers.ts";
import {
  accountsIn,
  callOne,
  probeSignature,
  refusalOf,
  type RpcSigning,
  signByRpc,
} from "./rpc_signing.ts";
import { transferParams } from "./transfer_transaction.ts";

/** The wallet, and the chain that it pays on. */
export interface NodeSignerOptions {
  /** The account that pays. */
  readonly wallet: Address;
  /** The chain's id (EIP-155). */
  readonly chainId: bigint;
}

/**
 * Finds out how a node signs for a wallet, and proves that it does. Where it offers
 * `eth_signTransaction` the bytes can be written ahead; where it does not, it signs and sends in
 * one step (`eth_sendTransaction`).
 *
 * @example
 * ```ts ignore
 * const signer = await openNodeSigner(connection, { wallet, chainId: 61n });
 * if (signer.kind === "sends") console.error("one payment at a time");
 * ```
 *
 * @throws {Fault} `signer` when the account is locked, unknown or the node does not answer;
 * `wrong-signer` when another account signs.
 */
export async function openNodeSigner(
  connection: RpcConnection,
  options: NodeSignerOptions,
): Promise<Signer> {
  const { wallet } = options;
  const name = `the account ${wallet} of the node ${connection.name}`;
  const signing: RpcSigning = { connection, method: "eth_signTransaction", name };
  const refused = await probeSignature(signing, options);
  if (refused === undefined) {
    return {
      kind: "bytes",
      name,
      address: () => Promise.resolve(wallet),
      sign: (requests) => signByRpc(signing, requests),
    };
  }
  if (refused.kind !== "error" || !isMethodMissing(refused.error)) {
    throw refusalOf(refused, { name, wallet });
  }
  await proveAccount(connection, { wallet, name });
  return sendingSigner(connection, { wallet, name });
}

function sendingSigner(connection: RpcConnection, { wallet, name }: Account): SendingSigner {
  return {
    kind: "sends",
    name,
    address: () => Promise.resolve(wallet),
    send: async (request) =>
      readSendAnswer(
        await callOne(connection, {
          method: "eth_sendTransaction",
          params: [transferParams(request)],
        }),
      ),
  };
}

interface Account {
  readonly wallet: Address;
  readonly name: string;
}

/** What an account signs to show that it is unlocked. EIP-191 keeps it from being a transaction. */
const MESSAGE = "Paydirt asks whether this account can sign";

/** Proves by a signed message that the account is unlocked; where the node signs none, by its list. */
async function proveAccount(connection: RpcConnection, account: Account): Promise<void> {
  const { wallet, name } = account;
  const data = `0x${new TextEncoder().encode(MESSAGE).toHex()}`;
  const answer = await callOne(connection, { method: "eth_sign", params: [wallet, data] });
  const missing = answer.kind === "error" && isMethodMissing(answer.error);
  if (answer.kind !== "result" && !missing) throw refusalOf(answer, account);
  if (answer.kind === "result" && signerOf(answer.result) === wallet) return;
  const listed = await callOne(connection, { method: "eth_accounts", params: [] });
  if (accountsIn(listed)?.includes(wallet)) return;
  throw new Fault(
    "wrong-signer",
    `Cannot sign with ${name}: nothing shows that the node holds it; give Paydirt its key, ` +
      '"signer" in the config',
  );
}

function signerOf(signature: unknown): string | undefined {
  try {
    return recoverAddress(hashMessage(MESSAGE), String(signature)).toLowerCase();
  } catch {
    return undefined; // No signature, or one of another scheme: it shows nothing.
  }
}
