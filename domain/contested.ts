/**
 * Payments of a ledger that came back with another past than the local journal tells: two copies that
 * take turns have each given the same nonces away.
 *
 * @module
 */

import { lowestNonce } from "./nonces.ts";
import { identityOf, type Payment } from "./payment.ts";

/**
 * The payments in flight that must not be sent (any more): from the first nonce on of which the local
 * journal has another payment. That one may have been sent, and what came after it may have paid the
 * same payees. A ledger that lost its newest writes alone has given no nonce away twice.
 *
 * Both pasts began at the same nonce, and a journal that was rotated still has its last payment. So
 * either they meet in it, or the one that it tells has used up every nonce of the other for good.
 *
 * @example
 * ```ts ignore
 * const contested = contestedPayments(leftovers.payments, await localJournal.read());
 * ```
 */
export function contestedPayments(
  inFlight: readonly Payment[],
  journalled: readonly Payment[],
): readonly Payment[] {
  const inLedger = new Set(inFlight.map(identityOf));
  const others = journalled.filter((payment) => !inLedger.has(identityOf(payment)));
  const taken = new Set(others.map(({ nonce }) => nonce));
  const first = lowestNonce(
    inFlight.map(({ nonce }) => nonce).filter((nonce) => taken.has(nonce)),
  );
  return inFlight.filter(({ nonce }) => nonce >= first);
}
