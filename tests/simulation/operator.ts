/**
 * What an operator says and does between two runs, once they have looked.
 *
 * @module
 */

import type { Hex } from "../../domain/address.ts";
import type { OperatorWord } from "../../domain/operator_word.ts";
import { parsePendingRow } from "../../domain/pending_row.ts";
import type { OperatorWords } from "../../app/run.ts";
import type { MemoryTransaction } from "../../adapters/memory/mod.ts";
import { decodeTransaction } from "../../adapters/memory/chain_transaction.ts";
import { arrivalOf, type GoRow, type WalletTransaction } from "./operator_rule.ts";
import { WALLET } from "./payees.ts";
import { walletTransactions } from "./wallet_transactions.ts";
import { addressOf, KEYS, type World } from "./world.ts";

/** What the operator says to `resolve`: what they saw on the chain, and what nobody can prove. */
export function wordsOf(world: World): OperatorWords {
  world.walletWasReleased ||= wordOnWallet(world).length > 0;
  return {
    adopt: new Set(walletTransactions(world).map(({ hash }) => hash)),
    seal: true,
    about: [
      ...wordsOnGoRows(world),
      ...wordsOnOrphans(world),
      ...wordsOnTaken(world),
      ...wordsOnHeld(world),
      ...wordOnWallet(world),
    ],
  };
}

/** Whether there is anything that only an operator can end. */
export function hasSomethingToSay(world: World): boolean {
  return [wordsOnGoRows, wordsOnOrphans, wordsOnTaken, wordsOnHeld, wordOnWallet].some((words) =>
    words(world).length > 0
  );
}

/** The node is told once more what others had sent: a gap would keep everybody waiting. */
export function fillGaps({ abroad, signed, node }: World): void {
  for (const [hash, raw] of abroad) if (!signed.has(hash)) node.submit(raw);
}

/** The operator has seen what others did with the wallet. */
function wordOnWallet({ store }: World): readonly OperatorWord[] {
  const isHeld = store.fields(KEYS.held).has(WALLET) && store.typeOf(KEYS.pending) === null;
  return isHeld ? [{ kind: "release", login: WALLET }] : [];
}

/**
 * What the old payer debited, and the program could not prove: what arrived was paid, and what no
 * node can have any more was not.
 */
function wordsOnGoRows(world: World): readonly OperatorWord[] {
  const { store, goRows, node, abroad } = world;
  return [...store.scores(KEYS.pending).keys()].flatMap((member): OperatorWord[] => {
    const [login = "", amount = "0"] = member.split(":");
    const valueWei = BigInt(amount) * 10n ** 9n;
    if (!goRows.has(member) || !store.fields(KEYS.held).has(login)) return [];
    const arrived = arrivalOf({ login, valueWei }, walletTransactions(world)) ??
      paidByHand({ login, valueWei }, walletTransactions(world));
    if (arrived !== undefined) return [{ kind: "settle", login, hash: arrived.hash }];
    const mayArrive = [...abroad.values()].map(read).some((each) =>
      each.to === login && each.valueWei === valueWei && each.nonce >= node.nonce(WALLET)
    );
    return mayArrive ? [] : [{ kind: "credit", login }];
  });
}

/** Whoever has the wallet's key may have paid what the old payer did not. */
function paidByHand(
  { login, valueWei: owedWei }: GoRow,
  transactions: readonly WalletTransaction[],
): WalletTransaction | undefined {
  return transactions.find(({ sender, to, valueWei, status, recorded }) =>
    sender === "stranger" && to === addressOf(login) && valueWei === owedWei &&
    status === "success" && !recorded
  );
}

/**
 * What the old payer's resolver credited back while it was on its way: what arrived was paid. All
 * the others end by themselves, unless a node that signs may have sent one at another nonce.
 */
function wordsOnOrphans(world: World): readonly OperatorWord[] {
  const { store, orphaned, node, scenario } = world;
  const records = store.fields(KEYS.journal);
  return [...orphaned].flatMap(([key, nonce]): OperatorWord[] => {
    const row = parsePendingRow(key, 0);
    if (row.kind !== "row" || !records.has(key) || nonce >= node.nonce(WALLET)) return [];
    const { login, amountShannon } = row;
    const valueWei = amountShannon * 10n ** 9n;
    const arrived = walletTransactions(world).find((each) =>
      each.login === login && each.kind === "pay" && each.status === "success" &&
      each.valueWei === valueWei && !each.recorded
    ) ?? paidByHand({ login, valueWei }, walletTransactions(world));
    if (arrived !== undefined) {
      return [{ kind: "settle", login, hash: arrived.hash }];
    }
    return scenario.nodeSigns ? [{ kind: "credit", login }] : [];
  });
}

/**
 * A ledger that lost writes may have given a nonce away twice: what was mined there for the payment that
 * it forgot is written down while the wallet, or its payee, is held for it.
 */
function wordsOnTaken(world: World): readonly OperatorWord[] {
  const held = world.store.fields(KEYS.held);
  const isTaken = (login: string) =>
    held.has(WALLET) || held.get(login)?.includes('"paid-by-stranger"') === true;
  if (world.restores === 0) return [];
  return walletTransactions(world).flatMap(({ hash, login, kind, status, recorded, sender }) =>
    sender === "program" && login !== undefined && kind === "pay" && status === "success" &&
      !recorded && isTaken(login)
      ? [{ kind: "settle", login, hash } as const]
      : []
  );
}

/**
 * Where the node signs, a payment is held whose nonce went to what another past of the ledger sent, or to
 * a seal: whether it arrived at another nonce, the program finds out.
 */
export function wordsOnHeld({ restores, store }: World): readonly OperatorWord[] {
  if (restores === 0) return [];
  const held = store.fields(KEYS.held);
  return [...store.fields(KEYS.journal).keys()].flatMap((key): OperatorWord[] => {
    const row = parsePendingRow(key, 0);
    if (row.kind !== "row" || !held.get(row.login)?.includes('"sent-by-node"')) return [];
    return [{ kind: "credit", login: row.login }];
  });
}

function read(raw: Hex): MemoryTransaction {
  const transaction = decodeTransaction(raw);
  if (transaction === undefined) throw new Error("What was sent are no bytes of a transaction");
  return transaction;
}
