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

function noncesOf(inFlight: readonly Payment[], journalled: readonly Payment[]): readonly number[] {
  return contestedPayments(inFlight, journalled).map(({ nonce }) => nonce);
}

pureTest("contestedPayments() begin where the local journal has another payment", () => {
  const inFlight = [at(6, 1), at(7, 2), at(8, 3), at(9, 4)];
  deepStrictEqual(noncesOf(inFlight, [at(6, 1), at(7, 3)]), [7, 8, 9]);
  deepStrictEqual(noncesOf(inFlight, [...inFlight, at(8, 5)]), [8, 9]);
});

pureTest("contestedPayments() asks which payment it is, not which attempts it has", () => {
  const bumped = paymentOf({ attempts: [attemptOf(hashOf(1)), attemptOf(hashOf(2))] });
  deepStrictEqual(noncesOf([paymentOf()], [bumped, paymentOf()]), []);
});

pureTest("contestedPayments() are none where the ledger lost its newest writes alone", () => {
  const counts = fc.record({ ended: fc.nat(5), inFlight: fc.nat(5), lost: fc.nat(5) });
  const told = fc.record({ rotated: fc.nat(12), unwritten: fc.nat(5) });
  fc.assert(fc.property(counts, told, ({ ended, inFlight, lost }, { rotated, unwritten }) => {
    const payments = Array.from(
      { length: ended + inFlight + lost },
      (_, nonce) => at(nonce, nonce),
    );
    // A journal begins where it was rotated, and lacks what the last run had no time to write.
    const journalled = payments.slice(rotated, Math.max(0, payments.length - unwritten));
    deepStrictEqual(noncesOf(payments.slice(ended, ended + inFlight), journalled), []);
  }));
});
