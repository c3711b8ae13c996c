/**
 * What a config file says: the pool's own keys, and Paydirt's additions to `payouts`.
 *
 * @module
 */

import type { Address } from "../../domain/address.ts";
import type { Durability } from "../../domain/durability.ts";
import type { Shannon, Wei } from "../../domain/money.ts";

/** A config file, read, checked and complete: defaults are filled in, paths are absolute. */
export interface Config {
  /** `coin`: the prefix of the pool's keys in Redis. */
  readonly prefix: string;
  /** Where the pool keeps its ledger. */
  readonly redis: RedisConfig;
  /** Whom to pay, with what, and how. */
  readonly payouts: PayoutsConfig;
}

/** The section `redis`. */
export interface RedisConfig {
  /** Where Redis listens. */
  readonly endpoint: RedisEndpoint;
  /** The number of the database (SELECT). */
  readonly database: number;
  /** The ACL user; the default one when absent. */
  readonly username?: string;
  /** None is sent when absent. */
  readonly password?: string;
  /** What makes a debit durable before its bytes leave. */
  readonly durability: Durability;
}

/** Where Redis listens: `redis.endpoint`. */
export type RedisEndpoint =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number; readonly tls: boolean }
  | { readonly kind: "unix"; readonly path: string };

/** The section `payouts`. */
export interface PayoutsConfig {
  /** `false` is only seen by a caller that asked for it, see {@linkcode ReadOptions.evenDisabled}. */
  readonly enabled: boolean;
  /** `address`: the account that pays. */
  readonly wallet: Address;
  /** The node that is asked and sent to. */
  readonly node: NodeConfig;
  /** A balance must be **above** it to be paid. May be negative, as for the Go payers. */
  readonly thresholdShannon: Shannon;
  /** Who decides about gas: Paydirt, or the config. */
  readonly gas: GasConfig;
  /** What may be offered for gas. */
  readonly fees: FeesConfig;
  /** Who signs. */
  readonly signer: SignerConfig;
  /** The chain that must be found (EIP-155). */
  readonly chainId?: bigint;
  /** How deep a block must lie to count as final. */
  readonly confirmations: number;
  /** How many payments may ride at once. */
  readonly maxInFlight: number;
  /** The most that one payee may be owed before the run stops. */
  readonly maxPaymentShannon?: Shannon;
  /** The most that one run may pay. */
  readonly maxTotalShannon?: Shannon;
  /** How long a run waits for what is in flight before it leaves that to the next one. */
  readonly waitLimitMs: number;
  /** Whether Redis is told to save its data after a run that paid (BGSAVE). */
  readonly bgsave: boolean;
  /** How a row of `payments:all` is written. */
  readonly rowFormat: "classic";
}

/** The node that is asked and sent to: `daemon`, `timeout` and `requirePeers`. */
export interface NodeConfig {
  /** Where its JSON-RPC server listens. */
  readonly endpoint: NodeEndpoint;
  /** For one answer. */
  readonly timeoutMs: number;
  /** With fewer peers no run begins. */
  readonly requirePeers: number;
}

/** Where a JSON-RPC server listens. */
export type NodeEndpoint =
  | { readonly kind: "http"; readonly url: string }
  | { readonly kind: "websocket"; readonly url: string }
  | { readonly kind: "ipc"; readonly path: string };

/** `autoGas`, and without it `gas` and `gasPrice`: legacy transactions with exactly these. */
export type GasConfig =
  | { readonly kind: "auto" }
  | { readonly kind: "fixed"; readonly gasLimit: bigint; readonly gasPriceWei: Wei };

/** `fees`: what may be offered for gas, and when an attempt that nobody mines is replaced. */
export interface FeesConfig {
  /** Nothing is debited while gas costs more; four times the price at the start when absent. */
  readonly ceilingWei?: Wei;
  /** The node's suggestion when absent. */
  readonly tipWei?: Wei;
  /** After so many blocks an attempt is replaced by one that offers more. */
  readonly bumpAfterBlocks: number;
  /** After so many blocks a payment whose bytes the node refuses is cancelled. */
  readonly cancelAfterBlocks: number;
}

/** Who signs: `signer`, the node's own account when absent. */
export type SignerConfig =
  | { readonly kind: "keystore"; readonly file: string; readonly password: PasswordSource }
  | { readonly kind: "key"; readonly key: SecretSource }
  | {
    readonly kind: "remote";
    readonly endpoint: NodeEndpoint;
    readonly method: "eth_signTransaction" | "account_signTransaction";
  }
  | { readonly kind: "node" };

/** Where a secret is kept. Never the config itself. */
export type SecretSource =
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "env"; readonly name: string };

/** Where a keystore's password is kept, or that a person is asked for it. */
export type PasswordSource = SecretSource | { readonly kind: "prompt" };
