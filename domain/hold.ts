/**
 * Payees who are held back, as `P:payments:held` keeps them.
 *
 * @module
 */

/** Why a payee is held back until an operator looks. */
export interface Hold {
  /** The payee's login. */
  readonly login: string;
  /** Why, in one word where it is ours; or an operator's own text. */
  readonly reason: string;
  /** Since when, in unix seconds. */
  readonly since: number;
}

/** The text of a row of `P:payments:held`. */
export function encodeHold(hold: Hold): string {
  return JSON.stringify({ v: 1, reason: hold.reason, since: hold.since });
}

/**
 * Reads a row of `P:payments:held`; a text that is not ours is itself the reason.
 *
 * @example
 * ```ts
 * import { decodeHold } from "./hold.ts";
 *
 * console.assert(decodeHold("0xab", "asked us to wait").reason === "asked us to wait");
 * ```
 */
export function decodeHold(login: string, text: string): Hold {
  try {
    const found = JSON.parse(text);
    if (typeof found?.reason === "string" && Number.isSafeInteger(found?.since)) {
      return { login, reason: found.reason, since: found.since };
    }
  } catch {
    // An operator may hold a payee by hand, with any text as the reason.
  }
  return { login, reason: text, since: 0 };
}
