/**
 * The port for signing: whoever holds the wallet's key.
 *
 * @module
 */

import type { Address, Hash, Hex } from "../address.ts";
import type { Fees } from "../fees.ts";
import type { Wei } from "../money.ts";
import type { SendAnswer } from "../send_answer.ts";

/** A transfer to be signed. Its data is empty. */
export interface TransferRequest {
  /** The chain's id (EIP-155). */
  readonly chainId: bigint;
  /** The pool's wallet. */
  readonly from: Address;
  /** Who receives. */
  readonly to: Address;
  /** How much. */
  readonly valueWei: Wei;
  /** The wallet's nonce to use. */
  readonly nonce: number;
  /** The gas limit. */
  readonly gas: bigint;
  /** What it offers for its gas. */
  readonly fees: Fees;
}

/** A signed transfer. */
export interface SignedTransfer {
  /** The signed bytes. */
  readonly raw: Hex;
  /** Their hash. */
  readonly hash: Hash;
}

/**
 * Signs ahead of sending. Pure towards the chain: signing sends nothing, and may be repeated. What
 * a node or remote signer returned was decoded, its sender recovered and every field compared with
 * the request before this resolves.
 */
export interface BytesSigner {
  /** Tells the two kinds of signers apart. */
  readonly kind: "bytes";
  /** How it signs, for people, without secrets. */
  readonly name: string;
  /** The address it signs for; asked at the start. @throws {Fault} `wrong-signer`, `signer`. */
  address(): Promise<Address>;
  /**
   * Signs, in order: all or none.
   *
   * @throws {Fault} `signer`: it could not, or would not, or signed another thing, or its answer was
   * lost.
   */
  sign(requests: readonly TransferRequest[]): Promise<readonly SignedTransfer[]>;
}

/**
 * A node that signs and sends in one step (`eth_sendTransaction` with explicit nonce, gas and
 * fees) and keeps the bytes. Sending the same request twice may make two transactions of one
 * nonce, of which the chain takes one.
 */
export interface SendingSigner {
  /** Tells the two kinds of signers apart. */
  readonly kind: "sends";
  /** How it signs, for people, without secrets. */
  readonly name: string;
  /** The address it signs for. @throws {Fault} `wrong-signer`, `signer`. */
  address(): Promise<Address>;
  /** Signs and sends, once. Never rejects: a lost answer is `unknown`, and it may be sent later. */
  send(request: TransferRequest): Promise<SendAnswer>;
}

/** Whoever holds the wallet's key. */
export type Signer = BytesSigner | SendingSigner;
