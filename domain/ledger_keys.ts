/**
 * The pool's keys: their names, their types, and which of them a commit touches. They are a wire
 * format, which the pool's own processes share.
 *
 * @module
 */

import type { Account } from "./account.ts";
import type { Effect } from "./effect.ts";
import type { Expectation } from "./expectation.ts";

/** The types that Redis answers to TYPE for the keys of a pool. */
export type KeyType = "hash" | "zset" | "set" | "string";

/** The names of a pool's keys, whose prefix is `P`. */
export interface LedgerKeys {
  /** `P`: `coin` in the pool's config. */
  readonly prefix: string;
  /** `P:miners:`, which each miner's key starts with. */
  readonly miners: string;
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
  /** `P:miners:<login>`, or `P:finances`. */
  account(account: Account): string;
  /** `P:payments:<login>`. */
  paidTo(login: string): string;
}

/** A key that is used, and how. */
export interface KeyUse {
  /** The key's whole name. */
  readonly key: string;
  /** The type that it must have, where it is there. */
  readonly type: KeyType;
  /** Whose own key it is; `null`: everybody's. */
  readonly login: string | null;
}

/** Names the keys of a pool. */
export function ledgerKeys(prefix: string): LedgerKeys {
  const miners = `${prefix}:miners:`;
  const finances = `${prefix}:finances`;
  const payments = `${prefix}:payments:`;
  return {
    prefix,
    miners,
    finances,
    lock: `${payments}lock`,
    lease: `${payments}lease`,
    pending: `${payments}pending`,
    all: `${payments}all`,
    pendingTx: `${payments}pendingtx`,
    pendingNonce: `${payments}pendingnonce`,
    journal: `${payments}journal`,
    nonces: `${payments}nonces`,
    held: `${payments}held`,
    server: `${payments}server`,
    account: (account) => account.kind === "finances" ? finances : `${miners}${account.login}`,
    paidTo: (login) => `${payments}${login}`,
  };
}

/** The keys that all payees share. */
export function sharedKeys(keys: LedgerKeys): readonly KeyUse[] {
  return [
    shared(keys.finances, "hash"),
    shared(keys.lock, "string"),
    shared(keys.lease, "string"),
    shared(keys.pending, "zset"),
    shared(keys.all, "zset"),
    shared(keys.pendingTx, "hash"),
    shared(keys.pendingNonce, "hash"),
    shared(keys.journal, "hash"),
    shared(keys.nonces, "hash"),
    shared(keys.held, "hash"),
    shared(keys.server, "hash"),
  ];
}

/** The keys that are read to see whether an expectation is met. */
export function keysRead(expectation: Expectation, keys: LedgerKeys): readonly KeyUse[] {
  switch (expectation.kind) {
    case "covers":
      return [accountUse({ kind: "miner", login: expectation.login }, keys)];
    case "pending":
      return [shared(keys.pending, "zset")];
    case "journal":
      return [shared(keys.journal, "hash")];
    case "unrecorded":
      return [shared(keys.all, "zset")];
    case "recordable": {
      const { login } = expectation.debt;
      return [
        accountUse({ kind: "miner", login }, keys),
        accountUse({ kind: "finances" }, keys),
        ...paidUses(login, keys),
      ];
    }
    case "held":
      return [shared(keys.held, "hash")];
    case "nonce":
      return [shared(keys.nonces, "hash")];
    default:
      return expectation satisfies never;
  }
}

/** The keys that an effect writes. */
export function keysWritten(effect: Effect, keys: LedgerKeys): readonly KeyUse[] {
  switch (effect.kind) {
    case "add":
      return [accountUse(effect.account, keys)];
    case "put-pending":
    case "remove-pending":
      return [shared(keys.pending, "zset")];
    case "put-paid":
      return paidUses(effect.debt.login, keys);
    case "put-journal":
    case "erase-journal":
      return [keys.pendingTx, keys.pendingNonce, keys.journal].map((key) => shared(key, "hash"));
    case "put-held":
    case "remove-held":
      return [shared(keys.held, "hash")];
    case "set-nonce":
      return [shared(keys.nonces, "hash")];
    case "set-server":
      return [shared(keys.server, "hash")];
    default:
      return effect satisfies never;
  }
}

function accountUse(account: Account, keys: LedgerKeys): KeyUse {
  const login = account.kind === "miner" ? account.login : null;
  return { key: keys.account(account), type: "hash", login };
}

function paidUses(login: string, keys: LedgerKeys): readonly KeyUse[] {
  return [shared(keys.all, "zset"), { key: keys.paidTo(login), type: "zset", login }];
}

function shared(key: string, type: KeyType): KeyUse {
  return { key, type, login: null };
}
