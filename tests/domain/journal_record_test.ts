import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { decodeRecord, encodeRecord } from "../../domain/journal_record.ts";
import type { Payment } from "../../domain/payment.ts";
import { addressOf, anyPayment, attemptOf, eip1559Of, hashOf, paymentOf } from "./arbitraries.ts";
import { pureTest } from "./pure.ts";

pureTest("encodeRecord() writes the format of version 1", () => {
  const attempts = [
    attemptOf(hashOf(0xa1)),
    attemptOf(hashOf(0xa2), { kind: "cancel", raw: null, hash: null, fees: eip1559Of(9n, 2n) }),
  ];
  strictEqual(
    encodeRecord(paymentOf({ attempts })),
    '{"v":1,"login":"0x00000000000000000000000000000000000000ab","amountShannon":"600000000",' +
      '"wallet":"0x000000000000000000000000000000000000cafe","chainId":"61",' +
      '"genesis":"0x0000000000000000000000000000000000000000000000000000000000000001","nonce":7,' +
      '"recipient":"0x00000000000000000000000000000000000000ab","valueWei":"600000000000000000",' +
      '"debitedAt":1790000000,"head":{"number":99,' +
      '"hash":"0x0000000000000000000000000000000000000000000000000000000000000064"},' +
      '"attempts":[{"kind":"pay",' +
      '"hash":"0x00000000000000000000000000000000000000000000000000000000000000a1","raw":"0x02",' +
      '"gas":"21000","fees":{"kind":"legacy","gasPriceWei":"8"}},{"kind":"cancel","hash":null,' +
      '"raw":null,"gas":"21000",' +
      '"fees":{"kind":"eip1559","maxFeePerGasWei":"9","maxPriorityFeePerGasWei":"2"}}]}',
  );
});

pureTest("decodeRecord() reads back every payment", () => {
  fc.assert(fc.property(anyPayment, (payment) => {
    deepStrictEqual(decodeRecord(encodeRecord(payment)), { payment });
  }));
});

pureTest("decodeRecord() answers any text, and never throws", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
    ok("problem" in decodeRecord(text));
  }));
});

pureTest("decodeRecord() of a torn record is a problem", () => {
  const text = encodeRecord(paymentOf());
  for (let length = 0; length < text.length; length++) {
    deepStrictEqual(decodeRecord(text.slice(0, length)), { problem: "it is not JSON" });
  }
});

pureTest("decodeRecord() of a changed record says so, or reads what it would write", () => {
  fc.assert(
    fc.property(anyPayment, fc.nat(), fc.jsonValue(), (payment, place, value) => {
      const record = JSON.parse(encodeRecord(payment));
      const paths = pathsOf(record);
      change(record, paths[place % paths.length]!, value);
      const changed = JSON.stringify(record);
      const decoded = decodeRecord(changed);
      if (!("payment" in decoded)) return;
      const text = encodeRecord(decoded.payment);
      deepStrictEqual(JSON.parse(text), JSON.parse(changed));
      deepStrictEqual(decodeRecord(text), decoded);
    }),
    { numRuns: 1_000 },
  );
});

pureTest("decodeRecord() needs every field", () => {
  const record = JSON.parse(encodeRecord(paymentOf()));
  for (const path of pathsOf(record)) {
    const without = structuredClone(record);
    change(without, path, undefined);
    ok("problem" in decodeRecord(JSON.stringify(without)), path.join("."));
  }
});

pureTest("decodeRecord() refuses a version that it does not know", () => {
  for (const v of [0, 2, "1", null, [1], undefined]) {
    match(problemOf({ v }), /^its version is (?:0|2|no number|missing), expected 1$/);
  }
  const deep = "[".repeat(20_000) + "]".repeat(20_000);
  deepStrictEqual(decodeRecord(`{"v":${deep}}`), {
    problem: "its version is no number, expected 1",
  });
});

pureTest("decodeRecord() refuses a nonce, amounts, bytes and hashes that are none", () => {
  const table: [field: keyof Payment, values: unknown[]][] = [
    ["nonce", [-1, 0.5, 2 ** 53, "7", null]],
    ["amountShannon", ["0", "-5", "05", "1e9", 600, `${2n ** 63n}`]],
    ["valueWei", ["-1", "01", "0x1", 1, `${2n ** 256n}`]],
    ["chainId", [61, "-61", ""]],
    ["valueWei", ["600000000000000001", "0"]], // Not what is debited.
    ["recipient", [addressOf(0xac), `0x${"AB".repeat(20)}`, null]], // Not whose balance it is.
    ["wallet", [`0x${"AB".repeat(20)}`, "0x", 1]],
    ["genesis", [`0x${"AB".repeat(32)}`, null]],
    ["head", [[], null, { number: 1 }]],
    ["attempts", [[], {}, [null], [{ ...encodedAttempt(), kind: "bribe" }]]],
    ["attempts", [[{ ...encodedAttempt(), raw: "0x" }], [{ ...encodedAttempt(), raw: "0x0" }]]],
    ["attempts", [[{ ...encodedAttempt(), fees: { kind: "legacy" } }]]],
  ];
  for (const [field, values] of table) {
    for (const value of values) {
      match(problemOf({ [field]: value }), /^its field ".*" is missing or malformed$/);
    }
  }
});

/** What is said against a good record with these changes. */
function problemOf(changes: Readonly<Record<string, unknown>>): string {
  const record = { ...JSON.parse(encodeRecord(paymentOf())), ...changes };
  const decoded = decodeRecord(JSON.stringify(record));
  return "problem" in decoded ? decoded.problem : "none";
}

function encodedAttempt(): Record<string, unknown> {
  return JSON.parse(encodeRecord(paymentOf())).attempts[0];
}

type Path = readonly string[];

/** The paths of all fields in a JSON value, outer ones too. */
function pathsOf(value: unknown): readonly Path[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]): readonly Path[] => [
    [name],
    ...pathsOf(inner).map((path) => [name, ...path]),
  ]);
}

function change(value: unknown, path: Path, to: unknown): void {
  const [name = "", ...rest] = path;
  const object = value as Record<string, unknown>;
  if (rest.length === 0) object[name] = to;
  else change(object[name], rest, to);
}
