/**
 * What an operator does between two runs, once they have looked.
 *
 * @module
 */

import { walletTransactions } from "./invariants.ts";
import { demandsExplanation } from "./operator_rule.ts";
import { WALLET } from "./payees.ts";
import { KEYS, type World } from "./world.ts";

/** Explains what the program cannot know. A ledger that lost writes is left as it is. */
export function lookAfter(world: World): void {
  if (world.restores > 0) return;
  explainStrangers(world);
  creditLostGoRows(world);
}

/** The operator has seen what others did with the wallet, and says that it goes on from here. */
function explainStrangers(world: World): void {
  const { store, node } = world;
  if (!demandsExplanation(walletTransactions(world))) return;
  if (store.fields(KEYS.journal).size > 0) return;
  store.deleteField(KEYS.held, WALLET);
  store.setField(KEYS.nonces, WALLET, String(node.nonce(WALLET)));
}

/** What the old payer debited and never sent is owed again, on the operator's word. */
function creditLostGoRows(world: World): void {
  const { store, goRows, node, trace } = world;
  for (const member of store.scores(KEYS.pending).keys()) {
    const [login = "", amount = "0"] = member.split(":");
    const valueWei = BigInt(amount) * 10n ** 9n;
    const isIt = (each: { to: string | null; valueWei: bigint }): boolean =>
      each.to === login && each.valueWei === valueWei;
    if (!goRows.has(member) || store.fields(KEYS.held).get(login) === undefined) continue;
    if (node.mempool().some(isIt) || walletTransactions(world).some(isIt)) continue;
    trace.add("human", `credits ${member} back`);
    for (const key of [KEYS.account({ kind: "miner", login }), KEYS.finances]) {
      store.addToField(key, "balance", BigInt(amount));
      store.addToField(key, "pending", -BigInt(amount));
    }
    store.removeMember(KEYS.pending, member);
    for (const key of [KEYS.pendingNonce, KEYS.pendingTx]) store.deleteField(key, member);
    store.deleteField(KEYS.held, login);
  }
}
