/**
 * The test command: makes sure that a Redis and a chain are here, runs every test, and adds up what
 * the runner counted. A test that cannot run is a failure; nothing turns green by being skipped.
 *
 * ```sh
 * deno task test                            # everything
 * deno task test tests/domain               # some files or folders
 * deno task test --filter=plan --fail-fast  # flags of `deno test`
 * ```
 *
 * @module
 */

import { findAnvil } from "../adapters/anvil/anvil_process.ts";
import { addCounts, type Counts, countsOf, NOTHING } from "./support/runner_counts.ts";
import { ensureRedisServer } from "./support/redis_install.ts";

/** A part of the tests, run in a process of its own with permissions of its own. */
interface Suite {
  readonly title: string;
  readonly paths: readonly string[];
  readonly flags: readonly string[];
}

const SANITIZERS = ["--sanitize-ops", "--sanitize-resources"];

/** How many files are tested at once, when `DENO_JOBS` does not say: most tests wait for servers. */
const JOBS = "3";

const SUITES: readonly Suite[] = [
  {
    title: "the domain, without a permission",
    paths: ["tests/domain"],
    flags: SANITIZERS,
  },
  {
    title: "everything else, with real servers on this machine",
    paths: ["tests"],
    flags: [...SANITIZERS, "--allow-all", "--ignore=tests/domain"], // /dev/full wants all.
  },
  {
    title: "the examples in the documentation, without a permission",
    paths: ["mod.ts", "domain", "adapters"],
    flags: ["--doc"],
  },
];

/** Runs the suites, or the parts of them that the arguments name, and answers the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const flags = args.filter((arg) => arg.startsWith("-"));
  const paths = args.filter((arg) => !arg.startsWith("-")).map((path) => path.replace(/^\.\//, ""));
  let total = NOTHING;
  try {
    await ensureRedisServer();
    if (await findAnvil() === undefined) throw new Error(NO_ANVIL);
    for (const suite of SUITES) {
      const selected = selectedPaths(suite, paths);
      if (selected.length > 0) total = addCounts(total, await run(suite, selected, flags));
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    total = addCounts(total, { ...NOTHING, failed: 1 });
  }
  if (total.ignored > 0) console.error(`${total.ignored} tests were ignored: that is a failure.`);
  const failed = total.failed + total.ignored;
  if (total.passed + failed === 0) console.error("No test was run: that is a failure.");
  console.log(`${total.passed} passed, ${failed} failed`);
  return failed === 0 && total.passed > 0 ? 0 : 1;
}

const NO_ANVIL = "Cannot test against a chain: no anvil. Install Foundry, or name the binary in " +
  "the environment variable ANVIL";

/** What of a suite is asked for: all of it when nothing is named. */
function selectedPaths(suite: Suite, asked: readonly string[]): readonly string[] {
  if (asked.length === 0) return suite.paths;
  const owner = (path: string): Suite | undefined =>
    SUITES.find(({ paths }) => paths.some((own) => path === own || path.startsWith(`${own}/`)));
  return asked.filter((path) => owner(path) === suite);
}

/** Runs one suite, shows what the runner says, and answers what it counted. */
async function run(
  suite: Suite,
  paths: readonly string[],
  flags: readonly string[],
): Promise<Counts> {
  console.log(`\n# ${suite.title}`);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--no-prompt", "--parallel", ...suite.flags, ...flags, ...paths],
    env: {
      DENO_JOBS: Deno.env.get("DENO_JOBS") ?? JOBS,
      ...(Deno.stdout.isTerminal() && !Deno.noColor ? { FORCE_COLOR: "1" } : {}),
    },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const [forTerminal, forCounting] = child.stdout.tee();
  const [output, { code }] = await Promise.all([
    new Response(forCounting).text(),
    child.status,
    forTerminal.pipeTo(Deno.stdout.writable, { preventClose: true }),
  ]);
  return countsOf(output, code);
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
