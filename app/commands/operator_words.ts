/**
 * The operator's words on the command line.
 *
 * @module
 */

import { type Address, isHash } from "../../domain/address.ts";
import { Fault } from "../../domain/fault.ts";
import type { OperatorWord } from "../../domain/operator_word.ts";

/** The options of `resolve` that are words about logins; each may be given several times. */
export interface WordOptions {
  /** Logins and hashes, in turns. */
  readonly settle?: readonly string[];
  readonly credit?: readonly string[];
  readonly cancel?: readonly string[];
  readonly release?: readonly string[];
}

/**
 * Reads them. The pool's own wallet is known by any spelling, a miner only by that of its key.
 *
 * @throws {Fault} `usage` when one makes no sense, or two are about one login.
 */
export function wordsOf(options: WordOptions, wallet: Address): readonly OperatorWord[] {
  const { settle = [], credit = [], cancel = [], release = [] } = options;
  const words: readonly OperatorWord[] = [
    ...settlements(settle),
    ...credit.map((login) => ({ kind: "credit", login }) as const),
    ...cancel.map((login) => ({ kind: "cancel", login }) as const),
    ...release.map((login) => ({
      kind: "release",
      login: login.toLowerCase() === wallet ? wallet : login,
    } as const)),
  ];
  const twice = words.find(({ login }, index) =>
    words.findIndex((word) => word.login === login) < index
  );
  if (twice !== undefined) {
    throw new Fault("usage", `Two words are about "${twice.login}": say one at a time`);
  }
  return words;
}

function settlements(texts: readonly string[]): readonly OperatorWord[] {
  const words: OperatorWord[] = [];
  for (let index = 0; index < texts.length; index += 2) {
    const login = texts[index] ?? "";
    const hash = texts[index + 1]?.toLowerCase();
    if (!isHash(hash)) {
      throw new Fault(
        "usage",
        `Cannot settle "${login}": expected --settle LOGIN TXHASH, and ` +
          (hash === undefined ? "no hash follows" : `"${hash}" is not a transaction hash`),
      );
    }
    words.push({ kind: "settle", login, hash });
  }
  return words;
}
