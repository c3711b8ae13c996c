import assert from "node:assert/strict";
import type { Address, Hash } from "../../domain/address.ts";
import { pureTest } from "../domain/pure.ts";
import { demandsOperator, type WalletTransaction } from "./operator_rule.ts";

const LOGIN = `0x${"AB".repeat(20)}`;

const paid: WalletTransaction = {
  hash: `0x${"1".repeat(64)}` as Hash,
  to: LOGIN.toLowerCase() as Address,
  valueWei: 600_000_000n * 10n ** 9n,
  status: "success",
  ours: true,
  login: LOGIN,
  kind: "pay",
};

pureTest("demandsOperator() sees no need in payments that arrived", () => {
  assert.equal(demandsOperator(LOGIN, [paid]), undefined);
  assert.equal(demandsOperator(LOGIN, []), undefined);
});

pureTest("demandsOperator() wants one for a payment that reverted or was cancelled", () => {
  assert.match(demandsOperator(LOGIN, [{ ...paid, status: "reverted" }]) ?? "", /reverted/);
  assert.match(demandsOperator(LOGIN, [{ ...paid, kind: "cancel" }]) ?? "", /cancelled/);
});

pureTest("demandsOperator() wants one for a miner whom a stranger paid", () => {
  const strange = { ...paid, ours: false, login: undefined, kind: undefined };
  assert.match(demandsOperator(LOGIN, [strange]) ?? "", /stranger/);
});

pureTest("demandsOperator() leaves the others alone", () => {
  const other = `0x${"cd".repeat(20)}`;
  assert.equal(demandsOperator(other, [{ ...paid, status: "reverted" }]), undefined);
});
