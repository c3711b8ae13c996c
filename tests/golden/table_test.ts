import { deepStrictEqual } from "node:assert/strict";
import { disagreements, type Table } from "./table.ts";

const TABLE: Table = {
  everywhere: [{ line: "process: idle → ended", seenIn: "a", reason: "cron starts it" }],
  differences: [
    { recordings: ["a", "b"], stage: "run", reason: "better", lines: ["paid: 1 → 0"] },
    { recordings: ["b"], stage: "run", alone: true, reason: "better", lines: ["held: 0 → 1"] },
  ],
};

Deno.test("disagreements() takes what the table lists", () => {
  const ended = "process: idle → ended";
  const found = { stage: "run", alone: false, differences: ["paid: 1 → 0", ended] };
  deepStrictEqual(disagreements("a", [found], TABLE), []);
});

Deno.test("disagreements() names what no row explains, also where another stage's row would", () => {
  deepStrictEqual(
    disagreements("b", [
      { stage: "run", alone: false, differences: ["paid: 1 → 0", "held: 0 → 1"] },
      { stage: "run", alone: true, differences: ["held: 0 → 1", "lost: 1 → 0"] },
    ], TABLE),
    ['unexplained in "run": held: 0 → 1', 'unexplained in "run" alone: lost: 1 → 0'],
  );
});

Deno.test("disagreements() names rows that do not occur, and stages that were not replayed", () => {
  deepStrictEqual(disagreements("b", [{ stage: "run", alone: false, differences: [] }], TABLE), [
    'listed, but not in "run": paid: 1 → 0',
    'listed, but not in "run" alone: held: 0 → 1',
  ]);
});

Deno.test("disagreements() wants general lines in the recording that is named for them", () => {
  const found = [{ stage: "run", alone: false, differences: ["paid: 1 → 0"] }];
  deepStrictEqual(disagreements("a", found, TABLE), [
    "listed, but nowhere in a: process: idle → ended",
  ]);
});
