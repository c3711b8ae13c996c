/**
 * Ways to spoil JSON: values that no reader expects, put anywhere.
 *
 * @module
 */

import fc from "fast-check";

/** A value of JSON. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json };

/** Texts that {@linkcode writeJson} puts in the place of these, since no value is written so. */
const RAW = {
  "%deep list%": `${"[".repeat(20_000)}${"]".repeat(20_000)}`,
  "%deep object%": `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`,
  "%infinite%": "1e999",
  "%many digits%": "9".repeat(5_000),
  "%giant%": `"${"0x".padEnd(200_000, "a")}"`,
  "%lone surrogate%": '"\\ud800"',
  "%twice%": '{"result":"0x1","result":{},"error":null}',
} as const;

/**
 * What is put where something else is expected. None is a plain small quantity in hex, and none has a
 * word by which a message would betray a slip of the program itself (`NaN`).
 */
export const ODD_VALUES: readonly Json[] = [
  ...Object.keys(RAW),
  ...[null, true, false, 0, -1, 1, 1.5, -0.1, 2 ** 53, 1e300, "", " ", "0x", "0X1f", "x1f", "1f"],
  ...[
    "0xzz",
    "-0x1",
    "0x-1",
    "0x1.5",
    "1e5",
    "007",
    "12",
    "-12",
    "9".repeat(80),
    "nan",
    "Infinity",
  ],
  ...["0x1fffffffffffff", "0x20000000000000", `0x${"f".repeat(64)}`, `0x${"f".repeat(65)}`],
  ...["0x000000000000000000000000000000000000000000000000000000000000000000000000000000001"],
  ...[
    "null",
    "undef",
    "__proto__",
    "constructor",
    "<html>\n</html>",
    "\u0000",
    "a\nb",
    "\u001b[2J",
  ],
  ...[
    "\u009b31m",
    "\u2028",
    "\u202e",
    "ünïcödé",
    "💸",
    "%s%n",
    "${HOME}",
    "'; DROP TABLE",
    "../../etc",
  ],
  ...[[], [[]], [null], ["0x1"], {}, { "0": "0x1" }, { toString: 1 }, {
    valueOf: 1,
    toString: null,
  }],
  ...[{ length: 5 }, { then: 1 }, { toJSON: 1 }, { result: null }, { error: {} }, { id: 1 }],
];

/** How one place of a value is spoiled. Places are counted; a number is taken modulo their number. */
export type Mutation =
  | { readonly kind: "replace"; readonly at: number; readonly with: Json }
  | { readonly kind: "drop"; readonly at: number }
  | { readonly kind: "add"; readonly at: number; readonly name: string; readonly value: Json }
  | { readonly kind: "repeat"; readonly at: number }
  | { readonly kind: "list"; readonly at: number }
  | { readonly kind: "respell"; readonly at: number; readonly how: keyof typeof SPELLINGS };

/** The same text, as some writer might write it. */
const SPELLINGS = {
  decimal: (text: string) => text.startsWith("0x") ? decimal(text) : text,
  number: (text: string) => text.startsWith("0x") ? Number(text) : Number.parseFloat(text),
  "upper case": (text: string) => text.toUpperCase(),
  "no prefix": (text: string) => text.replace(/^0x/, ""),
  "one digit less": (text: string) => text.slice(0, -1),
  "one digit more": (text: string) => `${text}0`,
  "leading zero": (text: string) => text.replace(/^0x/, "0x0"),
  negative: (text: string) => `-${text}`,
  spaces: (text: string) => ` ${text}\n`,
  half: (text: string) => text.slice(0, text.length / 2),
} as const;

/** Any mutation. */
export const mutations: fc.Arbitrary<Mutation> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("replace" as const),
      at: fc.nat(500),
      with: fc.oneof(
        { weight: 5, arbitrary: fc.constantFrom(...ODD_VALUES) },
        { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json> },
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("drop" as const), at: fc.nat(500) }) },
  fc.record({
    kind: fc.constant("add" as const),
    at: fc.nat(500),
    name: fc.constantFrom("extra", "__proto__", "toString", "result", "error", "length", "then"),
    value: fc.constantFrom(...ODD_VALUES),
  }),
  fc.record({ kind: fc.constantFrom("repeat" as const, "list" as const), at: fc.nat(500) }),
  fc.record({
    kind: fc.constant("respell" as const),
    at: fc.nat(500),
    how: fc.constantFrom(...Object.keys(SPELLINGS) as (keyof typeof SPELLINGS)[]),
  }),
);

/** Spoils a value at one place. */
export function mutate(value: Json, mutation: Mutation): Json {
  const places = placesOf(value);
  const place = places[mutation.at % places.length] ?? [];
  return changedAt(value, place, (found) => changed(found, mutation));
}

/** Writes a value, with the texts that no value is written as. */
export function writeJson(value: Json | undefined): string {
  return (JSON.stringify(value) ?? "").replace(
    /"%[a-z ]+%"/g,
    (marker) => RAW[marker.slice(1, -1) as keyof typeof RAW] ?? marker,
  );
}

/** Dropped from whatever holds it. */
const DROPPED = Symbol("dropped");

function changed(found: Json, mutation: Mutation): Json | typeof DROPPED {
  switch (mutation.kind) {
    case "replace":
      return mutation.with;
    case "drop":
      return DROPPED;
    case "add": {
      if (Array.isArray(found)) return [...found, mutation.value];
      if (typeof found !== "object" || found === null) return { [mutation.name]: mutation.value };
      return withField(found as { readonly [name: string]: Json }, mutation.name, mutation.value);
    }
    case "repeat":
      return Array.isArray(found) ? [...found, ...found] : [found, found];
    case "list":
      return [found];
    case "respell":
      return typeof found === "string" ? SPELLINGS[mutation.how](found) : found;
  }
}

/** Also `__proto__` becomes a field of its own, as it does in JSON. */
function withField(from: { readonly [name: string]: Json }, name: string, value: Json): Json {
  return Object.fromEntries([...Object.entries(from), [name, value]]);
}

/** The ways to every value in a value, the outermost first. */
function placesOf(value: Json): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [[]];
  const below = Object.entries(value).flatMap(([name, inner]) =>
    placesOf(inner).map((place) => [name, ...place])
  );
  return [[], ...below];
}

function changedAt(
  value: Json,
  place: readonly string[],
  change: (found: Json) => Json | typeof DROPPED,
): Json {
  const [name, ...rest] = place;
  if (name === undefined) {
    const after = change(value);
    return after === DROPPED ? null : after;
  }
  const entries = Object.entries(value as object).flatMap(([key, inner]: [string, Json]) => {
    if (key !== name) return [[key, inner] as const];
    const after = rest.length === 0 ? change(inner) : changedAt(inner, rest, change);
    return after === DROPPED ? [] : [[key, after] as const];
  });
  return Array.isArray(value)
    ? entries.map(([, inner]) => inner)
    : Object.fromEntries(entries) as Json;
}

function decimal(text: string): string {
  return /^0x[0-9a-f]+$/i.test(text) ? BigInt(text).toString() : text;
}
