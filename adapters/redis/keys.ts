/**
 * The names of the pool's keys in Redis (ledger.md): a wire format.
 *
 * @module
 */

import type { Account } from "../../domain/account.ts";
import type { Hash } from "../../domain/address.ts";
import type { Debt } from "../../domain/payment.ts";

/** The type that Redis answers to TYPE for a key of the ledger. */
export type KeyType = "hash" | "zset" | "string";

/** The keys of a pool whose prefix is `P`. */
export interface LedgerKeys {
  /** `P`: `coin` in the pool's config. */
  readonly prefix: string;
  /** `P:finances`. */
  readonly finances: string;
  /** `P:payments:lock`. */
  readonly lock: string;
  /** `P:payments:lease`. */
  readonly lease: string;
  /** `P:payments:pending`. */
  readonly pending: string;
  /** `P:payments:all`. */
  readonly all: string;
  /** `P:payments:pendingtx`. */
  readonly pendingTx: string;
  /** `P:payments:pendingnonce`. */
  readonly pendingNonce: string;
  /** `P:payments:journal`. */
  readonly journal: string;
  /** `P:payments:nonces`. */
  readonly nonces: string;
  /** `P:payments:held`. */
  readonly held: string;
  /** `P:payments:server`. */
  readonly server: string;
  /** `P:miners:<login>`. */
  miner(login: string): string;
  /** `P:payments:<login>`. */
  paidTo(login: string): string;
}

/** Names the keys of a pool. */
export function keysOf(prefix: string): LedgerKeys {
  const payments = `${prefix}:payments`;
  return {
    prefix,
    finances: `${prefix}:finances`,
    lock: `${payments}:lock`,
    lease: `${payments}:lease`,
    pending: `${payments}:pending`,
    all: `${payments}:all`,
    pendingTx: `${payments}:pendingtx`,
    pendingNonce: `${payments}:pendingnonce`,
    journal: `${payments}:journal`,
    nonces: `${payments}:nonces`,
    held: `${payments}:held`,
    server: `${payments}:server`,
    miner: (login) => `${prefix}:miners:${login}`,
    paidTo: (login) => `${payments}:${login}`,
  };
}

/** The keys that all payees share, with the type that each must have where it is there. */
export function sharedKeys(keys: LedgerKeys): readonly (readonly [key: string, type: KeyType])[] {
  return [
    [keys.finances, "hash"],
    [keys.lock, "string"],
    [keys.lease, "string"],
    [keys.pending, "zset"],
    [keys.all, "zset"],
    [keys.pendingTx, "hash"],
    [keys.pendingNonce, "hash"],
    [keys.journal, "hash"],
    [keys.nonces, "hash"],
    [keys.held, "hash"],
    [keys.server, "hash"],
  ];
}

/** The key of an account. */
export function accountKey(keys: LedgerKeys, account: Account): string {
  return account.kind === "finances" ? keys.finances : keys.miner(account.login);
}

/** A member of `P:payments:all`. */
export function paidMember(debt: Debt, hash: Hash): string {
  return `${hash}:${debt.login}:${debt.amountShannon}`;
}

/** A member of `P:payments:<login>`. */
export function paidToMember(debt: Debt, hash: Hash): string {
  return `${hash}:${debt.amountShannon}`;
}
