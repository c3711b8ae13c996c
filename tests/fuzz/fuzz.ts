/**
 * A fuzz test: a property that is tried with many random cases, fresh ones each time. A failure says
 * how to play it again. CI says the same of the same tree, so it tries the same cases each time.
 *
 * @module
 */

import fc from "fast-check";

/** What is tried, and on what. */
export interface FuzzOptions<T> {
  /** How many cases `deno task test` tries; `deno task fuzz --runs N` tries N. */
  readonly runs: number;
  readonly arbitrary: fc.Arbitrary<T>;
  /** Throws where the case is not handled well. */
  readonly check: (one: T) => Promise<unknown> | void;
}

/** The variables by which `deno task fuzz` tells its tests what to do. */
export const VARIABLES = { runs: "FUZZ_RUNS", seed: "FUZZ_SEED", path: "FUZZ_PATH" } as const;

/** Makes a test of a property. */
export function fuzzTest<T>(name: string, options: FuzzOptions<T>): void {
  Deno.test(name, () => fuzz(name, options));
}

/** Tries a property. Throws with the smallest failing case and the command that plays it again. */
export async function fuzz<T>(
  name: string,
  { runs, arbitrary, check }: FuzzOptions<T>,
): Promise<void> {
  const property = fc.asyncProperty(arbitrary, async (one) => {
    await check(one);
  });
  const details = await fc.check(property, {
    numRuns: numberIn(VARIABLES.runs) ?? runs,
    ...wanted("seed", numberIn(VARIABLES.seed) ?? (Deno.env.has("CI") ? 1 : undefined)),
    ...wanted("path", Deno.env.get(VARIABLES.path)),
  });
  if (!details.failed) return;
  const { seed, counterexamplePath: path } = details;
  throw new Error(
    `${fc.defaultReportMessage(details)}\n\nPlay it again: ` +
      `deno task fuzz --filter "${name}" --seed ${seed}${path === null ? "" : ` --path ${path}`}`,
    { cause: details.errorInstance },
  );
}

function numberIn(variable: string): number | undefined {
  const text = Deno.env.get(variable);
  return text === undefined ? undefined : Number(text);
}

function wanted<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : { [key]: value } as { [key in K]: V };
}
