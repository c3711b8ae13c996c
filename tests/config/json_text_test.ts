import assert from "node:assert/strict";
import fc from "fast-check";
import { Numeral, parseJson } from "../../app/config/json_text.ts";

function faultOf(text: string): string {
  const parsed = parseJson(text);
  if (!("fault" in parsed)) return "none";
  const { line, column, expected } = parsed.fault;
  return `${line}:${column} ${expected}`;
}

Deno.test("parseJson() keeps the digits of numbers that JavaScript would spell otherwise", () => {
  const text = '{"plain": 5, "big": 12345678901234567890, "one": 1.0, "exp": 5e8, "odd": 0.5}';
  assert.deepEqual(parseJson(text), {
    value: {
      plain: 5,
      big: new Numeral("12345678901234567890"),
      one: new Numeral("1.0"),
      exp: new Numeral("5e8"),
      odd: 0.5,
    },
  });
});

Deno.test("parseJson() tells the place of a fault and what JSON allows there", () => {
  const broken = "a text that closes its quotes on the same line and writes a backslash as \\\\";
  const table: [text: string, fault: string][] = [
    ["", "1:1 a value"],
    ["  \n ", "2:2 a value"],
    ['{"a": }', "1:7 a value"],
    ['{"a": 1,\n  "b": xyz}', "2:8 a value"],
    ['{"a": tru}', "1:7 a value"],
    ['{"a": truely}', "1:7 a value"],
    ['{"a": 01}', "1:7 a value"],
    ['{"a": 1.}', "1:7 a value"],
    ['{"a": 1,}', "1:9 a key in quotes after the comma"],
    ["{a: 1}", '1:2 a key in quotes or "}"'],
    ['{"a" 1}', '1:6 ":" after the key'],
    ['{"a": 1 "b": 2}', '1:9 "," or "}"'],
    ['{"a": 1', '1:8 "," or "}"'],
    ["[1, 2}", '1:6 "," or "]"'],
    ["[1,]", "1:4 a value"],
    ["{} {}", "1:4 nothing more after the end"],
    ['{"a": "b\n"}', `1:7 ${broken}`],
    ['{"a": "C:\\pool"}', `1:7 ${broken}`],
    ['{\n// the prefix\n"coin": "eth"}', "2:1 no comment: JSON has none"],
    ["[".repeat(10_000) + "]".repeat(10_000), "1:1 fewer levels of nesting"],
  ];
  for (const [text, fault] of table) assert.equal(faultOf(text), fault, text.slice(0, 40));
});

Deno.test("parseJson() finds the fault in a text with a character too many", () => {
  const marks = fc.constantFrom("{", "}", "[", "]", ",", ":", '"', "x", "\\", "\n", "-", ".");
  fc.assert(fc.property(fc.json(), fc.nat(), marks, (text, at, mark) => {
    const offset = at % (text.length + 1);
    const broken = text.slice(0, offset) + mark + text.slice(offset);
    let valid = true;
    try {
      JSON.parse(broken);
    } catch {
      valid = false;
    }
    const parsed = parseJson(broken);
    assert.equal("value" in parsed, valid);
    if ("fault" in parsed) assert.notEqual(parsed.fault.expected, "fewer levels of nesting");
  }));
});
