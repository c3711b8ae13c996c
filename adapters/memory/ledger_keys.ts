/**
 * The names of the ledger's keys, and of which type each must be.
 *
 * @module
 */

import type { Account } from "../../domain/account.ts";
import { type Effect, effectsOf } from "../../domain/effect.ts";
import { type Expectation, expectationsOf } from "../../domain/expectation.ts";
import type { Transition } from "../../domain/transition.ts";
import type { KeyType } from "./ledger_store.ts";

/** The names of the keys of one prefix. */
export interface LedgerKeys {
  /** Before every miner's login. */
  readonly miners: string;
  readonly finances: string;
  readonly lock: string;
  readonly lease: string;
  readonly pending: string;
  readonly pendingTx: string;
  readonly pendingNonce: string;
  readonly journal: string;
  readonly nonces: string;
  readonly held: string;
  readonly server: string;
  /** Every payment that was made. */
  readonly all: string;
  /** The payments that were made to a login. */
  payments(login: string): string;
  account(account: Account): string;
}

/** A key that is used, and how. */
export interface KeyUse {
  readonly key: string;
  readonly type: KeyType;
  /** Whose own key it is; `null` when it is shared. */
  readonly login: string | null;
}

/** The keys of a pool. */
export function ledgerKeys(prefix: string): LedgerKeys {
  return {
    miners: `${prefix}:miners:`,
    finances: `${prefix}:finances`,
    lock: `${prefix}:payments:lock`,
    lease: `${prefix}:payments:lease`,
    pending: `${prefix}:payments:pending`,
    pendingTx: `${prefix}:payments:pendingtx`,
    pendingNonce: `${prefix}:payments:pendingnonce`,
    journal: `${prefix}:payments:journal`,
    nonces: `${prefix}:payments:nonces`,
    held: `${prefix}:payments:held`,
    server: `${prefix}:payments:server`,
    all: `${prefix}:payments:all`,
    payments: (login) => `${prefix}:payments:${login}`,
    account: (account) =>
      account.kind === "finances" ? `${prefix}:finances` : `${prefix}:miners:${account.login}`,
  };
}

/** The keys that do not belong to one miner. */
export function sharedKeys(keys: LedgerKeys): readonly KeyUse[] {
  const { finances, pendingTx, pendingNonce, journal, nonces, held, server } = keys;
  return [
    ...[keys.lock, keys.lease].map((key) => shared(key, "string")),
    ...[keys.pending, keys.all].map((key) => shared(key, "zset")),
    ...[finances, pendingTx, pendingNonce, journal, nonces, held, server].map((key) =>
      shared(key, "hash")
    ),
  ];
}

/** The keys that these transitions read and write, each once. */
export function keysOf(transitions: readonly Transition[], keys: LedgerKeys): readonly KeyUse[] {
  const uses = transitions.flatMap((transition) => [
    ...expectationsOf(transition).flatMap((expectation) => expectedKeys(expectation, keys)),
    ...effectsOf(transition).flatMap((effect) => writtenKeys(effect, keys)),
  ]);
  return [...new Map(uses.map((use) => [use.key, use])).values()];
}

function expectedKeys(expectation: Expectation, keys: LedgerKeys): readonly KeyUse[] {
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
      return [shared(keys.all, "zset"), { key: keys.payments(login), type: "zset", login }];
    }
    case "held":
      return [shared(keys.held, "hash")];
    case "nonce":
      return [shared(keys.nonces, "hash")];
    default:
      return expectation satisfies never;
  }
}

function writtenKeys(effect: Effect, keys: LedgerKeys): readonly KeyUse[] {
  switch (effect.kind) {
    case "add":
      return [accountUse(effect.account, keys)];
    case "put-pending":
    case "remove-pending":
      return [shared(keys.pending, "zset")];
    case "put-paid": {
      const { login } = effect.debt;
      return [shared(keys.all, "zset"), { key: keys.payments(login), type: "zset", login }];
    }
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

function shared(key: string, type: KeyType): KeyUse {
  return { key, type, login: null };
}
