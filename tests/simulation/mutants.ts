/**
 * Shows that the simulator finds bugs: puts each of a list of them into a copy of the program, and
 * counts the seeds until one fails.
 *
 * ```sh
 * deno task simulate:mutants             # every bug, at most 2,000 seeds each
 * deno task simulate:mutants nonce cancel # those whose name has one of these words
 * ```
 *
 * @module
 */

import { parseArgs } from "node:util";
import { readCommandLine, UsageError } from "../support/command_line.ts";
import { MUTATIONS } from "./mutations.ts";
import type { Mutation } from "./mutations/mutation.ts";

const ROOT = new URL("../../", import.meta.url);
const MAX_SEEDS = 2_000;

const USAGE = `Usage: deno task simulate:mutants [WORD…]

  WORD  only the bugs whose name has one of these words; without: all ${MUTATIONS.length}

The exit code is 0 when every bug was found, 1 when one was missed or the program fails without
any, 2 for arguments that make no sense.`;

/** Everything that the simulator and the tests need. */
const PARTS = ["domain", "app", "adapters", "tests", "mod.ts", "deno.json", "deno.lock"];

/** Data that none of them reads. */
const LEFT_OUT = new Set(["recordings"]);

/** Tries the bugs that are asked for, and answers the exit code: 0 when all were caught. */
async function main(args: readonly string[]): Promise<number> {
  const wanted = readCommandLine(args, { usage: USAGE, read: () => wantedOf(args) });
  if (typeof wanted === "number") return wanted;
  const healthy = await inCopy((folder) => findBug(folder, {}));
  if (healthy !== undefined) {
    console.log(`Nothing is shown: the program itself fails, ${healthy}`);
    return 1;
  }
  let missed = 0;
  const queue = [...wanted];
  await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, async () => {
    for (let mutation = queue.shift(); mutation !== undefined; mutation = queue.shift()) {
      const caught = await tryOut(mutation);
      if (caught === undefined) missed++;
      console.log(`${mutation.name.padEnd(64)} ${caught ?? `NOT CAUGHT in ${MAX_SEEDS} seeds`}`);
    }
  }));
  console.log(`${wanted.length - missed} of ${wanted.length} bugs were caught`);
  return missed === 0 ? 0 : 1;
}

function wantedOf(args: readonly string[]): readonly Mutation[] {
  const words = parseArgs({ args: [...args], options: {}, allowPositionals: true }).positionals;
  const unknown = words.find((word) => !MUTATIONS.some(({ name }) => name.includes(word)));
  if (unknown !== undefined) throw new UsageError(`No bug has "${unknown}" in its name`);
  return MUTATIONS.filter(({ name }) =>
    words.length === 0 || words.some((word) => name.includes(word))
  );
}

/** What finds a bug, in its own words; `undefined` when nothing does. */
function tryOut(mutation: Mutation): Promise<string | undefined> {
  const { name, file, find, replace } = mutation;
  return inCopy(async (folder) => {
    const text = await Deno.readTextFile(`${folder}/${file}`);
    if (!text.includes(find)) {
      throw new Error(`Cannot make "${name}": its text is not in ${file} any more`);
    }
    await Deno.writeTextFile(`${folder}/${file}`, text.replace(find, () => replace));
    return await findBug(folder, mutation);
  });
}

/** Does something with a copy of the program. */
async function inCopy<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "mutant-" });
  try {
    for (const part of PARTS) await copy(new URL(part, ROOT), `${folder}/${part}`);
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What the simulator says of the first seed that fails, or which test does. */
function findBug(folder: string, { test }: Pick<Mutation, "test">): Promise<string | undefined> {
  return test === undefined ? simulate(folder) : runTest(folder, test);
}

async function simulate(folder: string): Promise<string | undefined> {
  const seeds = ["--seed", "1", "--seeds", String(MAX_SEEDS), "--stop-at-failure"];
  const run = ["run", "--no-prompt", "--no-check", "tests/simulation/simulate.ts", ...seeds];
  const { success, stdout, stderr } = await deno(folder, run);
  if (success) return undefined;
  const said = stdout.split("\n").findLast((line) => line.startsWith("seed "));
  if (said !== undefined) return said.split("; ", 1)[0]?.slice(0, 120);
  throw new Error(`The simulator itself broke: ${stderr}`);
}

async function runTest(folder: string, test: string): Promise<string | undefined> {
  const { success, stdout } = await deno(folder, ["test", "-A", "--no-check", "--fail-fast", test]);
  if (success) return undefined;
  const failed = stdout.split("\n").find((line) => line.includes(" ... FAILED"));
  if (failed !== undefined) return `${test}: ${failed.split(" ... ", 1)[0]}`.slice(0, 120);
  throw new Error(`The test itself broke: ${stdout}`);
}

async function deno(
  folder: string,
  args: readonly string[],
): Promise<{ readonly success: boolean; readonly stdout: string; readonly stderr: string }> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { success, stdout: text(stdout), stderr: text(stderr) };
}

async function copy(from: URL, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) {
    await Deno.mkdir(to.slice(0, to.lastIndexOf("/")), { recursive: true });
    return await Deno.copyFile(from, to);
  }
  for await (const { name } of Deno.readDir(from)) {
    if (!LEFT_OUT.has(name)) await copy(new URL(`${from.href}/${name}`), `${to}/${name}`);
  }
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
