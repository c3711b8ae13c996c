/**
 * Opens the signer that the config names.
 *
 * @module
 */

import type { RpcConnection } from "../adapters/ethereum/rpc_connection.ts";
import { KeySigner } from "../adapters/ethereum/signers/key_signer.ts";
import { KeystoreSigner } from "../adapters/ethereum/signers/keystore_signer.ts";
import { openNodeSigner } from "../adapters/ethereum/signers/node_signer.ts";
import { RemoteSigner } from "../adapters/ethereum/signers/remote_signer.ts";
import { readTextFile } from "../adapters/system/read_text.ts";
import type { Address } from "../domain/address.ts";
import { Fault } from "../domain/fault.ts";
import type { Signer } from "../domain/ports/signer.ts";
import type { NodeEndpoint, PasswordSource, SecretSource, SignerConfig } from "./config/config.ts";

/** What a signer needs from outside. */
export interface SignerDeps {
  /** The account that pays: `payouts.address`. */
  readonly wallet: Address;
  /** The chain that the node was found on. */
  readonly chainId: bigint;
  /** The pool's node. */
  readonly node: RpcConnection;
  /** Connects to a remote signer. Whoever passes it closes the connection. */
  readonly connect: (endpoint: NodeEndpoint) => RpcConnection;
  /** What the signer holds, a thread that signs, ends with these. */
  readonly resources: Pick<AsyncDisposableStack, "use">;
  /** Asks a person, without showing what is typed. */
  readonly askPassword: (question: string) => Promise<string>;
}

/**
 * Opens a signer. A private key is read now, a keystore only when something has to be signed; of a
 * node it is found out how it signs. Whether it signs for the wallet is asked in preflight.
 *
 * @example
 * ```ts ignore
 * const signer = await openSigner(config.payouts.signer, { wallet, chainId, node, … });
 * ```
 *
 * @throws {Fault} `config` when a secret cannot be read; `signer` and `wrong-signer` as the signers.
 */
export async function openSigner(config: SignerConfig, deps: SignerDeps): Promise<Signer> {
  const { wallet, chainId, resources } = deps;
  switch (config.kind) {
    case "keystore":
      return resources.use(
        new KeystoreSigner({
          file: config.file,
          password: () => readPassword(config.password, config.file, deps),
          readTextFile,
          ownThread: true,
        }),
      );
    case "key":
      return resources.use(
        new KeySigner(
          await readSecret(config.key, "the private key"),
          `the private key in ${nameOf(config.key)}`,
          { ownThread: true },
        ),
      );
    case "remote":
      return new RemoteSigner({
        connection: deps.connect(config.endpoint),
        method: config.method,
        wallet,
        chainId,
      });
    case "node":
      return await openNodeSigner(deps.node, { wallet, chainId });
    default:
      return config satisfies never;
  }
}

async function readPassword(
  source: PasswordSource,
  keystore: string,
  deps: SignerDeps,
): Promise<string> {
  if (source.kind === "prompt") {
    return await deps.askPassword(`Password of the keystore "${keystore}"`);
  }
  const text = await readSecret(source, "the keystore's password");
  // As for geth: a password file's first line is the password, white space and all.
  return source.kind === "file" ? text.replace(/\r*(?:\n.*)?$/s, "") : text;
}

async function readSecret(source: SecretSource, what: string): Promise<string> {
  let text: string | undefined;
  try {
    text = source.kind === "env" ? Deno.env.get(source.name) : await readTextFile(source.file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Fault("config", `Cannot read ${what} from ${nameOf(source)}: ${why}`, { cause });
  }
  if (text !== undefined) return text;
  throw new Fault("config", `Cannot read ${what} from ${nameOf(source)}: it is not set`);
}

function nameOf(source: SecretSource): string {
  return source.kind === "env"
    ? `the environment variable "${source.name}"`
    : `the file "${source.file}"`;
}
