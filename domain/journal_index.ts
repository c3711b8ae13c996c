/**
 * The payments of the local journal, to be looked up by nonce and by login.
 *
 * @module
 */

import { highestNonce } from "./nonces.ts";
import type { Payment } from "./payment.ts";

/** Payments of the local journal; of one nonce or login there may be several. */
export interface JournalIndex {
  /** All of them, oldest first. */
  readonly payments: readonly Payment[];
  /** Those of a nonce. */
  readonly at: (nonce: number) => readonly Payment[];
  /** Those of a login. */
  readonly of: (login: string) => readonly Payment[];
  /** The highest nonce of them; -1: there are none. */
  readonly lastNonce: number;
}

/**
 * Sorts payments once, so that thousands of questions about them cost little.
 *
 * @example
 * ```ts ignore
 * const journal = indexJournal(await localJournal.read());
 * if (journal.at(7).length > 1) console.log("two payments were signed for nonce 7");
 * ```
 */
export function indexJournal(payments: readonly Payment[]): JournalIndex {
  const byNonce = Map.groupBy(payments, ({ nonce }) => nonce);
  const byLogin = Map.groupBy(payments, ({ login }) => login);
  return {
    payments,
    at: (nonce) => byNonce.get(nonce) ?? [],
    of: (login) => byLogin.get(login) ?? [],
    lastNonce: highestNonce(byNonce.keys()),
  };
}
