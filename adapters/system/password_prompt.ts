/**
 * Asking a person for a password.
 *
 * @module
 */

import { Fault } from "../../domain/fault.ts";

/** What is needed of a terminal. `Deno.stdin` is one. */
export interface TerminalInput {
  /** Whether somebody sits there. */
  isTerminal(): boolean;
  /** Whether keys come as they are typed, and are not shown. */
  setRaw(raw: boolean): void;
  /** Waits for keys; `null` at the end of the input. */
  read(into: Uint8Array): Promise<number | null>;
}

/**
 * Asks for a password on the terminal and does not show what is typed. The question goes to stderr,
 * since stdout carries data.
 *
 * @example
 * ```ts ignore
 * const password = await askPassword('Password of the keystore "wallet.json"');
 * ```
 *
 * @throws {Fault} `config` when there is no terminal, `signer` when the person interrupts.
 */
export async function askPassword(
  question: string,
  { input = Deno.stdin, tell = tellOnStderr }: {
    readonly input?: TerminalInput;
    readonly tell?: (text: string) => void;
  } = {},
): Promise<string> {
  if (!input.isTerminal()) {
    throw new Fault(
      "config",
      `Cannot ask "${question}": there is no terminal; name "passwordFile" or "passwordEnv" in ` +
        "the config",
    );
  }
  tell(`${question}: `);
  input.setRaw(true);
  try {
    return await readHidden(input);
  } finally {
    input.setRaw(false);
    tell("\n");
  }
}

async function readHidden(input: TerminalInput): Promise<string> {
  const decoder = new TextDecoder();
  const typed: string[] = [];
  const chunk = new Uint8Array(MAX_CHUNK);
  while (typed.length < MAX_TYPED) {
    const length = await input.read(chunk);
    if (length === null) return typed.join("");
    for (const character of decoder.decode(chunk.subarray(0, length), { stream: true })) {
      if (ENDS.has(character)) return typed.join("");
      if (character === INTERRUPT) throw new Fault("signer", "Cannot sign: interrupted");
      if (character === ERASE_ALL) typed.length = 0;
      else if (ERASES.has(character)) typed.pop();
      else typed.push(character);
    }
  }
  throw new Fault("signer", `Cannot read the password: longer than ${MAX_TYPED} characters`);
}

const MAX_CHUNK = 256;
const MAX_TYPED = 4_096;
const INTERRUPT = "\u0003"; // Ctrl-C: in raw mode it is no signal.
const ERASE_ALL = "\u0015"; // Ctrl-U
const ERASES: ReadonlySet<string> = new Set(["\b", "\u007f"]);
const ENDS: ReadonlySet<string> = new Set(["\r", "\n", "\u0004"]);

/** Shows a text where no data goes. */
export function tellOnStderr(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}
