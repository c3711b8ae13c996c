/**
 * From `--config` to what its file says.
 *
 * @module
 */

import { dirname, resolve } from "node:path";
import { type Finding, formatFinding } from "./finding.ts";
import { type ConfigReading, readConfig, type ReadOptions } from "./read_config.ts";

/** What a config file is found and read with. */
export interface LoadOptions extends Omit<ReadOptions, "folder"> {
  /** Where the operator stands: `INIT_CWD` in a task, else the current folder. */
  readonly startFolder: string;
  /** `Deno.readTextFile`. */
  readonly readTextFile: (path: string) => Promise<string>;
}

/** A reading, and which file it is of. */
export type LoadedConfig = ConfigReading & {
  /** The absolute path of the file. */
  readonly path: string;
};

/** The file where `--config` names none. */
export const DEFAULT_CONFIG = "config.json";

/**
 * Reads the config file that the operator means. A file that cannot be read is a problem like
 * every other: nothing is thrown.
 *
 * @example
 * ```ts ignore
 * const loaded = await loadConfig(flags.config, {
 *   startFolder: Deno.env.get("INIT_CWD") ?? Deno.cwd(),
 *   readTextFile: Deno.readTextFile,
 *   env: Deno.env.get,
 *   checksum: getAddress,
 * });
 * if (loaded.kind === "problems") console.error(describeProblems(loaded));
 * ```
 */
export async function loadConfig(
  file: string | undefined,
  { startFolder, readTextFile, ...options }: LoadOptions,
): Promise<LoadedConfig> {
  const path = resolve(startFolder, file ?? DEFAULT_CONFIG);
  let text: string;
  try {
    text = await readTextFile(path);
  } catch (error) {
    return { kind: "problems", problems: [{ path: "", message: whyUnreadable(error) }], path };
  }
  // Windows editors begin files with a byte order mark.
  const reading = readConfig(text.replace(/^\uFEFF/, ""), { ...options, folder: dirname(path) });
  return { ...reading, path };
}

/**
 * Tells why a config cannot be used: one line, or one and a line for each of several problems.
 *
 * @example
 * ```ts
 * import { describeProblems } from "./load_config.ts";
 *
 * describeProblems({
 *   path: "/etc/pool/config.json",
 *   problems: [{ path: "", message: "no such file" }],
 * }); // 'Cannot use the config "/etc/pool/config.json": no such file'
 * ```
 */
export function describeProblems(
  { path, problems }: { readonly path: string; readonly problems: readonly Finding[] },
): string {
  const what = `Cannot use the config "${path}":`;
  const lines = problems.map(formatFinding);
  return lines.length === 1 ? `${what} ${lines[0]}` : [what, ...lines].join("\n  ");
}

function whyUnreadable(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file; name yours with --config FILE";
  if (error instanceof Deno.errors.PermissionDenied) {
    return "permission denied; let the user who runs Paydirt read it";
  }
  if (error instanceof Deno.errors.NotCapable) return "Deno may not read it; add --allow-read=FILE";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder; name the file in it";
  return error instanceof Error ? error.message : String(error);
}
