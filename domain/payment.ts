/**
 * A payment: one amount of the ledger on its way to one payee, at one nonce of the pool's wallet.
 *
 * @module
 */

import type { Address, Hash, Hex } from "./address.ts";
import type { Fees } from "./fees.ts";
import type { Shannon, Wei } from "./money.ts";

/** A block by number and hash. */
export interface BlockRef {
  /** The block's height. */
  readonly number: number;
  /** The block's hash. */
  readonly hash: Hash;
}

/**
 * One transaction that may carry a payment out. A payment has several when fees were raised; they
 * share the nonce, so the chain can take only one of them.
 */
export interface Attempt {
  /** `pay`: to the payee, with the value. `cancel`: nothing, to the wallet itself. */
  readonly kind: "pay" | "cancel";
  /** The transaction's hash; `null` when the node signs and sends in one step and did not answer. */
  readonly hash: Hash | null;
  /** The signed bytes; `null` when the node keeps them to itself (`eth_sendTransaction`). */
  readonly raw: Hex | null;
  /** The gas limit. */
  readonly gas: bigint;
  /** What it offers for its gas. */
  readonly fees: Fees;
}

/** The write-ahead record of a payment, as `P:payments:journal` keeps it. */
export interface Payment {
  /** The miner's login exactly as the ledger has it. */
  readonly login: string;
  /** What is debited, and paid. */
  readonly amountShannon: Shannon;
  /** The pool's wallet, which sends. */
  readonly wallet: Address;
  /** The chain's id (EIP-155). */
  readonly chainId: bigint;
  /** The hash of the chain's block 0. */
  readonly genesis: Hash;
  /** The nonce of every attempt. */
  readonly nonce: number;
  /** Who receives: the login's address. */
  readonly recipient: Address;
  /** The amount in Wei. */
  readonly valueWei: Wei;
  /** When it was debited, in unix seconds (the score of its pending row). */
  readonly debitedAt: number;
  /** The head when it was debited: none of its attempts is in an older block, short of a reorg. */
  readonly head: BlockRef;
  /** Every attempt, oldest first; never empty. */
  readonly attempts: readonly Attempt[];
}

/** Whom and how much: enough to name a row, also one that a Go payer left. */
export type Debt = Pick<Payment, "login" | "amountShannon">;

/** Names a payment in the ledger: `login:amount`, the member of its pending row. */
export type PaymentKey = string & { readonly __kind: "payment key" };

/**
 * The key of a payment of `amountShannon` to `login`.
 *
 * @example
 * ```ts
 * import { shannon } from "./money.ts";
 * import { paymentKey } from "./payment.ts";
 *
 * console.assert(paymentKey({ login: "0xab", amountShannon: shannon(600n) }) === "0xab:600");
 * ```
 */
export function paymentKey(of: Debt): PaymentKey {
  return `${of.login}:${of.amountShannon}` as PaymentKey;
}

/**
 * Which debit a payment is, whatever its attempts. Two pasts of a ledger may give a nonce to the same
 * payee for the same amount, but not at the same time and head.
 */
export function identityOf(payment: Payment): string {
  const { nonce, debitedAt, head } = payment;
  return `${nonce} ${paymentKey(payment)} ${debitedAt} ${head.hash}`;
}

/** The attempt that was made last. */
export function newestAttempt(payment: Payment): Attempt {
  const newest = payment.attempts.at(-1);
  if (newest === undefined) throw new Error(`Payment ${paymentKey(payment)} has no attempt`);
  return newest;
}

/** The same payment with one attempt more. */
export function withAttempt(payment: Payment, attempt: Attempt): Payment {
  return { ...payment, attempts: [...payment.attempts, attempt] };
}

/** The hashes of all attempts that have one, oldest first. */
export function attemptHashes(payment: Payment): readonly Hash[] {
  return payment.attempts.flatMap((attempt) => attempt.hash === null ? [] : [attempt.hash]);
}
