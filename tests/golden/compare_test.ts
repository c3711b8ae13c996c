import { deepStrictEqual } from "node:assert/strict";
import { differences, placesOf } from "./compare.ts";

Deno.test("placesOf() names strings, fields and members", () => {
  const places = placesOf({
    "eth:finances": { type: "hash", value: { balance: "1", paid: "2" } },
    "eth:payments:lock": { type: "string", value: "login:1" },
    "eth:payments:pending": { type: "zset", value: [["login:1", 1_700_000_000]] },
  });
  deepStrictEqual([...places], [
    ["eth:finances balance", "1"],
    ["eth:finances paid", "2"],
    ["eth:payments:lock", "login:1"],
    ["eth:payments:pending login:1", "1700000000"],
  ]);
});

Deno.test("differences() names what changed, what is missing and what is there besides", () => {
  const recorded = new Map([["same", "1"], ["changed", "1"], ["missing", "1"]]);
  const found = new Map([["same", "1"], ["changed", "2"], ["besides", "2"]]);
  deepStrictEqual(differences(recorded, found), [
    "besides: nothing → 2",
    "changed: 1 → 2",
    "missing: 1 → nothing",
  ]);
});
