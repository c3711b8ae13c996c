import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { encodeRecord } from "../../domain/journal_record.ts";
import {
  type ForeignRow,
  type Leftovers,
  loginsInFlight,
  sortLeftovers,
} from "../../domain/leftovers.ts";
import { shannon } from "../../domain/money.ts";
import { type Payment, type PaymentKey, paymentKey } from "../../domain/payment.ts";
import { parsePendingRow } from "../../domain/pending_row.ts";
import type { Obligations } from "../../domain/ports/ledger.ts";
import { addressOf, hashOf, paymentOf } from "./arbitraries.ts";
import { pureTest } from "./pure.ts";

const PAYMENT = paymentOf();
const KEY = paymentKey(PAYMENT);
const RECORD = encodeRecord(PAYMENT);

/** What a ledger may hold: rows and records of few logins, so that they meet. */
const anyObligations: fc.Arbitrary<Obligations> = fc.record({
  pending: fc.uniqueArray(
    fc.oneof(anyKey(), fc.constantFrom("junk", "0xab:", "0xab:-5", "0xab:5:0xhash")),
  ),
  journal: fc.uniqueArray(
    fc.tuple(anyKey(), fc.oneof(anyKeyedPayment().map(encodeRecord), fc.constant("{}"))),
    { selector: ([key]) => key },
  ),
  ownJournal: fc.uniqueArray(anyKeyedPayment(), { selector: paymentKey }),
  held: fc.uniqueArray(fc.tuple(fc.string(), fc.string()), { selector: ([login]) => login }),
}).map(({ pending, journal, ownJournal, held }) =>
  obligationsOf({
    pending: pending.map((member) => parsePendingRow(member, 9)),
    journal: new Map([
      ...journal,
      ...ownJournal.map((payment) => [paymentKey(payment), encodeRecord(payment)] as const),
    ]),
    held: new Map(held),
  })
);

pureTest("sortLeftovers() of a quiet ledger finds nothing", () => {
  deepStrictEqual(sortLeftovers(obligationsOf({})), NOTHING);
});

pureTest("sortLeftovers() takes a record with its pending row for our payment", () => {
  const found = obligationsOf({ pending: [rowOf(KEY)], journal: new Map([[KEY, RECORD]]) });
  deepStrictEqual(sortLeftovers(found), { ...NOTHING, payments: [PAYMENT] });
});

pureTest("sortLeftovers() puts our payments in nonce order", () => {
  const payments = [9, 7, 8].map((nonce) => {
    const recipient = addressOf(nonce);
    return paymentOf({ nonce, login: recipient, recipient });
  });
  const found = obligationsOf({
    pending: payments.map((payment) => rowOf(paymentKey(payment))),
    journal: new Map(payments.map((payment) => [paymentKey(payment), encodeRecord(payment)])),
  });
  deepStrictEqual(sortLeftovers(found).payments.map(({ nonce }) => nonce), [7, 8, 9]);
});

pureTest("sortLeftovers() takes a record without its pending row for an orphan", () => {
  const found = obligationsOf({ journal: new Map([[KEY, RECORD]]) });
  deepStrictEqual(sortLeftovers(found), { ...NOTHING, orphans: [PAYMENT] });
});

pureTest("sortLeftovers() takes no row that was debited at another time for our payment's", () => {
  const row = parsePendingRow(KEY, PAYMENT.debitedAt + 1);
  const found = obligationsOf({ pending: [row], journal: new Map([[KEY, RECORD]]) });
  deepStrictEqual(sortLeftovers(found), { ...NOTHING, orphans: [PAYMENT] });
});

pureTest("sortLeftovers() takes a row without a record for a Go payer's", () => {
  const row = rowOf(KEY);
  const found = obligationsOf({ pending: [row] });
  deepStrictEqual(sortLeftovers(found), {
    ...NOTHING,
    foreign: [{ row, hash: null, nonce: null }],
  });
});

pureTest("sortLeftovers() reads the hash and the nonce that etc26 wrote", () => {
  const found = obligationsOf({
    pending: [rowOf(KEY)],
    pendingTx: new Map([[KEY, hashOf(0xa1).replace("a1", "A1")]]),
    pendingNonce: new Map([[KEY, "12"]]),
  });
  const [foreign] = sortLeftovers(found).foreign;
  strictEqual(foreign?.hash, hashOf(0xa1));
  strictEqual(foreign?.nonce, 12);
});

