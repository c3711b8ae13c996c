/**
 * Holds the wallet itself: no run debits anybody before an operator has looked.
 *
 * @module
 */

import type { Hold } from "../domain/hold.ts";
import { type Run, unixSeconds } from "./run.ts";

/**
 * The hold of the wallet for one reason more. An operator has to look at each: none takes the place of
 * another that stands already.
 */
export function walletHoldFor(
  { policy: { wallet }, results, ports }: Pick<Run, "policy" | "results" | "ports">,
  reason: string,
): Hold {
  const before = results.held.get(wallet);
  if (before === undefined) return { login: wallet, reason, since: unixSeconds(ports.clock) };
  return before.reason.includes(reason)
    ? before
    : { ...before, reason: `${before.reason}; ${reason}` };
}
