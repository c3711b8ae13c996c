/**
 * Reading a section of a config file: every key by its own rule, every problem at once.
 *
 * @module
 */

import * as v from "valibot";
import type { Finding } from "./finding.ts";
import { isJsonObject, type JsonObject, member } from "./json_object.ts";
import { show } from "./secrets.ts";
import { findUnknownKeys } from "./unknown_keys.ts";

/** A section of the file. */
export interface Section {
  /** Its keys, joined by dots; empty for the whole file. */
  readonly path: string;
  /** With the environment's values. */
  readonly value: JsonObject;
  /** As it stands in the file, for telling what is wrong. */
  readonly written: JsonObject;
}

/** What was read, or everything that is wrong with it. */
export type Outcome<T> =
  | { readonly kind: "read"; readonly value: T }
  | { readonly kind: "wrong"; readonly problems: readonly Finding[] };

/** How the value of one key is read. */
export type Rule<T> = v.GenericSchema<unknown, T>;

/**
 * Makes the rule of a key: `read` answers `undefined` for what it does not take, and then the
 * problem says what was `expected`.
 */
export function rule<T>(expected: string, read: (value: unknown) => T | undefined): Rule<T> {
  return v.pipe(
    v.unknown(),
    v.rawTransform(({ dataset, addIssue, NEVER }): T => {
      const taken = read(dataset.value);
      if (taken !== undefined) return taken;
      addIssue({ message: expected });
      return NEVER;
    }),
  );
}

/** The same for a key whose value is a text. */
export function textRule<T>(expected: string, read: (text: string) => T | undefined): Rule<T> {
  return rule(expected, (value) => typeof value === "string" ? read(value) : undefined);
}

/**
 * Reads the keys of a section that have a rule. A key with `null` is an absent one, as for Go.
 *
 * @example
 * ```ts
 * import * as v from "valibot";
 * import { FLAG } from "./rules.ts";
 * import { readKeys } from "./section.ts";
 *
 * const value = { bgsave: "yes" };
 * readKeys({ path: "payouts", value, written: value }, { bgsave: v.optional(FLAG, false) });
 * // { kind: "wrong", problems: [{ path: "payouts.bgsave", message: 'expected true or false, got "yes"' }] }
 * ```
 */
export function readKeys<const Rules extends v.ObjectEntries>(
  section: Section,
  rules: Rules,
): Outcome<v.InferOutput<v.ObjectSchema<Rules, undefined>>> {
  const result = v.safeParse(v.object(rules), presentKeys(section.value, rules));
  if (result.success) return { kind: "read", value: result.output };
  return {
    kind: "wrong",
    problems: result.issues.map((issue) => {
      const key = v.getDotPath(issue) ?? "";
      return problem(section, { key, expected: issue.message });
    }),
  };
}

/** Absent keys are handed to their rules too, so that the rule says what it expected. */
function presentKeys(value: JsonObject, rules: v.ObjectEntries): JsonObject {
  return Object.fromEntries(
    Object.entries(rules)
      .map(([key, { type }]) => ({ key, type, found: member(value, key) }))
      .filter(({ type, found }) => found !== undefined || !type.endsWith("optional"))
      .map(({ key, found }) => [key, found]),
  );
}

/** A problem with the value of a key, shown as it stands in the file. */
export function problem(
  { path, written }: Section,
  { key, expected }: { readonly key: string; readonly expected: string },
): Finding {
  const place = join(path, key);
  return { path: place, message: `expected ${expected}, got ${show(member(written, key), place)}` };
}

/** Opens the section under a key; without a `fallback` it must be there. */
export function subsection(section: Section, key: string, fallback?: JsonObject): Outcome<Section> {
  const value = member(section.value, key) ?? fallback;
  const written = member(section.written, key) ?? fallback;
  if (!isJsonObject(value) || !isJsonObject(written)) {
    return { kind: "wrong", problems: [problem(section, { key, expected: "an object" })] };
  }
  return { kind: "read", value: { path: join(section.path, key), value, written } };
}

/** Reads what was opened, or says why it could not be opened. */
export function andThen<T, U>(outcome: Outcome<T>, read: (value: T) => Outcome<U>): Outcome<U> {
  return outcome.kind === "wrong" ? outcome : read(outcome.value);
}

/** Reads a section in which a key without a rule is a problem. */
export function readAll<const Rules extends v.ObjectEntries>(
  section: Section,
  rules: Rules,
): Outcome<v.InferOutput<v.ObjectSchema<Rules, undefined>>> {
  const { path } = section;
  const unknown = findUnknownKeys(section.written, { path, known: Object.keys(rules) });
  const outcome = readKeys(section, rules);
  if (unknown.length === 0) return outcome;
  return { kind: "wrong", problems: [...unknown, ...problemsOf(outcome)] };
}

/** What is wrong with any of several readings. */
export function problemsOf(...outcomes: readonly Outcome<unknown>[]): readonly Finding[] {
  return outcomes.flatMap((outcome) => outcome.kind === "wrong" ? outcome.problems : []);
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