pureTest("sortLeftovers() reads no hash and no nonce out of nonsense", () => {
  for (const nonsense of ["", "0x", "-1", "1e3", "012", "9".repeat(16), "null"]) {
    const found = obligationsOf({
      pending: [rowOf(KEY)],
      pendingTx: new Map([[KEY, nonsense]]),
      pendingNonce: new Map([[KEY, nonsense]]),
    });
    deepStrictEqual(sortLeftovers(found).foreign, [{ row: rowOf(KEY), hash: null, nonce: null }]);
  }
});

pureTest("sortLeftovers() names records that cannot be read", () => {
  const found = obligationsOf({ pending: [rowOf(KEY)], journal: new Map([[KEY, '{"v":2}']]) });
  const unreadable = [{ key: KEY, problem: "its version is 2, expected 1" }];
  deepStrictEqual(sortLeftovers(found), { ...NOTHING, unreadable });
});

pureTest("sortLeftovers() trusts no record under the key of another payment", () => {
  const key = `${addressOf(1)}:5` as PaymentKey;
  const found = obligationsOf({ pending: [rowOf(key)], journal: new Map([[key, RECORD]]) });
  const unreadable = [{ key, problem: `it is the record of "${KEY}"` }];
  deepStrictEqual(sortLeftovers(found), { ...NOTHING, unreadable });
});

pureTest("sortLeftovers() tells a Go payer's lock from ours", () => {
  strictEqual(sortLeftovers(obligationsOf({ lock: "paydirt:run-1" })).goLock, null);
  for (const lock of [KEY, "payday:5", "paydirt", ""]) {
    strictEqual(sortLeftovers(obligationsOf({ lock })).goLock, lock);
  }
});

pureTest("sortLeftovers() leaves nothing out, and nothing twice", () => {
  fc.assert(fc.property(anyObligations, (found) => {
    const { payments, orphans, foreign, malformed, held, unreadable } = sortLeftovers(found);
    const ours = [...payments, ...orphans].map(paymentKey);
    const journalled = [...ours, ...unreadable.map(({ key }) => key)];
    deepStrictEqual(journalled.toSorted(), [...found.journal.keys()].toSorted());
    const members = [...payments.map(paymentKey), ...foreign.map(({ row }) => row.key)];
    const unread = unreadable.map(({ key }) => key).filter((key) => hasRow(found, key));
    deepStrictEqual(
      [...members, ...unread, ...malformed].toSorted(),
      found.pending.map((row) => row.kind === "row" ? row.key : row.member).toSorted(),
    );
    deepStrictEqual(held.map(({ login }) => login), [...found.held.keys()]);
  }));
});

pureTest("loginsInFlight() has every login of which something is unresolved", () => {
  const logins = loginsInFlight({
    ...NOTHING,
    payments: [paymentOf({ login: "ours" })],
    orphans: [paymentOf({ login: "orphan" })],
    foreign: [foreignOf("go:5")],
    malformed: ["typo:0.5", "rows:5:0xhash", "bare"],
  });
  deepStrictEqual([...logins], ["ours", "orphan", "go", "typo", "rows", "bare"]);
});

const NOTHING: Leftovers = {
  payments: [],
  orphans: [],
  foreign: [],
  malformed: [],
  held: [],
  unreadable: [],
  goLock: null,
};

function obligationsOf(found: Partial<Obligations>): Obligations {
  return {
    lock: null,
    lease: null,
    pending: [],
    journal: new Map(),
    pendingTx: new Map(),
    pendingNonce: new Map(),
    held: new Map(),
    nonces: new Map(),
    server: new Map(),
    ...found,
  };
}

function anyKeyedPayment(): fc.Arbitrary<Payment> {
  return fc.record({
    login: fc.constantFrom("0xaa", "0xbb", "0xcc"),
    amountShannon: fc.bigInt({ min: 1n, max: 2n }).map(shannon),
    nonce: fc.nat({ max: 9 }),
  }).map((changes) => paymentOf(changes));
}

function anyKey(): fc.Arbitrary<PaymentKey> {
  return anyKeyedPayment().map(paymentKey);
}

function rowOf(key: string): ForeignRow["row"] {
  const row = parsePendingRow(key, 1_790_000_000);
  if (row.kind === "malformed") throw new Error(`the test's row "${key}" is malformed`);
  return row;
}

function hasRow(found: Obligations, key: string): boolean {
  return found.pending.some((row) => row.kind === "row" && row.key === key);
}

function foreignOf(key: string = KEY): ForeignRow {
  return { row: rowOf(key), hash: null, nonce: null };
}
