/**
 * Signing with a signer elsewhere: Clef, Web3Signer, or a node that only signs.
 *
 * @module
 */

import type { Address } from "../../../domain/address.ts";
import { Fault } from "../../../domain/fault.ts";
import type { BytesSigner, SignedTransfer, TransferRequest } from "../../../domain/ports/signer.ts";
import type { RpcConnection } from "../rpc_connection.ts";
import {
  accountsIn,
  callOne,
  probeSignature,
  refusalOf,
  type RpcSigning,
  signByRpc,
} from "./rpc_signing.ts";

/** A signer elsewhere, and what it is to sign for. */
export interface RemoteSignerOptions {
  /** Where it is. */
  readonly connection: RpcConnection;
  /** `account_signTransaction` for Clef, `eth_signTransaction` for all others. */
  readonly method: RpcSigning["method"];
  /** The account that pays. */
  readonly wallet: Address;
  /** The chain's id (EIP-155). */
  readonly chainId: bigint;
}

/**
 * Asks a signer elsewhere. Nothing that it answers is believed: every signed transfer is decoded,
 * its sender recovered, and compared with the request field by field.
 *
 * @example
 * ```ts ignore
 * const signer = new RemoteSigner({ connection, method: "eth_signTransaction", wallet, chainId });
 * ```
 */
export class RemoteSigner implements BytesSigner {
  /** Signs ahead of sending. */
  readonly kind = "bytes";
  /** How it signs, for people. */
  readonly name: string;
  readonly #options: RemoteSignerOptions;
  readonly #signing: RpcSigning;

  /** Asks nothing yet. */
  constructor(options: RemoteSignerOptions) {
    this.#options = options;
    this.name = `the remote signer ${options.connection.name}`;
    this.#signing = { ...options, name: this.name };
  }

  /**
   * The wallet, if the signer lists it among its accounts; where the signer lists none, if it signs
   * for the wallet a transaction that no chain would take.
   *
   * @throws {Fault} `wrong-signer` when it has other accounts only; `signer` when it does not answer
   * or does not sign.
   */
  async address(): Promise<Address> {
    const { connection, method, wallet } = this.#options;
    const list = method === "account_signTransaction" ? "account_list" : "eth_accounts";
    const answer = await callOne(connection, { method: list, params: [] });
    const accounts = accountsIn(answer);
    if (accounts !== undefined) {
      if (accounts.includes(wallet)) return wallet;
      throw new Fault(
        "wrong-signer",
        `Cannot sign for ${wallet}: ${this.name} has ${describe(accounts)}`,
      );
    }
    const refused = answer.kind === "error" || answer.kind === "result"
      ? await probeSignature(this.#signing, this.#options)
      : answer;
    if (refused !== undefined) throw refusalOf(refused, { name: this.name, wallet });
    return wallet;
  }

  /**
   * Has transfers signed, in one round trip where the signer takes batches.
   *
   * @throws {Fault} `signer` when one is refused, or is signed otherwise than it was asked.
   */
  sign(requests: readonly TransferRequest[]): Promise<readonly SignedTransfer[]> {
    return signByRpc(this.#signing, requests);
  }
}

const MAX_NAMED = 3;

function describe(accounts: readonly string[]): string {
  if (accounts.length === 0) return "no account";
  const named = accounts.slice(0, MAX_NAMED).join(", ");
  const more = accounts.length - MAX_NAMED;
  return more > 0 ? `only ${named} and ${more} more` : `only ${named}`;
}
