/**
 * Payments of a ledger that came back with another past than the local journal tells: two copies that
 * take turns have each given the same nonces away.
 *
 * @module
 */

import { highestNonce, lowestNonce } from "./nonces.ts";
import { type Payment, paymentKey } from "./payment.ts";

/**
 * The payments in flight that must not be sent (any more): from the first nonce on of which the local
 * journal has another payment, or past which it goes on with payments that the ledger does not know
 * without having that one. What it has instead may have been sent, and may have paid the same payees. A
 * ledger that lost its newest writes alone, and a local journal that was lost, contest nothing.
 *
 * `recorded` are the payments of the local journal that rows of the ledger stand for.
 *
 * @example
 * ```ts ignore
 * const contested = contestedPayments(leftovers.payments, await localJournal.read(), new Set());
 * ```
 */
export function contestedPayments(
  inFlight: readonly Payment[],
  journalled: readonly Payment[],
  recorded: ReadonlySet<Payment>,
): readonly Payment[] {
  const inLedger = new Set(inFlight.map(identityOf));
  const inJournal = new Set(journalled.map(identityOf));
  const others = journalled.filter((payment) => !inLedger.has(identityOf(payment)));
  const taken = new Set(others.map(({ nonce }) => nonce));
  const last = highestNonce(
    others.filter((payment) => !recorded.has(payment)).map(({ nonce }) => nonce),
  );
  const first = lowestNonce(
    inFlight.filter((payment) =>
      taken.has(payment.nonce) || (payment.nonce <= last && !inJournal.has(identityOf(payment)))
    ).map(({ nonce }) => nonce),
  );
  return inFlight.filter(({ nonce }) => nonce >= first);
}

/** Which debit it is, whatever its attempts: the same payee, amount and nonce. */
export function identityOf(payment: Payment): string {
  return `${payment.nonce} ${paymentKey(payment)}`;
}
