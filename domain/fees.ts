/**
 * What a transaction offers for its gas: EIP-1559 fields or a legacy gas price, the ceiling above
 * which nothing is paid, and the raise that lets a replacement into a mempool.
 *
 * @module
 */

import { type Wei, wei } from "./money.ts";

/** The fee fields of a transaction, in Wei a unit of gas. */
export type Fees =
  | { readonly kind: "legacy"; readonly gasPriceWei: Wei }
  | {
    readonly kind: "eip1559";
    readonly maxFeePerGasWei: Wei;
    readonly maxPriorityFeePerGasWei: Wei;
  };

/** What the node says that gas costs now, in Wei a unit of gas. */
export type FeeQuote =
  | { readonly kind: "legacy"; readonly gasPriceWei: Wei }
  | { readonly kind: "eip1559"; readonly baseFeeWei: Wei; readonly tipWei: Wei };

/** The gas of a plain transfer (EIP-2718 legacy and EIP-1559 alike). */
export const TRANSFER_GAS = 21_000n;

/** Base fee + tip (or the gas price): what a unit of gas costs in the next block. */
export function currentPriceWei(quote: FeeQuote): Wei {
  return quote.kind === "legacy" ? quote.gasPriceWei : wei(quote.baseFeeWei + quote.tipWei);
}

/** The ceiling where the operator named none: four times what gas costs at the start of the run. */
export function defaultCeilingWei(quote: FeeQuote): Wei {
  return wei(4n * currentPriceWei(quote));
}

/**
 * The fees of a first attempt, or `undefined` while gas costs more than the ceiling. An EIP-1559
 * attempt leaves room for the base fee to double (EIP-1559: at most 12.5 % a block).
 *
 * @example
 * ```ts
 * import { chooseFees } from "./fees.ts";
 * import { wei } from "./money.ts";
 *
 * const quote = { kind: "eip1559", baseFeeWei: wei(10n), tipWei: wei(2n) } as const;
 * console.assert(chooseFees(quote, wei(11n)) === undefined); // it costs 12 Wei now
 * ```
 */
export function chooseFees(quote: FeeQuote, ceilingWei: Wei): Fees | undefined {
  if (currentPriceWei(quote) > ceilingWei) return undefined;
  if (quote.kind === "legacy") return { kind: "legacy", gasPriceWei: quote.gasPriceWei };
  const roomyWei = 2n * quote.baseFeeWei + quote.tipWei;
  return {
    kind: "eip1559",
    maxFeePerGasWei: wei(roomyWei < ceilingWei ? roomyWei : ceilingWei),
    maxPriorityFeePerGasWei: quote.tipWei,
  };
}

/**
 * The fees of a replacement: every field × 1.125, rounded up, + 1 Wei, which every known mempool
 * takes (geth wants 10 % on both fields, OpenEthereum 12.5 %). `undefined` when that would exceed
 * the ceiling.
 *
 * @example
 * ```ts
 * import { bumpFees, maxPriceWei } from "./fees.ts";
 * import { wei } from "./money.ts";
 *
 * const bumped = bumpFees({ kind: "legacy", gasPriceWei: wei(8n) }, wei(100n));
 * console.assert(bumped !== undefined && maxPriceWei(bumped) === 10n);
 * ```
 */
export function bumpFees(fees: Fees, ceilingWei: Wei): Fees | undefined {
  if (raise(maxPriceWei(fees)) > ceilingWei) return undefined;
  return fees.kind === "legacy" ? { kind: "legacy", gasPriceWei: wei(raise(fees.gasPriceWei)) } : {
    kind: "eip1559",
    maxFeePerGasWei: wei(raise(fees.maxFeePerGasWei)),
    maxPriorityFeePerGasWei: wei(raise(fees.maxPriorityFeePerGasWei)),
  };
}

/**
 * Fees that also replace earlier ones, of which a mempool may hold any: no field is below a raise of
 * theirs, as {@linkcode bumpFees} makes it. `undefined` when that would exceed the ceiling.
 *
 * @example
 * ```ts
 * import { replaceFees } from "./fees.ts";
 * import { wei } from "./money.ts";
 *
 * const earlier = { kind: "legacy", gasPriceWei: wei(8n) } as const;
 * replaceFees({ kind: "legacy", gasPriceWei: wei(5n) }, [earlier], wei(100n)); // 10 Wei
 * ```
 */
export function replaceFees(
  fees: Fees,
  earlier: readonly Fees[],
  ceilingWei: Wei,
): Fees | undefined {
  const priceWei = largest([maxPriceWei(fees), ...earlier.map((each) => raise(maxPriceWei(each)))]);
  if (priceWei > ceilingWei) return undefined;
  if (fees.kind === "legacy") return { kind: "legacy", gasPriceWei: wei(priceWei) };
  const tipWei = largest([tipWeiOf(fees), ...earlier.map((each) => raise(tipWeiOf(each)))]);
  return {
    kind: "eip1559",
    maxFeePerGasWei: wei(priceWei),
    maxPriorityFeePerGasWei: wei(tipWei < priceWei ? tipWei : priceWei),
  };
}

/**
 * The next offer where a mempool keeps a transaction of unknown fees at the nonce and
 * {@linkcode bumpFees} has no room left: the ceiling as the price, and the tip doubled (a hundredth of
 * the ceiling at least), since that transaction may be cheap but for its tip. `undefined` when nothing is left to raise.
 *
 * @example
 * ```ts
 * import { raiseToCeiling } from "./fees.ts";
 * import { wei } from "./money.ts";
 *
 * const tipWei = wei(2n);
 * raiseToCeiling(
 *   { kind: "eip1559", maxFeePerGasWei: wei(95n), maxPriorityFeePerGasWei: tipWei },
 *   wei(100n),
 * ); // 100 Wei, with a tip of 4 Wei
 * ```
 */
export function raiseToCeiling(fees: Fees, ceilingWei: Wei): Fees | undefined {
  const doubledWei = largest([2n * tipWeiOf(fees), (ceilingWei + 99n) / 100n]);
  const raised: Fees = fees.kind === "legacy" ? { kind: "legacy", gasPriceWei: ceilingWei } : {
    kind: "eip1559",
    maxFeePerGasWei: ceilingWei,
    maxPriorityFeePerGasWei: wei(doubledWei < ceilingWei ? doubledWei : ceilingWei),
  };
  return maxPriceWei(fees) > ceilingWei || isSameFees(raised, fees) ? undefined : raised;
}

/** Whether two transactions offer the same. */
export function isSameFees(one: Fees, other: Fees): boolean {
  return one.kind === other.kind && maxPriceWei(one) === maxPriceWei(other) &&
    tipWeiOf(one) === tipWeiOf(other);
}

/** The most that a unit of gas can cost under these fees. */
export function maxPriceWei(fees: Fees): Wei {
  return fees.kind === "legacy" ? fees.gasPriceWei : fees.maxFeePerGasWei;
}

/** What the producer of a block is offered at most; all of a gas price. */
function tipWeiOf(fees: Fees): Wei {
  return fees.kind === "legacy" ? fees.gasPriceWei : fees.maxPriorityFeePerGasWei;
}

function largest(amounts: readonly bigint[]): bigint {
  return amounts.reduce((most, amount) => amount > most ? amount : most, 0n);
}

/** May leave the 256 bits of an amount: compare before it becomes one. */
function raise(priceWei: Wei): bigint {
  return (priceWei * 9n + 7n) / 8n + 1n;
}
