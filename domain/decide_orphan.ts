/**
 * What to do about a payment of ours whose debit somebody took away: a Go resolver credited it back or
 * settled it behind our back. It is never sent again, and its nonce is used up.
 *
 * @module
 */

import type {
  DecidePolicy,
  Facts,
  FailureReason,
  HoldReason,
  InFlight,
  Spender,
  Verdict,
} from "./decide.ts";
import { valueOf } from "./fact.ts";
import { bumpFees } from "./fees.ts";
import { newestAttempt, type Payment } from "./payment.ts";

/**
 * Decides about an orphan from what would be decided if its debit stood.
 *
 * Only what is final ends it: a transaction with another effect at its nonce, or its own one that is
 * recorded. Its own one that is not recorded left the wallet while the payee has the coins in its
 * balance: to write the debit again is an operator's word. Until then an unused nonce is cancelled.
 */
export function decideOrphan(
  flight: InFlight,
  plain: Verdict,
  { facts, policy }: { readonly facts: Facts; readonly policy: DecidePolicy },
): Verdict {
  const { payment } = flight;
  const latest = valueOf(facts.latestNonce);
  if (latest !== undefined && latest <= payment.nonce) {
    return cancelOf(payment, plain, { facts, policy });
  }
  switch (plain.kind) {
    case "settle":
      return flight.orphan?.recorded
        ? { kind: "drop", reason: "paid", hash: plain.hash, hold: null, stranger: null }
        : {
          kind: "ask",
          why: `${plain.hash} paid it (block ${plain.block}), and somebody credited it back: ` +
            `resolve --settle writes the debit again`,
        };
    case "credit-back": {
      const { reason, hash, stranger } = plain;
      return { kind: "drop", reason, hash, hold: holdFor(flight, reason), stranger };
    }
    case "hold":
      return endOfHeld(flight, plain, facts);
    case "wait":
    case "investigate":
    case "drop":
    case "ask":
      return plain;
    case "send-again":
    case "replace":
    case "mend":
      return { kind: "wait", why: "the node contradicts itself about the nonce" };
    default:
      return plain satisfies never;
  }
}

/** A cancel takes an unused nonce; once there is one, it is sent and raised like any attempt. */
export function cancelOf(
  payment: Payment,
  plain: Verdict,
  { facts, policy }: { readonly facts: Facts; readonly policy: DecidePolicy },
): Verdict {
  const newest = newestAttempt(payment);
  if (newest.kind === "cancel") return plain;
  const pending = valueOf(facts.pendingNonce);
  // A node that signs for itself takes the next nonce, which must be this one.
  if (newest.raw === null && (pending === undefined || pending < payment.nonce)) {
    return { kind: "wait", why: "an earlier payment goes first" };
  }
  const fees = bumpFees(newest.fees, policy.ceilingWei) ?? newest.fees;
  return { kind: "replace", attempt: "cancel", fees };
}

/** What is held for want of evidence about its debit may be evidence enough where there is none. */
function endOfHeld(
  flight: InFlight,
  { reason }: Verdict & { readonly kind: "hold" },
  facts: Facts,
): Verdict {
  const spender = valueOf(facts.spenders.get(flight.payment.nonce));
  if (reason === "recorded" && spender !== undefined) {
    const { hash } = spender.transaction;
    const reason = endBy(flight.payment, spender);
    return { kind: "drop", reason, hash, hold: holdFor(flight, reason), stranger: null };
  }
  return { kind: "ask", why: `it is not known what became of it (${reason})` };
}

/** A Go resolver takes the newest attempt for what was mined. */
function holdFor({ orphan }: InFlight, reason: FailureReason | "paid"): HoldReason | null {
  return orphan?.recorded && reason !== "paid" ? "recorded-unpaid" : null;
}

/** A scan may find one of our own attempts of which the node denied the receipt. */
function endBy(payment: Payment, { transaction, status }: Spender): FailureReason | "paid" {
  const own = payment.attempts.find(({ hash }) => hash === transaction.hash);
  if (own === undefined) return "nonce-taken";
  if (own.kind === "cancel") return "cancelled";
  return status === "reverted" ? "reverted" : "paid";
}
