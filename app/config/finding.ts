/**
 * What there is to say about one place of a config file.
 *
 * @module
 */

import { oneLine } from "../../domain/one_line.ts";

/** A problem or a notice, with its place. Never holds a secret. */
export interface Finding {
  /** Keys joined by dots (`payouts.threshold`), or `line 3, column 5`; empty for the whole file. */
  readonly path: string;
  /** What was expected there, what stands there, or what to know about it. */
  readonly message: string;
}

/**
 * Writes a finding as one line.
 *
 * @example
 * ```ts
 * import { formatFinding } from "./finding.ts";
 *
 * formatFinding({ path: "payouts.timeout", message: 'expected a Go duration, got "10"' });
 * // 'payouts.timeout: expected a Go duration, got "10"'
 * ```
 */
export function formatFinding({ path, message }: Finding): string {
  return oneLine(path === "" ? message : `${path}: ${message}`);
}
