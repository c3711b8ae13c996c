/**
 * Signing with a private key in this process.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import { SigningKey } from "ethers/crypto";
import { computeAddress } from "ethers/transaction";
import type { Address } from "../../../domain/address.ts";
import { Fault } from "../../../domain/fault.ts";
import type { BytesSigner, SignedTransfer, TransferRequest } from "../../../domain/ports/signer.ts";
import { signTransfer } from "./sign_transfer.ts";
import { SigningThread } from "./signing_thread.ts";

/** How many transfers are signed before others have their turn: some 15 ms. */
const SLICE = 32;

/** From how many transfers at once a thread is worth the 100 ms and 40 MiB that it takes. */
const WORTH_A_THREAD = 100;

/** How a key signs. */
export interface KeySignerOptions {
  /**
   * Whether many transfers are signed on a thread of their own, so that whoever waits for them can
   * do something else meanwhile. Dispose of the signer then: the thread keeps the process alive.
   */
  readonly ownThread?: boolean;
}

/**
 * Signs with a private key: some 3,000 transfers a second. The same request gives the same bytes
 * (RFC 6979). The key never leaves the object and its thread, not even in an error.
 *
 * @example
 * ```ts
 * import { KeySigner } from "./key_signer.ts";
 *
 * const signer = new KeySigner("0x" + "11".repeat(32), "the key in $POOL_KEY");
 * await signer.address(); // "0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a"
 * ```
 */
export class KeySigner implements BytesSigner, Disposable {
  /** Signs ahead of sending. */
  readonly kind = "bytes";
  /** How it signs, for people. */
  readonly name: string;
  readonly #key: SigningKey;
  readonly #address: Address;
  readonly #ownThread: boolean;
  #thread: SigningThread | undefined;

  /**
   * Takes the key: 64 hex digits, with or without `0x`, white space around them.
   *
   * @throws {Fault} `signer` when it is no private key.
   */
  constructor(keyText: string, name: string, { ownThread = false }: KeySignerOptions = {}) {
    this.name = name;
    this.#key = readKey(keyText, name);
    this.#address = computeAddress(this.#key).toLowerCase() as Address;
    this.#ownThread = ownThread;
  }

  /** The key's address. */
  address(): Promise<Address> {
    return Promise.resolve(this.#address);
  }

  /** Signs, in order. @throws {Fault} `wrong-signer` for a wallet that is not the key's. */
  async sign(requests: readonly TransferRequest[]): Promise<readonly SignedTransfer[]> {
    for (const { from } of requests) this.#demandOwn(from);
    if (this.#ownThread && requests.length >= WORTH_A_THREAD) {
      // Where no thread may be started, everything is signed here, only slower.
      if (SigningThread.isAllowed()) {
        this.#thread ??= new SigningThread(this.#key.privateKey, this.name);
      }
      if (this.#thread?.isReady) return await this.#thread.sign(requests);
    }
    return await this.#signHere(requests);
  }

  /** Ends the thread, if there is one. */
  [Symbol.dispose](): void {
    this.#thread?.[Symbol.dispose]();
  }

  async #signHere(requests: readonly TransferRequest[]): Promise<readonly SignedTransfer[]> {
    const signed: SignedTransfer[] = [];
    for (const request of requests) {
      if (signed.length % SLICE === SLICE - 1) await setImmediate();
      signed.push(signTransfer(this.#key, request));
    }
    return signed;
  }

  #demandOwn(wallet: Address): void {
    if (wallet === this.#address) return;
    throw new Fault(
      "wrong-signer",
      `Cannot sign for ${wallet}: ${this.name} is the key of ${this.#address}`,
    );
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
