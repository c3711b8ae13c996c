/**
 * Signing with a key in a V3 keystore file (Web3 Secret Storage), as geth and its kin write it.
 *
 * @module
 */

import type { Address } from "../../../domain/address.ts";
import { Fault } from "../../../domain/fault.ts";
import type { BytesSigner, SignedTransfer, TransferRequest } from "../../../domain/ports/signer.ts";
import { KeySigner, type KeySignerOptions } from "./key_signer.ts";
import { tooMuchWork } from "./keystore_work.ts";

/** A keystore, and where its password comes from. */
export interface KeystoreOptions extends KeySignerOptions {
  /** The path of the keystore file. */
  readonly file: string;
  /** Asked for when something has to be signed, and not before. */
  readonly password: () => Promise<string>;
  /** Reads the file, by default with `Deno.readTextFile`; may refuse one that is too long. */
  readonly readTextFile?: (path: string) => Promise<string>;
}

/**
 * Signs with a keystore. It is opened by the first transfer that has to be signed, since that
 * takes a second and 330 MiB; until then the address is the one that the file states.
 *
 * @example
 * ```ts ignore
 * const signer = new KeystoreSigner({ file: "wallet.json", password: () => askPassword() });
 * ```
 */
export class KeystoreSigner implements BytesSigner, Disposable {
  /** Signs ahead of sending. */
  readonly kind = "bytes";
  /** How it signs, for people. */
  readonly name: string;
  readonly #options: KeystoreOptions;
  #opened: Promise<KeySigner> | undefined;
  #signer: KeySigner | undefined;

  /** Opens nothing yet. */
  constructor(options: KeystoreOptions) {
    this.#options = options;
    this.name = `the keystore "${options.file}"`;
  }

  /** The address that the file states; a file without one is opened. */
  async address(): Promise<Address> {
    const { stated } = await this.#read();
    return stated ?? await (await this.#open()).address();
  }

  /** Signs, in order. @throws {Fault} `signer` when the keystore cannot be opened. */
  async sign(requests: readonly TransferRequest[]): Promise<readonly SignedTransfer[]> {
    if (requests.length === 0) return [];
    return await (await this.#open()).sign(requests);
  }

  /** Ends the thread that signs, if there is one. */
  [Symbol.dispose](): void {
    this.#signer?.[Symbol.dispose]();
  }

  async #open(): Promise<KeySigner> {
    this.#opened ??= this.#decrypt();
    try {
      return await this.#opened;
    } catch (error) {
      this.#opened = undefined; // The next one may have the right password.
      throw error;
    }
  }

  async #decrypt(): Promise<KeySigner> {
    const { json, stated } = await this.#read();
    const password = await this.#options.password();
    const signer = new KeySigner(await this.#keyOf(json, password), this.name, this.#options);
    const address = await signer.address();
    if (stated !== undefined && stated !== address) {
      throw this.#fault(`it states the address ${stated}, but holds the key of ${address}`);
    }
    this.#signer = signer;
    return signer;
  }

  /** The library's errors end here: they may hold what was decrypted. */
  async #keyOf(json: string, password: string): Promise<string> {
    const { decryptKeystoreJson } = await this.#load();
    for (const spelling of spellingsOf(password)) {
      try {
        return (await decryptKeystoreJson(json, spelling)).privateKey;
      } catch (error) {
        const fault = argumentOf(error);
        if (fault === "password") continue;
        throw this.#fault(
          fault === "address"
            ? "it states an address that is not its key's"
            : "it is damaged, or encrypted in an unknown way",
        );
      }
    }
    throw this.#fault("the password is wrong");
  }

  /** Loads the part of ethers that opens keystores: late, for it brings all of ethers along. */
  async #load(): Promise<typeof import("ethers/wallet")> {
    try {
      return await import("ethers/wallet");
    } catch (cause) {
      throw this.#fault(wordsOf(cause), { cause }); // It reads an environment variable.
    }
  }

  async #read(): Promise<{ readonly json: string; readonly stated: Address | undefined }> {
    let json: string;
    try {
      json = await (this.#options.readTextFile ?? Deno.readTextFile)(this.#options.file);
    } catch (cause) {
      throw this.#fault(wordsOf(cause), { cause });
    }
    const keystore = parse(json);
    if (keystore === undefined) throw this.#fault("it is not a V3 keystore");
    const tooMuch = tooMuchWork(keystore);
    if (tooMuch !== undefined) throw this.#fault(tooMuch);
    return { json, stated: statedAddress(keystore.address) };
  }

  #fault(why: string, options?: { readonly cause: unknown }): Fault {
    return new Fault("signer", `Cannot open ${this.name}: ${why}`, options);
  }
}

/** The bytes that a password may have been: as typed (geth), and normalised (ethers). */
function spellingsOf(password: string): readonly Uint8Array[] {
  const spellings = new Set([password, password.normalize("NFKC")]);
  return [...spellings].map((spelling) => new TextEncoder().encode(spelling));
}

function parse(json: string): { readonly address?: unknown } | undefined {
  let found: unknown;
  try {
    found = JSON.parse(json);
  } catch {
    return undefined; // The parser's words quote the file.
  }
  if (typeof found !== "object" || found === null) return undefined;
  const keystore: { readonly version?: unknown; readonly address?: unknown } = found;
  return keystore.version === 3 || keystore.version === "3" ? keystore : undefined;
}

function statedAddress(address: unknown): Address | undefined {
  if (typeof address !== "string") return undefined;
  const [, digits] = /^(?:0[xX])?([0-9a-fA-F]{40})$/.exec(address) ?? [];
  return digits === undefined ? undefined : `0x${digits.toLowerCase()}` as Address;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Which of its arguments the library complains about. */
function argumentOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "argument" in error
    ? error.argument
    : undefined;
}
