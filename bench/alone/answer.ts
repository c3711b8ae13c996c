/**
 * Measuring in a process of its own: nothing else warms its code up, fills its heap or counts in its
 * peak memory.
 *
 * @module
 */

import process from "node:process";

/** What a process cost since it started. */
export interface ProcessCost {
  /** The most memory that it ever held, in MiB. */
  readonly peakRssMiB: number;
  /** The time that it kept processors busy, in seconds. */
  readonly cpuSeconds: number;
}

/** What this process has cost until now. */
export function costSoFar(): ProcessCost {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  return { peakRssMiB: maxRSS / 1024, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 };
}

/** Answers what this process was started for: `measure` gets what {@linkcode runAlone} was given. */
export async function answer<Input, Output>(
  measure: (input: Input) => Promise<Output>,
): Promise<void> {
  const result = await measure(JSON.parse(Deno.args[0] ?? "null"));
  console.log(JSON.stringify(result));
  Deno.exit(0);
}

/**
 * Runs a script of this folder in a process of its own, and answers what it measured.
 *
 * @throws {Error} with what the process said, when it fails.
 */
export async function runAlone<Output>(script: string, input: unknown): Promise<Output> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL(script, import.meta.url).pathname, JSON.stringify(input)],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (code !== 0) {
    throw new Error(`Cannot measure with ${script}: ${new TextDecoder().decode(stderr)}`);
  }
  return JSON.parse(new TextDecoder().decode(stdout));
}
