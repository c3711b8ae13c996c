/**
 * The fuzzing command: the tests of this folder with as many cases as are wanted.
 *
 * ```sh
 * deno task fuzz --runs 100000                       # everything
 * deno task fuzz --runs 100000 --filter "a keystore" # what has it in its name
 * deno task fuzz --filter "…" --seed 7 --path 3:1    # a failure again, as it was told
 * ```
 *
 * @module
 */

import { parseArgs } from "node:util";
import { readCommandLine, UsageError, wholeNumber } from "../support/command_line.ts";
import { VARIABLES } from "./fuzz.ts";

const USAGE = `Usage: deno task fuzz [--runs NUMBER] [--filter TEXT] [--seed NUMBER] [--path PATH]

  --runs NUMBER  how many cases each test tries (as many as in the test command)
  --filter TEXT  only tests that have this in their name
  --seed NUMBER  decides the cases. Without: a fresh one
  --path PATH    one case of the seed, as a failure tells it`;

/** Runs the tests and answers their exit code. */
async function main(args: readonly string[]): Promise<number> {
  const wanted = readCommandLine(args, { usage: USAGE, read: () => wantedOf(args) });
  if (typeof wanted === "number") return wanted;
  const { runs, seed, path, filter } = wanted;
  const told = Object.entries({ runs, seed, path })
    .flatMap(([key, value]) =>
      value === undefined ? [] : [[VARIABLES[key as keyof typeof VARIABLES], value]]
    );
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["test", "--allow-all", "--no-prompt", new URL(".", import.meta.url).pathname],
      ...(filter === undefined ? [] : ["--filter", filter]),
    ],
    env: Object.fromEntries(told),
    stdin: "null",
  }).spawn().status;
  return code;
}

/** What was asked for, each as it was written. */
interface Wanted {
  readonly runs?: string | undefined;
  readonly filter?: string | undefined;
  readonly seed?: string | undefined;
  readonly path?: string | undefined;
}

function wantedOf(args: readonly string[]): Wanted {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: "string" },
      filter: { type: "string" },
      seed: { type: "string" },
      path: { type: "string" },
    },
  });
  if (values.runs !== undefined) wholeNumber("--runs", values.runs, 1);
  if (values.seed !== undefined && !/^-?[0-9]{1,15}$/.test(values.seed)) {
    throw new UsageError(`Cannot read --seed: expected a whole number, got "${values.seed}"`);
  }
  return values;
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
