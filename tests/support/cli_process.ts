/**
 * The real program in a process of its own.
 *
 * @module
 */

const MAIN = new URL("../../app/main.ts", import.meta.url).pathname;

/** What a process left. */
export interface CliResult {
  readonly code: number;
  /** What killed it, if anything did. */
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the program. Whoever starts it ends it or waits for it. */
export function spawnCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-all", MAIN, ...args],
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs the program to its end. */
export async function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  return await resultOf(spawnCli(args, env));
}

/** Waits for the end of a process. */
export async function resultOf(child: Deno.ChildProcess): Promise<CliResult> {
  const { code, signal, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, signal, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
