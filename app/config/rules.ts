/**
 * The kinds of values that a config holds, each as a rule.
 *
 * @module
 */

import { resolve } from "node:path";
import { parseAddress, ZERO_ADDRESS } from "../../domain/address.ts";
import type { Address } from "../../domain/address.ts";
import { parseShannon, type Shannon, type Wei } from "../../domain/money.ts";
import type { Checksum } from "../../domain/ports/checksum.ts";
import type { NodeEndpoint } from "./config.ts";
import { parseNodeEndpoint } from "./endpoint.ts";
import { readGwei, readWholeNumber } from "./exact_number.ts";
import { parseGoDuration } from "./go_duration.ts";
import { type Rule, rule, textRule } from "./section.ts";

/** Longer timers fire at once (they count in signed 32-bit milliseconds). */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** `true` or `false`. */
export const FLAG: Rule<boolean> = rule(
  "true or false",
  (value) => typeof value === "boolean" ? value : undefined,
);

/** A whole number that counts something. */
export function count({ least, most }: {
  readonly least: number;
  readonly most?: number;
}): Rule<number> {
  const range = most === undefined ? `at least ${least}` : `from ${least} to ${most}`;
  return rule(`a whole number, ${range}`, (value) => {
    const whole = readWholeNumber(value);
    const fits = whole !== undefined && whole >= least &&
      whole <= (most ?? Number.MAX_SAFE_INTEGER);
    return fits ? Number(whole) : undefined;
  });
}

/** An amount in Shannon, in the 64 bits of Redis. */
export const SHANNON: Rule<Shannon> = rule("a whole number of Shannon", readShannon);

/** The same, above zero. */
export const POSITIVE_SHANNON: Rule<Shannon> = rule(
  "a whole number of Shannon, at least 1",
  (value) => {
    const amountShannon = readShannon(value);
    return amountShannon !== undefined && amountShannon > 0n ? amountShannon : undefined;
  },
);

function readShannon(value: unknown): Shannon | undefined {
  const whole = readWholeNumber(value);
  return whole === undefined ? undefined : parseShannon(whole.toString());
}

/** A price in Gwei, to Wei. */
export const GWEI: Rule<Wei> = rule(
  "an amount of Gwei with at most 9 decimals, such as 1.5",
  readGwei,
);

/** A duration in Go's spelling, to milliseconds. */
export const GO_DURATION: Rule<number> = textRule(
  'a duration, such as "10s" or "1h30m"',
  parseGoDuration,
);

/** The same, when a timer has to keep it. */
export const DURATION: Rule<number> = textRule(
  'a duration from 1ms to 576h, such as "10s" or "1h30m"',
  (text) => {
    const ms = parseGoDuration(text);
    return ms !== undefined && ms >= 1 && ms <= MAX_TIMER_MS ? ms : undefined;
  },
);

/** An account that may pay. */
export function account(checksum: Checksum): Rule<Address> {
  return textRule(
    "the pool's address: 0x and 40 hex digits, in one case or with a right checksum (EIP-55)",
    (text) => {
      const parsed = parseAddress(text, checksum);
      return "address" in parsed && parsed.address !== ZERO_ADDRESS ? parsed.address : undefined;
    },
  );
}

/** A JSON-RPC server. */
export function nodeEndpoint(folder: string): Rule<NodeEndpoint> {
  return textRule(
    "an address that begins with http://, https://, ws:// or wss://, or the path of an IPC socket",
    (text) => parseNodeEndpoint(text, folder),
  );
}

/** A file; a relative path begins at the folder of the config. */
export function filePath(folder: string): Rule<string> {
  return textRule(
    "the path of a file",
    (text) => text === "" || text.includes("\0") ? undefined : resolve(folder, text),
  );
}

/** The name of an environment variable. */
export const ENV_NAME: Rule<string> = textRule(
  "the name of an environment variable",
  (text) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) ? text : undefined,
);

/** One of a few words. */
export function oneOf<const Word extends string>(
  words: readonly Word[],
  remark = "",
): Rule<Word> {
  const listed = words.map((word) => `"${word}"`).join(" or ");
  return rule(`${listed}${remark}`, (value) => words.find((word) => word === value));
}
