import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { attemptHashes, newestAttempt, paymentKey, withAttempt } from "../../domain/payment.ts";
import { anyAttempt, anyPayment, attemptOf, hashOf, paymentOf } from "./arbitraries.ts";
import { pureTest } from "./pure.ts";

pureTest("paymentKey() is login:amount, the login as the ledger has it", () => {
  strictEqual(paymentKey(paymentOf({ login: "0xAB" })), "0xAB:600000000");
});

pureTest("withAttempt() adds one attempt and changes nothing else", () => {
  fc.assert(fc.property(anyPayment, anyAttempt, (payment, attempt) => {
    const before = structuredClone(payment);
    const after = withAttempt(payment, attempt);
    deepStrictEqual(payment, before);
    deepStrictEqual(after, { ...before, attempts: [...before.attempts, attempt] });
    strictEqual(newestAttempt(after), attempt);
  }));
});

pureTest("newestAttempt() of a payment without one is a bug", () => {
  throws(() => newestAttempt(paymentOf({ attempts: [] })), /has no attempt/);
});

pureTest("attemptHashes() has every known hash, oldest first", () => {
  const [one, two] = [attemptOf(hashOf(2)), attemptOf(hashOf(1), { kind: "cancel" })];
  const unnamed = { ...one, hash: null };
  deepStrictEqual(attemptHashes(paymentOf({ attempts: [one, unnamed, two] })), [
    hashOf(2),
    hashOf(1),
  ]);
});
