/**
 * What may be told of something that went wrong: one line, no control characters, no secrets, and no
 * stack.
 *
 * @module
 */

import { ok } from "node:assert/strict";
import { Fault } from "../../domain/fault.ts";

/** More than this of a message nobody reads. */
const MAX_LENGTH = 50_001;

/** Holds one line to what a line may be. */
export function assertOneLine(line: string): void {
  // deno-lint-ignore no-control-regex -- they would reach a terminal
  ok(!/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(line), `no line: ${JSON.stringify(line)}`);
  ok(line.length <= MAX_LENGTH, `a line of ${line.length} characters`);
  ok(line.trim() !== "", "an empty line");
  ok(!/ {4}at |\bundefined\b|\[object Object\]|\bNaN\b/.test(quotedOut(line)), line);
}

/** Holds an error to what the program may throw: a fault, told in one line. */
export function assertFault(error: unknown): asserts error is Fault {
  if (!(error instanceof Fault)) throw error;
  assertOneLine(error.message);
}

/** Answers what a promise came to; an error other than a fault passes through. */
export async function faultOr<T>(promise: Promise<T>): Promise<T | Fault> {
  try {
    return await promise;
  } catch (error) {
    assertFault(error);
    return error;
  }
}

/** Without what a message quotes of others. */
function quotedOut(line: string): string {
  return line.replace(/"(?:[^"\\]|\\.)*"/g, '""');
}
