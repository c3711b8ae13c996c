import { deepStrictEqual } from "node:assert/strict";
import fc from "fast-check";
import { shannon } from "../../domain/money.ts";
import { paymentKey } from "../../domain/payment.ts";
import { parsePendingRow } from "../../domain/pending_row.ts";
import { anyAmount, anyLogin } from "./arbitraries.ts";
import { pureTest } from "./pure.ts";

pureTest("parsePendingRow() reads every row that a debit writes", () => {
  fc.assert(fc.property(anyLogin, anyAmount, fc.nat(), (login, amountShannon, at) => {
    const key = paymentKey({ login, amountShannon });
    deepStrictEqual(parsePendingRow(key, at), { kind: "row", key, login, amountShannon, at });
  }));
});

pureTest("parsePendingRow() splits at the last colon", () => {
  const key = "rig:0xab:5";
  const amountShannon = shannon(5n);
  deepStrictEqual(parsePendingRow(key, 9), {
    kind: "row",
    key,
    login: "rig:0xab",
    amountShannon,
    at: 9,
  });
});

pureTest("parsePendingRow() keeps a malformed member as it is", () => {
  const members = ["", "0xab", "0xab:", "0xab:0", "0xab:-5", "0xab:+5", "0xab:05", "0xab:5 "];
  members.push("0xab:0.5", "0xab:1e9", "0xab:5:0xhash", `0xab:${2n ** 63n}`);
  for (const member of members) {
    deepStrictEqual(parsePendingRow(member, 9), { kind: "malformed", member, at: 9 });
  }
});

pureTest("parsePendingRow() loses no member, whatever it is", () => {
  fc.assert(fc.property(fc.string(), fc.nat(), (member, at) => {
    const row = parsePendingRow(member, at);
    return (row.kind === "row" ? paymentKey(row) : row.member) === member && row.at === at;
  }));
});
