/**
 * What the test runner counted, read from the last line that it prints.
 *
 * @module
 */

/** How many tests of a run passed, failed, and were not run on purpose. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly ignored: number;
}

/** The counts of no run. */
export const NOTHING: Counts = { passed: 0, failed: 0, ignored: 0 };

/** Adds up two runs. */
export function addCounts(a: Counts, b: Counts): Counts {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    ignored: a.ignored + b.ignored,
  };
}

/**
 * Reads the runner's own counts, such as `ok | 3 passed (2 steps) | 0 failed | 1 ignored (5ms)`. A
 * run that ended badly without counting a failure (it did not compile, it crashed) is one failure.
 */
export function countsOf(output: string, exitCode: number): Counts {
  // deno-lint-ignore no-control-regex -- colours are escape sequences
  const plain = output.replace(/\x1b\[[0-9;]*m/g, "");
  const summary = plain.match(/^(?:ok|FAILED) \| \d+ passed.*$/gm)?.at(-1) ?? "";
  const count = (what: string): number =>
    Number(new RegExp(`\\| (\\d+) ${what}\\b`).exec(summary)?.[1] ?? 0);
  const counts = { passed: count("passed"), failed: count("failed"), ignored: count("ignored") };
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
