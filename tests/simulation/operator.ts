/**
 * What an operator does between two runs, once they have looked.
 *
 * @module
 */

import type { Hash, Hex } from "../../domain/address.ts";
import type { OperatorWords } from "../../app/run.ts";
import type { MemoryTransaction } from "../../adapters/memory/mod.ts";
import { decodeTransaction } from "../../adapters/memory/chain_transaction.ts";
import { walletTransactions } from "./invariants.ts";
import { arrivalOf } from "./operator_rule.ts";
import { WALLET } from "./payees.ts";
import { KEYS, type World } from "./world.ts";

/** Explains what the program cannot know. */
export function lookAfter(world: World): void {
  liftHolds(world);
  resolveGoRows(world);
  fillGaps(world);
}

/** The node is told once more what others had sent: a gap would keep everybody waiting. */
function fillGaps({ abroad, signed, node }: World): void {
  for (const [hash, raw] of abroad) if (!signed.has(hash)) node.submit(raw);
}

/** The operator has seen what others did with the wallet, and lets go of whom that had held. */
function liftHolds({ store }: World): void {
  if (store.typeOf(KEYS.pending) !== null) return;
  for (const [login, why] of store.fields(KEYS.held)) {
    if (login === WALLET || why.includes("a Go payer debited it")) {
      store.deleteField(KEYS.held, login);
    }
  }
}

/**
 * What the old payer debited, and the program could not prove: what arrived is settled on the
 * operator's word, what reverted or was never sent is owed again, and what some node may have is sent
 * again.
 */
function resolveGoRows(world: World): void {
  const { store, goRows, node, trace, abroad } = world;
  for (const member of store.scores(KEYS.pending).keys()) {
    const [login = "", amount = "0"] = member.split(":");
    const valueWei = BigInt(amount) * 10n ** 9n;
    const isIt = (each: { to: string | null; valueWei: bigint }): boolean =>
      each.to === login && each.valueWei === valueWei;
    if (!goRows.has(member) || store.fields(KEYS.held).get(login) === undefined) continue;
    const arrived = arrivalOf({ login, valueWei }, walletTransactions(world));
    if (arrived !== undefined) {
      settle(world, { member, login, hash: arrived.hash });
      continue;
    }
    const raw = [...abroad.values()].find((each) => isIt(read(each)));
    if (raw !== undefined && read(raw).nonce >= node.nonce(WALLET)) {
      trace.add("human", `sends ${member} again: ${node.submit(raw).meaning}`);
      continue;
    }
    trace.add("human", `credits ${member} back`);
    endGoRow(world, { member, login, to: "balance" });
  }
}

function settle(
  world: World,
  row: { readonly member: string; readonly login: string; readonly hash: Hash },
): void {
  const { store, trace, clock } = world;
  const { member, login, hash } = row;
  trace.add("human", `settles ${member} with ${hash}`);
  const at = Math.floor(clock.now() / 1000);
  store.addMember(KEYS.all, `${hash}:${member}`, at);
  store.addMember(KEYS.payments(login), `${hash}:${member.split(":")[1]}`, at);
  endGoRow(world, { member, login, to: "paid" });
}

function endGoRow(
  { store }: World,
  row: { readonly member: string; readonly login: string; readonly to: "balance" | "paid" },
): void {
  const { member, login, to } = row;
  const amountShannon = BigInt(member.split(":")[1] ?? "0");
  for (const key of [KEYS.account({ kind: "miner", login }), KEYS.finances]) {
    store.addToField(key, to, amountShannon);
    store.addToField(key, "pending", -amountShannon);
  }
  store.removeMember(KEYS.pending, member);
  for (const key of [KEYS.pendingNonce, KEYS.pendingTx]) store.deleteField(key, member);
  store.deleteField(KEYS.held, login);
}

function read(raw: Hex): MemoryTransaction {
  const transaction = decodeTransaction(raw);
  if (transaction === undefined) throw new Error("What was sent are no bytes of a transaction");
  return transaction;
}

/** What the operator speaks for when a ledger has lost writes: the wallet's own history. */
export function wordsOf(world: World): OperatorWords {
  return { adopt: new Set(walletTransactions(world).map(({ hash }) => hash)), seal: true };
}
