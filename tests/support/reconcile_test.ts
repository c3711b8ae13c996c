import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import type { Books, SentTransaction } from "./books.ts";
import { type Credits, disagreements, overpayments } from "./reconcile.ts";

const ALICE = `0x${"a1".repeat(20)}`;
const BOB = `0x${"b0".repeat(20)}`;
const WEI = 10n ** 9n;

/** Alice was credited twice and paid twice, Bob once. */
const CREDITS: Credits = new Map([[ALICE, [700_000_001n, 600_000_000n]], [BOB, [900_000_000n]]]);

const SENT: readonly SentTransaction[] = [
  transfer(0, ALICE, 700_000_001n),
  transfer(1, BOB, 900_000_000n),
  transfer(2, ALICE, 600_000_000n),
];

const GOOD: Books = {
  miners: new Map([
    [ALICE, { balance: 0n, pending: 0n, paid: 1_300_000_001n }],
    [BOB, { balance: 0n, pending: 0n, paid: 900_000_000n }],
  ]),
  finances: { balance: 0n, pending: 0n, paid: 2_200_000_001n },
  rows: [`hash0:${ALICE}:700000001`, `hash1:${BOB}:900000000`, `hash2:${ALICE}:600000000`],
  ownRows: new Map([
    [ALICE, ["hash0:700000001", "hash2:600000000"]],
    [BOB, ["hash1:900000000"]],
  ]),
  unresolved: [],
  nextNonce: "3",
  wallet: {
    holdsWei: 10_000n * 10n ** 18n - 2_200_000_001n * WEI - 3n * 21_000n,
    nonce: 3,
    sent: SENT,
  },
  holdsWei: new Map([[ALICE, 1_300_000_001n * WEI], [BOB, 900_000_000n * WEI]]),
};

function transfer(nonce: number, to: string, shannon: bigint): SentTransaction {
  const valueWei = shannon * WEI;
  return { hash: `hash${nonce}`, nonce, to, valueWei, isSuccess: true, feeWei: 21_000n };
}

/** Books in which one thing is wrong, and what is said of it. */
const WRONG: Readonly<Record<string, { readonly books: Books; readonly says: RegExp }>> = {
  "a Shannon too much on the chain": {
    books: { ...GOOD, holdsWei: new Map([...GOOD.holdsWei, [BOB, 900_000_001n * WEI]]) },
    says: /b0 was credited 900000000 Shannon, and holds 900000001000000000 Wei/,
  },
  "a Wei too little on the chain": {
    books: { ...GOOD, holdsWei: new Map([...GOOD.holdsWei, [BOB, 900_000_000n * WEI - 1n]]) },
    says: /b0 was credited 900000000 Shannon, and holds 899999999999999999 Wei/,
  },
  "a claim that is owed still": {
    books: {
      ...GOOD,
      miners: new Map([...GOOD.miners, [BOB, { balance: 900_000_000n, pending: 0n, paid: 0n }]]),
    },
    says: /b0 was credited 900000000: balance 900000000, pending 0, paid 0/,
  },
  "a claim that is pending still": {
    books: {
      ...GOOD,
      miners: new Map([...GOOD.miners, [BOB, { balance: 0n, pending: 5n, paid: 900_000_000n }]]),
    },
    says: /b0 was credited 900000000: balance 0, pending 5/,
  },
  "a row of the pool that is lost": {
    books: { ...GOOD, rows: GOOD.rows.slice(1) },
    says: /payments:all lacks hash0/,
  },
  "a row of the pool with another amount": {
    books: { ...GOOD, rows: [`hash0:${ALICE}:700000002`, ...GOOD.rows.slice(1)] },
    says: /payments:all has hash0:0xa1\w+:700000002, which is no transfer/,
  },
  "a row of a miner that is lost": {
    books: { ...GOOD, ownRows: new Map([...GOOD.ownRows, [BOB, []]]) },
    says: /payments:<login> lacks hash1/,
  },
  "finances that do not follow": {
    books: { ...GOOD, finances: { balance: 0n, pending: 0n, paid: 2_200_000_000n } },
    says: /finances: balance 0, pending 0, paid 2200000000; 2200000001 were credited/,
  },
  "a Wei that left the wallet": {
    books: { ...GOOD, wallet: { ...GOOD.wallet, holdsWei: GOOD.wallet.holdsWei - 1n } },
    says: /the wallet holds/,
  },
  "a transaction that no block shows": {
    books: { ...GOOD, wallet: { ...GOOD.wallet, nonce: 4 } },
    says: /3 transactions, nonce 4, next nonce 3/,
  },
  "a ledger with another next nonce": {
    books: { ...GOOD, nextNonce: "4" },
    says: /3 transactions, nonce 3, next nonce 4/,
  },
  "a payment that reverted": {
    books: {
      ...GOOD,
      wallet: {
        ...GOOD.wallet,
        sent: SENT.map((each) => ({ ...each, isSuccess: each.nonce !== 1 })),
      },
    },
    says: /hash1 reverted/,
  },
  "a lock that stays": {
    books: { ...GOOD, unresolved: ["eth:payments:lock"] },
    says: /eth:payments:lock is there still/,
  },
};

Deno.test("disagreements() finds none where everybody was paid", () => {
  deepStrictEqual(disagreements(GOOD, CREDITS), []);
});

for (const [name, { books, says }] of Object.entries(WRONG)) {
  Deno.test(`disagreements() finds ${name}`, () =>
    match(disagreements(books, CREDITS).join("\n"), says));
}

Deno.test("overpayments() finds who got more, more often, or was never credited", () => {
  const carol = `0x${"ca".repeat(20)}`;
  const [more] = overpayments([...SENT, transfer(3, BOB, 1n)], CREDITS);
  match(more ?? "", /^0xb0\w+ got 900000001000000000 Wei in 2 transfers/);
  const halves = [transfer(0, BOB, 450_000_000n), transfer(1, BOB, 450_000_000n)];
  match(overpayments(halves, CREDITS)[0] ?? "", /in 2 transfers, and was credited 900000000/);
  match(overpayments([transfer(0, carol, 1n)], CREDITS)[0] ?? "", /^0xca\w+ got .* credited 0 Sh/);
  strictEqual(overpayments(SENT, CREDITS).length, 0);
  strictEqual(overpayments([{ ...transfer(3, BOB, 1n), isSuccess: false }], CREDITS).length, 0);
});
