import assert from "node:assert/strict";
import fc from "fast-check";
import { parseGoDuration } from "../../app/config/go_duration.ts";

Deno.test("parseGoDuration() reads what Go's time.ParseDuration reads", () => {
  const table: [text: string, ms: number][] = [
    ["0", 0],
    ["+0", 0],
    ["120m", 7_200_000],
    ["10s", 10_000],
    ["1h30m", 5_400_000],
    ["1.5h", 5_400_000],
    ["300ms", 300],
    [".5s", 500],
    ["5.s", 5_000],
    ["1m1m", 120_000],
    ["-1.5h", -5_400_000],
    ["+5s", 5_000],
    ["100us", 0.1],
    ["100µs", 0.1],
    ["100μs", 0.1],
    ["1ns", 0.000001],
    ["0.1ns", 0],
    ["1h1m1s1ms1us1ns", 3_661_001.001001],
    ["0.100000000000000000000h", 360_000],
    ["9223372036854775807ns", 9223372036854.775],
  ];
  for (const [text, ms] of table) assert.equal(parseGoDuration(text), ms, text);
});

Deno.test("parseGoDuration() refuses what Go refuses", () => {
  const refused = ["", "+", "-", "10", "1.5", "s", ".s", ".", "1d", "1 h", " 1h", "1h ", "1H"];
  refused.push("--1h", "1h-1m", "1e3s", "1..5s", "1,5s", "9223372036854775808ns", "3000000h");
  for (const text of refused) assert.equal(parseGoDuration(text), undefined, text);
});

Deno.test("parseGoDuration() adds up the parts that it is given", () => {
  const whole = fc.integer({ min: 0, max: 10_000 });
  fc.assert(fc.property(whole, whole, whole, (h, m, s) => {
    assert.equal(parseGoDuration(`${h}h${m}m${s}s`), ((h * 60 + m) * 60 + s) * 1000);
  }));
});
