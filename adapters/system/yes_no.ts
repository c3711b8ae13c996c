/**
 * Asking a person for a yes.
 *
 * @module
 */

import { tellOnStderr, type TerminalInput } from "./password_prompt.ts";

/**
 * Asks a question on the terminal: `y` and `yes` are a yes, everything else is none. The question goes
 * to stderr, since stdout carries data.
 *
 * @example
 * ```ts ignore
 * if (await askYesNo("Use up 3 nonces?", { signal })) await useUp();
 * ```
 *
 * @throws the signal's reason when it aborts before there is an answer.
 */
export async function askYesNo(
  question: string,
  { signal, input = Deno.stdin, tell = tellOnStderr }: {
    readonly signal: AbortSignal;
    readonly input?: Pick<TerminalInput, "read">;
    readonly tell?: (text: string) => void;
  },
): Promise<boolean> {
  signal.throwIfAborted();
  tell(`${question} [y/N] `);
  const aborted = Promise.withResolvers<never>();
  const stop = (): void => {
    tell("\n");
    aborted.reject(signal.reason);
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    return YES.test(await Promise.race([readLine(input), aborted.promise]));
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** What is typed up to the end of the line; a terminal gives a line at a time. */
async function readLine(input: Pick<TerminalInput, "read">): Promise<string> {
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(MAX_CHUNK);
  let line = "";
  while (line.length < MAX_LINE && !line.includes("\n")) {
    const length = await input.read(chunk);
    if (length === null) return line;
    line += decoder.decode(chunk.subarray(0, length), { stream: true });
  }
  return line;
}

const YES = /^\s*y(?:es)?\s*$/i;
const MAX_CHUNK = 256;
const MAX_LINE = 4_096;
