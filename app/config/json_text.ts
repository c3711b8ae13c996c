/**
 * JSON as people write it in config files: numbers keep their digits, and a fault has a place.
 *
 * @module
 */

/** A number that JavaScript would spell in another way, or not hold at all: `5e8`, `1.0`, 2^53 + 1. */
export class Numeral {
  /** The digits as they stand in the text. */
  readonly source: string;

  /** Keeps the digits of a number. */
  constructor(source: string) {
    this.source = source;
  }
}

/** Where a text stops being JSON. */
export interface JsonFault {
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1, in UTF-16 units. */
  readonly column: number;
  /** What JSON allows there. */
  readonly expected: string;
}

/**
 * Parses JSON. Numbers that would lose digits, or were not written plainly, come as
 * {@linkcode Numeral}. What `JSON.parse` says of a fault quotes the text around it, which may be a
 * password: so the place is found here, and nothing is quoted.
 *
 * @example
 * ```ts
 * import { parseJson } from "./json_text.ts";
 *
 * parseJson('{"threshold": 500000000}'); // { value: { threshold: 500000000 } }
 * parseJson('{"threshold": }'); // { fault: { line: 1, column: 15, expected: "a value" } }
 * ```
 */
export function parseJson(
  text: string,
): { readonly value: unknown } | { readonly fault: JsonFault } {
  try {
    return { value: JSON.parse(text, keepDigits) };
  } catch {
    return { fault: findFault(text) ?? TOO_DEEP };
  }
}

/** What stops `JSON.parse` where the grammar does not: its reviver recurses. */
const TOO_DEEP: JsonFault = { line: 1, column: 1, expected: "fewer levels of nesting" };

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== "number" || source === undefined || source === String(value)) return value;
  return new Numeral(source);
}

const MARK = /([{}[\],:])/;
const STRING = /("[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*")/;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/;
const WORD = /true|false|null/;
const TOKEN = new RegExp(
  `[ \t\n\r]*(?:${MARK.source}|${STRING.source}|(?:${NUMBER.source}|${WORD.source})(?![\\w.+-]))`,
  "y",
);

type Expectation = "value" | "value-or-end" | "key" | "key-or-end" | "colon" | "comma" | "end";

/** Walks the tokens of a text until one stands where JSON allows none of its kind. */
function findFault(text: string): JsonFault | undefined {
  const open: ("{" | "[")[] = [];
  let expectation: Expectation = "value";
  let offset = 0;
  while (true) {
    TOKEN.lastIndex = offset;
    const token = TOKEN.exec(text);
    if (token === null) break;
    const next = advance(expectation, { token, open });
    if (next === undefined) break;
    expectation = next;
    offset = TOKEN.lastIndex;
  }
  while (/[ \t\n\r]/.test(text.charAt(offset))) offset++;
  if (expectation === "end" && offset === text.length) return undefined;
  const before = text.slice(0, offset).split("\n");
  return {
    line: before.length,
    column: (before.at(-1) ?? "").length + 1,
    expected: describe(expectation, { rest: text.slice(offset, offset + 2), inside: open.at(-1) }),
  };
}

/** What may follow a token, or `undefined` when the token itself may not stand there. */
function advance(
  expectation: Expectation,
  { token, open }: { readonly token: RegExpExecArray; readonly open: ("{" | "[")[] },
): Expectation | undefined {
  const [, mark, string] = token;
  const wantsValue = expectation === "value" || expectation === "value-or-end";
  const wantsKey = expectation === "key" || expectation === "key-or-end";
  const afterValue = (): Expectation => open.length === 0 ? "end" : "comma";
  if (wantsKey && string !== undefined) return "colon";
  if (wantsValue && mark === undefined) return afterValue();
  if (wantsValue && (mark === "{" || mark === "[")) {
    open.push(mark);
    return mark === "{" ? "key-or-end" : "value-or-end";
  }
  if (expectation === "colon" && mark === ":") return "value";
  if (expectation === "comma" && mark === ",") return open.at(-1) === "{" ? "key" : "value";
  const closes = mark === (open.at(-1) === "{" ? "}" : "]");
  const mayClose = expectation === "comma" || expectation.endsWith("-or-end");
  if (open.length === 0 || !closes || !mayClose) return undefined;
  open.pop();
  return afterValue();
}

function describe(
  expectation: Expectation,
  { rest, inside }: { readonly rest: string; readonly inside: "{" | "[" | undefined },
): string {
  const close = inside === "{" ? `"}"` : `"]"`;
  if (rest === "//" || rest === "/*") return "no comment: JSON has none";
  switch (expectation) {
    case "value":
    case "value-or-end":
      return rest.startsWith(`"`) ? brokenString("a text") : "a value";
    case "key":
      return rest.startsWith(`"`) ? brokenString("a key") : "a key in quotes after the comma";
    case "key-or-end":
      return rest.startsWith(`"`) ? brokenString("a key") : `a key in quotes or "}"`;
    case "colon":
      return `":" after the key`;
    case "comma":
      return `"," or ${close}`;
    case "end":
      return "nothing more after the end";
    default:
      return expectation satisfies never;
  }
}

function brokenString(what: string): string {
  return `${what} that closes its quotes on the same line and writes a backslash as \\\\`;
}
