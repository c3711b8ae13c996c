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
import { VARIABLES } from "./fuzz.ts";

const USAGE = "Usage: deno task fuzz [--runs NUMBER] [--filter TEXT] [--seed NUMBER] [--path PATH]";

/** Runs the tests and answers their exit code. */
async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: "string" },
      filter: { type: "string" },
      seed: { type: "string" },
      path: { type: "string" },
    },
  });
  const { runs, seed, path, filter } = values;
  if ([runs, seed].some((text) => text !== undefined && !Number.isSafeInteger(Number(text)))) {
    console.error(USAGE);
    return 2;
  }
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

if (import.meta.main) Deno.exitCode = await main(Deno.args);
