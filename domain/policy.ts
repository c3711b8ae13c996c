/**
 * What the operator decided, as the domain needs it.
 *
 * @module
 */

import type { Address } from "./address.ts";
import type { Durability } from "./durability.ts";
import type { Shannon, Wei } from "./money.ts";

/** How gas and fees of a payment are found. */
export type GasPolicy =
  /** 21,000 gas for plain accounts, an estimate for payees with code, the chain's own fees. */
  | { readonly kind: "auto" }
  /** The Go module's `autoGas: false`: a legacy transaction with these. */
  | { readonly kind: "fixed"; readonly gas: bigint; readonly gasPriceWei: Wei };

/** The operator's decisions for a run. `null`: not configured. */
export interface Policy {
  /** The pool's wallet. */
  readonly wallet: Address;
  /** The chain it must be (EIP-155). */
  readonly chainId: bigint | null;
  /** How many peers the node must have; at 0 any number will do. */
  readonly requirePeers: number;
  /** Whoever is owed *more* than this is paid. */
  readonly thresholdShannon: Shannon;
  /** How gas and fees are found. */
  readonly gas: GasPolicy;
  /** The most that a unit of gas may cost; `null`: four times what it costs at the start. */
  readonly ceilingWei: Wei | null;
  /** The tip to offer; `null`: what the node suggests. */
  readonly tipWei: Wei | null;
  /** How deep a block must be to be final, counting itself. */
  readonly confirmations: number;
  /** How many payments may wait in the mempool at once. */
  readonly maxInFlight: number;
  /** After how many blocks in the mempool an attempt's fees are raised. */
  readonly bumpAfterBlocks: number;
  /** After how many blocks of refusals a payment is cancelled. */
  readonly cancelAfterBlocks: number;
  /** The most that one payee may be owed before the run stops. */
  readonly maxPaymentShannon: Shannon | null;
  /** The most that one run may pay before it stops. */
  readonly maxTotalShannon: Shannon | null;
  /** What makes a debit durable before its bytes leave. */
  readonly durability: Durability;
  /** How long a run waits for what is in flight, in milliseconds. */
  readonly waitLimitMs: number;
}
