import { deepStrictEqual } from "node:assert/strict";
import fc from "fast-check";
import { contestedPayments } from "../../domain/contested.ts";
import type { Payment } from "../../domain/payment.ts";
import { addressOf, attemptOf, hashOf, paymentOf } from "./arbitraries.ts";
import { pureTest } from "./pure.ts";

/** A payment to a miner at a nonce. */
function at(nonce: number, miner: number): Payment {
  return paymentOf({ nonce, login: addressOf(miner), recipient: addressOf(miner) });
}

function noncesOf(
  inFlight: readonly Payment[],
  journalled: readonly Payment[],
  recorded: readonly Payment[] = [],
): readonly number[] {
  return contestedPayments(inFlight, journalled, new Set(recorded)).map(({ nonce }) => nonce);
}

pureTest("contestedPayments() begin where the local journal has another payment", () => {
  const inFlight = [at(6, 1), at(7, 2), at(8, 3), at(9, 4)];
  deepStrictEqual(noncesOf(inFlight, [at(6, 1), at(7, 3)]), [7, 8, 9]);
  deepStrictEqual(noncesOf(inFlight, [...inFlight, at(8, 5)]), [8, 9]);
});

pureTest("contestedPayments() begin where the local journal goes on without one", () => {
  deepStrictEqual(noncesOf([at(6, 1), at(7, 2)], [at(6, 1), at(8, 2)]), [7]);
  deepStrictEqual(noncesOf([at(6, 1)], [at(6, 1), at(7, 2)]), []);
  // A run went on when its local journal was lost, and what it paid since has its rows.
  const paid = at(8, 2);
  deepStrictEqual(noncesOf([at(7, 2)], [paid], [paid]), []);
  deepStrictEqual(noncesOf([at(8, 1)], [paid], [paid]), [8]);
});

pureTest("contestedPayments() asks which payment it is, not which attempts it has", () => {
  const bumped = paymentOf({ attempts: [attemptOf(hashOf(1)), attemptOf(hashOf(2))] });
  deepStrictEqual(noncesOf([paymentOf()], [bumped, paymentOf()]), []);
});

pureTest("contestedPayments() are none where the ledger lost its newest writes alone", () => {
  const counts = fc.record({ ended: fc.nat(5), inFlight: fc.nat(5), lost: fc.nat(5) });
  const told = fc.record({ rotated: fc.nat(5), unwritten: fc.nat(5) });
  fc.assert(fc.property(counts, told, ({ ended, inFlight, lost }, { rotated, unwritten }) => {
    const payments = Array.from(
      { length: ended + inFlight + lost },
      (_, nonce) => at(nonce, nonce),
    );
    // A journal begins where it was rotated, and lacks what the last run had no time to write.
    const journalled = payments.slice(rotated, payments.length - (lost === 0 ? unwritten : 0));
    const leftovers = payments.slice(ended, ended + inFlight);
    deepStrictEqual(noncesOf(leftovers, rotated > ended ? [] : journalled), []);
  }));
});
