import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { compareFigures, type Expected } from "../../bench/compare.ts";
import type { Figure } from "../../bench/figure.ts";
import ratios from "../../bench/ratios.json" with { type: "json" };

const EXPECTED: Expected = {
  compared: {
    "a/time": { value: 1.5, better: "lower" },
    "a/rate": { value: 30, better: "higher" },
  },
  notCompared: { "a/memory": "the machine's" },
};

function figure(name: string, value: number): Figure {
  return { name, what: "", value, unit: "×", bar: null };
}

/** Everything that is expected, with some values replaced. */
function figures(values: Readonly<Record<string, number>> = {}): readonly Figure[] {
  const all = { "a/time": 1.5, "a/rate": 30, "a/memory": 100, ...values };
  return Object.entries(all).map(([name, value]) => figure(name, value));
}

function found(all: readonly Figure[]): readonly string[] {
  return compareFigures(all, EXPECTED).map(({ kind, text }) => `${kind} ${text.split(" ")[0]}`);
}

Deno.test("compareFigures() finds nothing in what is as it was", () => {
  deepStrictEqual(found(figures()), []);
});

Deno.test("compareFigures() lets a figure get worse by half, and no further", () => {
  deepStrictEqual(found(figures({ "a/time": 3 })), []);
  deepStrictEqual(found(figures({ "a/time": 3.01 })), ["fell a/time"]);
  deepStrictEqual(found(figures({ "a/rate": 15 })), []);
  deepStrictEqual(found(figures({ "a/rate": 14.9 })), ["fell a/rate"]);
});

Deno.test("compareFigures() lets a figure get better without end", () => {
  deepStrictEqual(found(figures({ "a/time": 0.001, "a/rate": 1e9 })), []);
});

Deno.test("compareFigures() does not look at a figure that is not compared, but wants it", () => {
  deepStrictEqual(found(figures({ "a/memory": 1e9 })), []);
  deepStrictEqual(found(figures().filter(({ name }) => name !== "a/memory")), ["missing a/memory"]);
});

Deno.test("compareFigures() finds what was not produced, and what nobody expected", () => {
  deepStrictEqual(found([]), ["missing a/time", "missing a/rate", "missing a/memory"]);
  deepStrictEqual(found([...figures(), figure("a/new", 1)]), ["unlisted a/new"]);
});

Deno.test("compareFigures() takes what is no number for fallen, compared or not", () => {
  for (const value of [NaN, Infinity, -Infinity]) {
    deepStrictEqual(found(figures({ "a/rate": value })), ["fell a/rate"]);
    deepStrictEqual(found(figures({ "a/memory": value })), ["fell a/memory"]);
  }
});

Deno.test("compareFigures() says what fell, how far, and from where", () => {
  const [finding] = compareFigures(figures({ "a/rate": 7 }), EXPECTED);
  strictEqual(finding?.text, "a/rate fell: 7 × is more than 2 × worse than 30");
});

Deno.test("ratios.json says of each figure which way is better, or why it is not compared", () => {
  const all: readonly Expected[] = Object.values(ratios) as never;
  for (const { compared, notCompared } of all) {
    for (const [name, { value, better }] of Object.entries(compared)) {
      ok(value > 0 && ["lower", "higher"].includes(better), name);
      ok(!Object.hasOwn(notCompared, name), name);
    }
    for (const [name, why] of Object.entries(notCompared)) ok(why.length > 0, name);
  }
  ok(all.some(({ compared }) => Object.keys(compared).length > 0));
});
