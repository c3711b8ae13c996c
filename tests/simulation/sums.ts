/**
 * The sums of the ledger, and the rows that they must come to: between any two commits.
 *
 * @module
 */

import type { Hash } from "../../domain/address.ts";
import { parsePendingRow } from "../../domain/pending_row.ts";
import { walletTransactions } from "./wallet_transactions.ts";
import { addressOf, KEYS, type World } from "./world.ts";

/** Every sum of the ledger, to the Shannon. */
export function checkSums(world: World, rows: readonly string[]): void {
  const { store } = world;
  const logins = loginsOf(world);
  let pending = 0n;
  let paid = 0n;
  for (const login of logins) {
    const fields = store.fields(KEYS.account({ kind: "miner", login }));
    const own = { pending: amount(fields, "pending"), paid: amount(fields, "paid") };
    pending += own.pending;
    paid += own.paid;
    const owed = world.credited.get(login) ?? 0n;
    if (owed === 0n) continue;
    const has = amount(fields, "balance") + own.pending + own.paid;
    if (has !== owed) world.violated(`${login} has ${has} in all, and was credited ${owed}`);
    // A restored copy may lack what was credited and paid.
    if (amount(fields, "balance") < 0n && world.restores === 0 && !wasPaidByHand(world, login)) {
      world.violated(`${login} has a negative balance`);
    }
  }
  const finances = store.fields(KEYS.finances);
  let inRows = 0n;
  for (const member of rows) {
    const row = parsePendingRow(member, 0);
    inRows += row.kind === "row" ? row.amountShannon : 0n;
  }
  expectSame(world, "pending", [pending, amount(finances, "pending"), inRows]);
  expectSame(world, "paid", [paid, amount(finances, "paid")]);
  let credited = 0n;
  for (const owed of world.credited.values()) credited += owed;
  expectSame(world, "finances", [
    credited,
    amount(finances, "balance") + amount(finances, "pending") + amount(finances, "paid"),
  ]);
  checkPaidRows(world, logins);
  checkNotes(world);
}

/** Whether somebody else paid a miner with the wallet's key, perhaps what the program paid as well. */
function wasPaidByHand(world: World, login: string): boolean {
  return walletTransactions(world).some(({ sender, to, status }) =>
    sender === "stranger" && to === addressOf(login) && status === "success"
  );
}

/** What was paid is what its rows say: of each miner, and of the pool. */
function checkPaidRows(world: World, logins: ReadonlySet<string>): void {
  const { store } = world;
  let all = 0n;
  for (const member of store.members(KEYS.all)) all += readRow(member).amountShannon;
  expectSame(world, "paid by rows", [amount(store.fields(KEYS.finances), "paid"), all]);
  for (const login of logins) {
    if (store.typeOf(KEYS.paidTo(login)) === "string") continue; // Nonsense, put there by hand.
    let own = 0n;
    for (const member of store.members(KEYS.paidTo(login))) {
      const [hash = "", amountShannon = "0"] = member.split(":");
      own += BigInt(amountShannon);
      if (!store.hasMember(KEYS.all, `${hash}:${login}:${amountShannon}`)) {
        world.violated(`row ${hash} of ${login} stands among its own alone`);
      }
    }
    const account = store.fields(KEYS.account({ kind: "miner", login }));
    expectSame(world, `paid to ${login} by rows`, [amount(account, "paid"), own]);
  }
}

/** What the old payer's resolver reads about a payment goes with it. */
function checkNotes(world: World): void {
  const { store } = world;
  for (const notes of [KEYS.pendingTx, KEYS.pendingNonce]) {
    for (const key of store.fields(notes).keys()) {
      if (store.hasMember(KEYS.pending, key) || store.fields(KEYS.journal).has(key)) continue;
      world.violated(`${notes} still has ${key}`);
    }
  }
}

function loginsOf(world: World): ReadonlySet<string> {
  const hashes = world.scenario.payees.filter(({ wrongType }) => !wrongType);
  return new Set([...hashes.map(({ login }) => login), ...world.credited.keys()]);
}

/** A field that is no integer counts as nothing. */
export function amount(fields: ReadonlyMap<string, string>, field: string): bigint {
  const text = fields.get(field) ?? "0";
  return /^-?[0-9]+$/.test(text) ? BigInt(text) : 0n;
}

/** A member of `P:payments:all`. */
export function readRow(
  member: string,
): { readonly hash: Hash; readonly login: string; readonly amountShannon: bigint } {
  const [hash, login, amountShannon] = member.split(":");
  return { hash: hash as Hash, login: login ?? "", amountShannon: BigInt(amountShannon ?? "0") };
}

function expectSame(world: World, what: string, sums: readonly bigint[]): void {
  if (sums.some((sum) => sum !== sums[0])) world.violated(`${what} differs: ${sums.join(", ")}`);
}
