/**
 * Compares chain and ledger to the last Shannon.
 *
 * @module
 */

import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { type Books, readBooks, type SentTransaction } from "./books.ts";
import { type Miner, type TestPool, WALLET } from "./pool.ts";

const WEI_PER_SHANNON = 10n ** 9n;

/** What every account of a chain of the tests holds at first, if a test does not say otherwise. */
const FIRST_COINS = 10_000;

/** What was credited to whom, each time, in Shannon. */
export type Credits = ReadonlyMap<string, readonly bigint[]>;

/**
 * Demands that every miner was paid exactly once: on the chain, in its balance, in its rows, in the
 * pool's own sums, with nothing left in flight.
 */
export async function assertPaidExactlyOnce(
  { client, anvil }: TestPool,
  miners: readonly Miner[],
  { balanceCoins = FIRST_COINS }: { readonly balanceCoins?: number } = {},
): Promise<void> {
  const credits = new Map(miners.map(({ login, balance }) => [login, [balance]]));
  const books = await readBooks(client, anvil.url, credits.keys());
  deepStrictEqual(disagreements(books, credits, { balanceCoins }), []);
  strictEqual(sealsOf(books), 0);
}

/** How many nonces were used up by a transfer of nothing from the wallet to itself. */
export function sealsOf({ wallet }: Books): number {
  return wallet.sent.filter(isSeal).length;
}

/** What is wrong after everybody was to be paid everything; nothing when all is well. */
export function disagreements(
  books: Books,
  credits: Credits,
  { balanceCoins = FIRST_COINS }: { readonly balanceCoins?: number } = {},
): readonly string[] {
  return [
    ...overpayments(books.wallet.sent, credits),
    ...[...credits.keys()].flatMap((login) => wrongsOf(login, books, credits)),
    ...wrongRows(books),
    ...wrongFinances(books, credits),
    ...wrongWallet(books, BigInt(balanceCoins) * 10n ** 18n),
    ...books.unresolved.map((key) => `${key} is there still`),
  ];
}

/** Who got more, or more often, than was ever credited; and what went to nobody of the pool. */
export function overpayments(
  sent: readonly SentTransaction[],
  credits: Credits,
): readonly string[] {
  const wrongs: string[] = [];
  for (const [to, transfers] of Map.groupBy(sent.filter(isTransfer), toOf)) {
    const credited = credits.get(to) ?? [];
    const gotWei = transfers.reduce((sum, { valueWei }) => sum + valueWei, 0n);
    if (gotWei > sumOf(credited) * WEI_PER_SHANNON || transfers.length > credited.length) {
      wrongs.push(
        `${to} got ${gotWei} Wei in ${transfers.length} transfers, and was credited ` +
          `${credited.join(" + ") || 0} Shannon`,
      );
    }
  }
  return wrongs;
}

function wrongsOf(login: string, books: Books, credits: Credits): readonly string[] {
  const owed = sumOf(credits.get(login) ?? []);
  const { balance, pending, paid } = books.miners.get(login) ?? {};
  const wrongs: string[] = [];
  if (balance !== 0n || pending !== 0n || paid !== owed) {
    wrongs.push(
      `${login} was credited ${owed}: balance ${balance}, pending ${pending}, paid ${paid}`,
    );
  }
  const holdsWei = books.holdsWei.get(login);
  if (holdsWei !== owed * WEI_PER_SHANNON) {
    wrongs.push(`${login} was credited ${owed} Shannon, and holds ${holdsWei} Wei on the chain`);
  }
  return wrongs;
}

/** Each transfer is one row of `payments:all` and one of the miner's own, and each row a transfer. */
function wrongRows({ rows, ownRows, wallet }: Books): readonly string[] {
  const expected = wallet.sent.filter(isTransfer).map((each) =>
    `${each.hash}:${toOf(each)}:${shannonOf(each)}`
  );
  const own = [...ownRows].flatMap(([login, list]) =>
    list.map((row) => row.replace(":", `:${login}:`))
  );
  return [
    ...differences("payments:all", rows, expected),
    ...differences("payments:<login>", own, expected),
  ];
}

function differences(
  key: string,
  found: readonly string[],
  expected: readonly string[],
): readonly string[] {
  const [there, wanted] = [new Set(found), new Set(expected)];
  return [
    ...[...wanted.difference(there)].map((row) => `${key} lacks ${row}`),
    ...[...there.difference(wanted)].map((row) => `${key} has ${row}, which is no transfer`),
  ];
}

function wrongFinances({ finances }: Books, credits: Credits): readonly string[] {
  const owed = sumOf([...credits.values()].flat());
  const { balance, pending, paid } = finances;
  return balance === 0n && pending === 0n && paid === owed ? [] : [
    `finances: balance ${balance}, pending ${pending}, paid ${paid}; ${owed} were credited`,
  ];
}

/** Every transaction is accounted for: by its nonce, and by each Wei that it took. */
function wrongWallet({ wallet, nextNonce }: Books, firstWei: bigint): readonly string[] {
  const { sent, nonce, holdsWei } = wallet;
  const wrongs = sent.filter(({ isSuccess }) => !isSuccess)
    .map(({ hash }) => `${hash} reverted`);
  if (sent.length !== nonce || nextNonce !== String(nonce)) {
    wrongs.push(`${sent.length} transactions, nonce ${nonce}, next nonce ${nextNonce}`);
  }
  const spentWei = sent.reduce((sum, { valueWei, feeWei }) => sum + valueWei + feeWei, 0n);
  if (holdsWei + spentWei !== firstWei) {
    wrongs.push(`the wallet holds ${holdsWei} Wei, and spent ${spentWei} of ${firstWei}`);
  }
  return wrongs;
}

/** Whether it moved coins, or was to. */
function isTransfer(transaction: SentTransaction): boolean {
  return transaction.isSuccess && !isSeal(transaction);
}

function isSeal({ to, valueWei }: SentTransaction): boolean {
  return to === WALLET && valueWei === 0n;
}

function toOf({ to }: SentTransaction): string {
  return to ?? "nobody";
}

function shannonOf({ valueWei }: SentTransaction): string {
  return `${valueWei / WEI_PER_SHANNON}`;
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}
