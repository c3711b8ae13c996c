/**
 * Signing with a private key in this process.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import { keccak256, SigningKey } from "ethers/crypto";
import { computeAddress } from "ethers/transaction";
import type { Address, Hash, Hex } from "../../../domain/address.ts";
import { Fault } from "../../../domain/fault.ts";
import type { BytesSigner, SignedTransfer, TransferRequest } from "../../../domain/ports/signer.ts";
import { transactionOf } from "./transfer_transaction.ts";

/** How many transfers are signed before others have their turn: some 20 ms. */
const SLICE = 32;

/**
 * Signs with a private key: some 2,000 transfers a second. The same request gives the same bytes
 * (RFC 6979). The key never leaves the object, not even in an error.
 *
 * @example
 * ```ts
 * import { KeySigner } from "./key_signer.ts";
 *
 * const signer = new KeySigner("0x" + "11".repeat(32), "the key in $POOL_KEY");
 * await signer.address(); // "0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a"
 * ```
 */
export class KeySigner implements BytesSigner {
  /** Signs ahead of sending. */
  readonly kind = "bytes";
  /** How it signs, for people. */
  readonly name: string;
  readonly #key: SigningKey;
  readonly #address: Address;

  /**
   * Takes the key: 64 hex digits, with or without `0x`, white space around them.
   *
   * @throws {Fault} `signer` when it is no private key.
   */
  constructor(keyText: string, name: string) {
    this.name = name;
    this.#key = readKey(keyText, name);
    this.#address = computeAddress(this.#key).toLowerCase() as Address;
  }

  /** The key's address. */
  address(): Promise<Address> {
    return Promise.resolve(this.#address);
  }

  /** Signs, in order. @throws {Fault} `wrong-signer` for a wallet that is not the key's. */
  async sign(requests: readonly TransferRequest[]): Promise<readonly SignedTransfer[]> {
    const signed: SignedTransfer[] = [];
    for (const request of requests) {
      if (signed.length % SLICE === SLICE - 1) await setImmediate();
      signed.push(this.#signOne(request));
    }
    return signed;
  }

  #signOne(request: TransferRequest): SignedTransfer {
    if (request.from !== this.#address) {
      throw new Fault(
        "wrong-signer",
        `Cannot sign for ${request.from}: ${this.name} is the key of ${this.#address}`,
      );
    }
    const transaction = transactionOf(request);
    transaction.signature = this.#key.sign(transaction.unsignedHash);
    const raw = transaction.serialized as Hex;
    return { raw, hash: keccak256(raw) as Hash };
  }
}

function readKey(keyText: string, name: string): SigningKey {
  const [, digits] = /^\s*(?:0[xX])?([0-9a-fA-F]{64})\s*$/.exec(keyText) ?? [];
  if (digits !== undefined) {
    try {
      const key = new SigningKey(`0x${digits}`);
      if (key.publicKey !== "") return key;
    } catch {
      // Zero or above the curve's order. The library's error may hold the key: it ends here.
    }
  }
  throw new Fault("signer", `Cannot use ${name}: expected a private key of 64 hex digits`);
}
