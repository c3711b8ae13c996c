import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { encodeRecord } from "../../domain/journal_record.ts";
import { sortLeftovers } from "../../domain/leftovers.ts";
import { debtOf, openDebtsOf, wordsFor } from "../../domain/operator_word.ts";
import { paymentKey } from "../../domain/payment.ts";
import { parsePendingRow } from "../../domain/pending_row.ts";
import { addressOf, paymentOf } from "./arbitraries.ts";
import { pureTest } from "./pure.ts";

const OURS = paymentOf({ login: addressOf(1), recipient: addressOf(1) });
const ORPHAN = paymentOf({ login: addressOf(2), recipient: addressOf(2), nonce: 8 });
const LEFTOVERS = sortLeftovers({
  lock: null,
  lease: null,
  pending: [paymentKey(OURS), "go:5", "junk"].map((member) =>
    parsePendingRow(member, OURS.debitedAt)
  ),
  journal: new Map([OURS, ORPHAN].map((each) => [paymentKey(each), encodeRecord(each)])),
  pendingTx: new Map(),
  pendingNonce: new Map(),
  held: new Map([["held", "by hand"]]),
  nonces: new Map(),
  server: new Map(),
});

pureTest("openDebtsOf() finds everything open of a login, and nothing of another", () => {
  const kinds = (login: string): readonly string[] =>
    openDebtsOf(login, LEFTOVERS).map(({ kind }) => kind);
  deepStrictEqual(kinds(OURS.login), ["payment"]);
  deepStrictEqual(kinds(ORPHAN.login), ["orphan"]);
  deepStrictEqual(kinds("go"), ["go-row"]);
  for (const login of ["held", "junk", "", OURS.login.toUpperCase()]) {
    deepStrictEqual(kinds(login), []);
  }
  const [row] = openDebtsOf("go", LEFTOVERS);
  strictEqual(row && debtOf(row).amountShannon, 5n);
});

pureTest("wordsFor() names the words that can end what is open", () => {
  const words = (login: string, latestNonce: number): readonly string[] =>
    wordsFor(openDebtsOf(login, LEFTOVERS), latestNonce);
  deepStrictEqual(words("held", 7), ["release"]);
  deepStrictEqual(words("go", 7), ["settle", "credit"]);
  deepStrictEqual(words(OURS.login, 7), ["cancel"]);
  deepStrictEqual(words(OURS.login, 8), ["settle", "credit"]);
  // Every run cancels an orphan whose nonce is open.
  deepStrictEqual(words(ORPHAN.login, 8), []);
  deepStrictEqual(words(ORPHAN.login, 9), ["settle", "credit"]);
});
