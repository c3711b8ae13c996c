import { strictEqual } from "node:assert/strict";
import { Fault } from "../../domain/fault.ts";
import { oneLine } from "../../domain/one_line.ts";
import { pureTest } from "./pure.ts";

pureTest("oneLine() leaves no control character of a text", () => {
  strictEqual(oneLine("a\r\n\tb\u001b[2Jc\u009bd\u2028e\u202ef"), "a b [2Jc d e f");
  strictEqual(oneLine("nothing odd: é 💸"), "nothing odd: é 💸");
});

pureTest("Fault keeps its message on one line, and each of several on its own", () => {
  strictEqual(new Fault("config", 'got "a\nb"').message, 'got "a b"');
  strictEqual(new Fault("config", ["first", "  second\nline"]).message, "first\n  second line");
});

pureTest("oneLine() cuts what nobody would read", () => {
  strictEqual(oneLine("x".repeat(1_000_000)).length, 50_001);
  strictEqual(new Fault("config", "x".repeat(1_000_000)).message.length, 50_001);
});
