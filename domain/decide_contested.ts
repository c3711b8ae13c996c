/**
 * What to do about payments in flight whose nonces the local journal gives to others: the ledger came
 * back with another past. None of them is sent (any more); each nonce is used up.
 *
 * @module
 */

import type { Decided, DecidePolicy, Facts, InFlight, Verdict } from "./decide.ts";
import { cancelOf } from "./decide_orphan.ts";
import { wait } from "./decide_spent.ts";
import { valueOf } from "./fact.ts";
import { newestAttempt } from "./payment.ts";

/** What is known of all that is in flight. */
interface Known {
  readonly facts: Facts;
  readonly policy: DecidePolicy;
  /** {@linkcode areCancelled}. */
  readonly areCancelled: boolean;
}

/**
 * Decides about a contested payment from what would be decided if it were not: it ends as others do,
 * once its nonce is spent. But the next run knows by the first of them that those behind it are
 * contested, too: it ends when none of them could be sent any more.
 */
export function decideContested(
  { payment }: InFlight,
  plain: Verdict,
  { facts, policy, areCancelled }: Known,
): Verdict {
  const latest = valueOf(facts.latestNonce);
  if (latest !== undefined && latest <= payment.nonce) {
    return cancelOf(payment, plain, { facts, policy });
  }
  return isEnd(plain) && !areCancelled ? wait("those behind it are cancelled first") : plain;
}

/** Whether each contested payment has its cancel, or a nonce that is spent for good. */
export function areCancelled(plain: readonly Decided[]): boolean {
  return plain.every(({ flight: { contested, payment }, verdict }) =>
    !contested || newestAttempt(payment).kind === "cancel" || isEnd(verdict)
  );
}

/** Whether a verdict rests on a nonce that is spent for good. */
function isEnd({ kind }: Verdict): boolean {
  return kind === "settle" || kind === "credit-back" || kind === "hold" || kind === "drop";
}
