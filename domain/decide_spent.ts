/**
 * What to do about a payment whose nonce is spent by a transaction that is none of its attempts.
 *
 * @module
 */

import type { Hash } from "./address.ts";
import type { DecidePolicy, Facts, FailureReason, HoldReason, Spender, Verdict } from "./decide.ts";
import { valueOf } from "./fact.ts";
import { TRANSFER_GAS } from "./fees.ts";
import type { Wei } from "./money.ts";
import { type Attempt, newestAttempt, type Payment } from "./payment.ts";
import type { Policy } from "./policy.ts";
import type { MinedTransaction } from "./ports/chain.ts";

/** The nonce is spent, and none of our hashes has a receipt. */
export function decideSpent(payment: Payment, facts: Facts, policy: DecidePolicy): Verdict {
  const final = valueOf(facts.finalNonce);
  if (final === undefined || final <= payment.nonce) {
    return wait("the nonce is spent, but not in a final block");
  }
  const spender = facts.spenders.get(payment.nonce);
  if (spender === undefined) return { kind: "investigate" };
  switch (spender.kind) {
    case "unknown":
      return { kind: "investigate" };
    case "absent":
      return { kind: "hold", reason: "nonce-vanished" };
    case "present":
      return decideSpender(payment, spender.value, policy);
    default:
      return spender satisfies never;
  }
}

/** A final block has this transaction at our nonce, under a hash that we do not know. */
function decideSpender(payment: Payment, spender: Spender, policy: DecidePolicy): Verdict {
  const { transaction, status, feeWei } = spender;
  const { hash, block } = transaction;
  if (transaction.nonce !== payment.nonce) return { kind: "investigate" };
  if (spender.recorded) return { kind: "hold", reason: "recorded" };
  if (!isThePayment(payment, transaction)) {
    // A node that signs and sends by itself may have sent the payment at another nonce.
    if (payment.attempts.some(({ raw }) => raw === null)) {
      return { kind: "hold", reason: "sent-by-node" };
    }
    if (transaction.to === payment.wallet && transaction.valueWei === 0n) {
      return creditBack("cancelled", { hash, feeWei, hold: "cancelled" });
    }
    // Coins that reached the payee some other way: not again before an operator has looked.
    const hold = transaction.to === payment.recipient ? "paid-by-stranger" : null;
    return creditBack("nonce-taken", { hash, feeWei, hold, stranger: transaction });
  }
  switch (status) {
    case "success":
      return { kind: "settle", hash, block: block.number, feeWei };
    case "reverted":
      return creditBack("reverted", { hash, feeWei, hold: "reverted" });
    case "missing":
      return runsNoCode(newestAttempt(payment), policy)
        ? { kind: "settle", hash, block: block.number, feeWei }
        : { kind: "hold", reason: "status-missing" };
    default:
      return status satisfies never;
  }
}

/** Automatic gas gives 21,000 to plain accounts alone, and a mined transfer to one has arrived. */
export function runsNoCode(attempt: Attempt, policy: Pick<Policy, "gas">): boolean {
  return policy.gas.kind === "auto" && attempt.gas === TRANSFER_GAS;
}

/** Same recipient and value at the nonce, and no data: it is the payment, whatever its hash. */
function isThePayment(payment: Payment, transaction: MinedTransaction): boolean {
  return transaction.to === payment.recipient &&
    transaction.valueWei === payment.valueWei &&
    transaction.data === "0x";
}

/** Coins that can never be paid, and the final transaction that proves it. */
export function creditBack(
  reason: FailureReason,
  evidence: {
    readonly hash: Hash;
    readonly feeWei: Wei | null;
    readonly hold: HoldReason | null;
    readonly stranger?: MinedTransaction | null;
  },
): Verdict {
  return { kind: "credit-back", reason, stranger: null, ...evidence };
}

/** Nothing is known that could be acted on. */
export function wait(why: string): Verdict {
  return { kind: "wait", why };
}
