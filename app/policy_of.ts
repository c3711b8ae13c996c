/**
 * The operator's decisions, from the config's words to the domain's.
 *
 * @module
 */

import type { Policy } from "../domain/policy.ts";
import type { Config } from "./config/config.ts";

/** The policy that a config asks for. */
export function policyOf({ payouts, redis }: Config): Policy {
  const { gas, fees } = payouts;
  return {
    wallet: payouts.wallet,
    chainId: payouts.chainId ?? null,
    requirePeers: payouts.node.requirePeers,
    thresholdShannon: payouts.thresholdShannon,
    gas: gas.kind === "auto"
      ? gas
      : { kind: "fixed", gas: gas.gasLimit, gasPriceWei: gas.gasPriceWei },
    ceilingWei: fees.ceilingWei ?? null,
    tipWei: fees.tipWei ?? null,
    confirmations: payouts.confirmations,
    maxInFlight: payouts.maxInFlight,
    bumpAfterBlocks: fees.bumpAfterBlocks,
    cancelAfterBlocks: fees.cancelAfterBlocks,
    maxPaymentShannon: payouts.maxPaymentShannon ?? null,
    maxTotalShannon: payouts.maxTotalShannon ?? null,
    durability: redis.durability,
    waitLimitMs: payouts.waitLimitMs,
  };
}
