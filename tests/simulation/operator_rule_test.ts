import assert from "node:assert/strict";
import type { Address, Hash } from "../../domain/address.ts";
import { pureTest } from "../domain/pure.ts";
import {
  demandsExplanation,
  demandsHalt,
  demandsOperator,
  type History,
  type WalletTransaction,
} from "./operator_rule.ts";

const LOGIN = `0x${"AB".repeat(20)}`;

const paid: WalletTransaction = {
  hash: `0x${"1".repeat(64)}` as Hash,
  to: LOGIN.toLowerCase() as Address,
  valueWei: 600_000_000n * 10n ** 9n,
  status: "success",
  sender: "program",
  recorded: true,
  login: LOGIN,
  kind: "pay",
};

function history(...transactions: WalletTransaction[]): History {
  return { transactions, goRows: [], nodeSigns: false };
}

pureTest("demandsOperator() sees no need in payments that arrived", () => {
  assert.equal(demandsOperator(LOGIN, history(paid)), undefined);
  assert.equal(demandsOperator(LOGIN, history()), undefined);
});

pureTest("demandsOperator() wants one for a payment that reverted or was cancelled", () => {
  assert.match(demandsOperator(LOGIN, history({ ...paid, status: "reverted" })) ?? "", /reverted/);
  assert.match(demandsOperator(LOGIN, history({ ...paid, kind: "cancel" })) ?? "", /cancelled/);
});

pureTest("demandsOperator() wants one for a miner whom a stranger paid", () => {
  const strange = { ...paid, sender: "stranger" as const, login: undefined, kind: undefined };
  assert.match(demandsOperator(LOGIN, history(strange)) ?? "", /stranger/);
});

pureTest("demandsOperator() leaves the others alone", () => {
  const other = `0x${"cd".repeat(20)}`;
  assert.equal(demandsOperator(other, history({ ...paid, status: "reverted" })), undefined);
});

pureTest("demandsOperator() wants one for the old payer's row while nothing arrived", () => {
  const row = { login: LOGIN, valueWei: paid.valueWei };
  const arrived: WalletTransaction = { ...paid, sender: "go", recorded: false };
  assert.match(demandsOperator(LOGIN, { ...history(), goRows: [row] }) ?? "", /old payer/);
  assert.equal(demandsOperator(LOGIN, { ...history(arrived), goRows: [row] }), undefined);
});

pureTest(
  "demandsHalt() lets the program go on by itself where nobody else had a hand in it",
  () => {
    const calm = { lostWrites: false, othersSent: false, goRows: false };
    assert.equal(demandsHalt(calm), undefined);
    assert.match(demandsHalt({ ...calm, lostWrites: true }) ?? "", /lost writes/);
    assert.match(demandsHalt({ ...calm, othersSent: true }) ?? "", /somebody else/);
    assert.match(demandsHalt({ ...calm, goRows: true }) ?? "", /old payer/);
  },
);

pureTest("demandsExplanation() is about what left the wallet without a row", () => {
  assert.equal(demandsExplanation([paid]), false);
  assert.equal(demandsExplanation([{ ...paid, recorded: false }]), false);
  assert.equal(demandsExplanation([{ ...paid, sender: "go" }]), false);
  assert.equal(demandsExplanation([{ ...paid, sender: "go", recorded: false }]), true);
});
