/**
 * Command lines of the commands that test: what was asked for, or why nothing is done.
 *
 * @module
 */

/** Something of a command line that makes no sense, in words. */
export class UsageError extends Error {
  override name = "UsageError";
}

/**
 * Reads a command line. A number is an exit code, and everything was said: 0 after `--help`, 2 after
 * arguments that make no sense.
 */
export function readCommandLine<T extends object>(
  args: readonly string[],
  { usage, read }: { readonly usage: string; readonly read: () => T },
): T | number {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(usage);
    return 0;
  }
  try {
    return read();
  } catch (error) {
    if (!isAboutUsage(error)) throw error;
    console.error(`${error.message}\n\n${usage}`);
    return 2;
  }
}

/**
 * The whole number that a flag was given.
 *
 * @throws {UsageError} when it is none, or below the least.
 */
export function wholeNumber(flag: string, text: string, least = 0): number {
  const number = /^[0-9]+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new UsageError(
    `Cannot read ${flag}: expected a whole number from ${least} on, got "${text}"`,
  );
}

/** `parseArgs` of `node:util` has codes of its own. */
function isAboutUsage(error: unknown): error is Error {
  return error instanceof UsageError ||
    (error instanceof TypeError && "code" in error &&
      String(error.code).startsWith("ERR_PARSE_ARGS_"));
}
