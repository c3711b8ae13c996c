/**
 * The operator's decisions where a measurement makes them itself.
 *
 * @module
 */

import type { Address } from "../domain/address.ts";
import { shannon } from "../domain/money.ts";
import type { Policy } from "../domain/policy.ts";

/** Who is owed more than this is paid, in Shannon. */
export const THRESHOLD = 500_000_000n;

/** A pool without limits of its own, but for the window. */
export function benchPolicy(maxInFlight: number): Policy {
  return {
    wallet: `0x${"11".repeat(20)}` as Address,
    chainId: null,
    requirePeers: 0,
    thresholdShannon: shannon(THRESHOLD),
    gas: { kind: "auto" },
    ceilingWei: null,
    tipWei: null,
    confirmations: 2,
    maxInFlight,
    bumpAfterBlocks: 50,
    cancelAfterBlocks: 100,
    maxPaymentShannon: null,
    maxTotalShannon: null,
    durability: { kind: "journal" },
    waitLimitMs: 3_600_000,
  };
}
