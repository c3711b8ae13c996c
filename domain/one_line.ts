/**
 * Texts from outside, made fit for a message.
 *
 * @module
 */

// deno-lint-ignore no-control-regex -- they would move a terminal's cursor, or break the line
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/**
 * One line without control characters, which terminals obey: a login or an answer may hold anything.
 *
 * @example
 * ```ts
 * import { oneLine } from "./one_line.ts";
 *
 * oneLine("first\nsecond"); // "first second"
 * ```
 */
export function oneLine(text: string): string {
  return text.replace(CONTROL, " ");
}
