/**
 * Texts from outside, made fit for a message.
 *
 * @module
 */

// deno-lint-ignore no-control-regex -- they would move a terminal's cursor, or break the line
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/** More than this of a line nobody reads. */
const MAX_LENGTH = 50_000;

/**
 * One line without control characters, which terminals obey: a login or an answer may hold anything.
 * What is longer than anybody reads is cut.
 *
 * @example
 * ```ts
 * import { oneLine } from "./one_line.ts";
 *
 * oneLine("first\nsecond"); // "first second"
 * ```
 */
export function oneLine(text: string): string {
  const line = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  return line.replace(CONTROL, " ");
}
