/**
 * A commit on a store in memory: what it looks at, and what its effects write.
 *
 * @module
 */

import type { LedgerView } from "../../domain/commit_check.ts";
import { type Effect, effectsOf } from "../../domain/effect.ts";
import { expectationsOf } from "../../domain/expectation.ts";
import { keysRead, keysWritten, type KeyUse, type LedgerKeys } from "../../domain/ledger_keys.ts";
import { paidMember, paidToMember } from "../../domain/paid_row.ts";
import type { Transition } from "../../domain/transition.ts";
import type { MemoryLedgerStore } from "./ledger_store.ts";

/** What the check of these transitions reads. A key of another type reads as if it were missing. */
export function viewOf(
  store: MemoryLedgerStore,
  transitions: readonly Transition[],
  keys: LedgerKeys,
): LedgerView {
  const wrongTypes = usesOf(transitions, keys).flatMap(({ key, type, login }) => {
    const found = store.typeOf(key);
    return found === null || found === type ? [] : [{ key, login, found, expected: type }];
  });
  const isWrong = (key: string): boolean => wrongTypes.some((wrong) => wrong.key === key);
  const field = (key: string, name: string): string | null =>
    isWrong(key) ? null : store.fields(key).get(name) ?? null;
  const has = (key: string, member: string): boolean =>
    !isWrong(key) && store.hasMember(key, member);
  return {
    money: (account, name) => field(keys.account(account), name),
    pending: (key) => isWrong(keys.pending) ? null : store.score(keys.pending, key),
    journal: (key) => field(keys.journal, key),
    nonce: (wallet) => field(keys.nonces, wallet),
    held: (login) => field(keys.held, login),
    recorded: (debt, hash) => has(keys.all, paidMember(debt, hash)),
    wrongTypes,
  };
}

/** Writes an effect that was checked. */
export function applyEffect(store: MemoryLedgerStore, effect: Effect, keys: LedgerKeys): void {
  switch (effect.kind) {
    case "add":
      return store.addToField(keys.account(effect.account), effect.field, effect.amountShannon);
    case "put-pending":
      return store.addMember(keys.pending, effect.key, effect.at);
    case "remove-pending":
      return store.removeMember(keys.pending, effect.key);
    case "put-paid": {
      const { debt, hash, at } = effect;
      store.addMember(keys.all, paidMember(debt, hash), at);
      return store.addMember(keys.paidTo(debt.login), paidToMember(debt, hash), at);
    }
    case "put-journal":
      if (effect.hash !== null) store.setField(keys.pendingTx, effect.key, effect.hash);
      store.setField(keys.pendingNonce, effect.key, String(effect.nonce));
      return store.setField(keys.journal, effect.key, effect.record);
    case "erase-journal":
      for (const key of [keys.pendingTx, keys.pendingNonce, keys.journal]) {
        store.deleteField(key, effect.key);
      }
      return;
    case "put-held":
      return store.setField(keys.held, effect.login, effect.record);
    case "remove-held":
      return store.deleteField(keys.held, effect.login);
    case "set-nonce":
      return store.setField(keys.nonces, effect.wallet, String(effect.next));
    case "set-server":
      store.setField(keys.server, "run_id", effect.server.runId);
      store.setField(keys.server, "window", String(effect.server.window));
      if (effect.server.toSeal === 0) return store.deleteField(keys.server, "to_seal");
      return store.setField(keys.server, "to_seal", String(effect.server.toSeal));
    default:
      return effect satisfies never;
  }
}

/** The keys that these transitions read and write, each once. */
function usesOf(transitions: readonly Transition[], keys: LedgerKeys): readonly KeyUse[] {
  const uses = transitions.flatMap((transition) => [
    ...expectationsOf(transition).flatMap((expectation) => keysRead(expectation, keys)),
    ...effectsOf(transition).flatMap((effect) => keysWritten(effect, keys)),
  ]);
  return [...new Map(uses.map((use) => [use.key, use])).values()];
}
