/**
 * Money in the two units that a pool knows: Wei on the chain, Shannon (10^9 Wei) in the ledger.
 *
 * @module
 */

/** An amount in Wei, the chain's smallest unit. Never negative, at most 2^256 - 1. */
export type Wei = bigint & { readonly __unit: "wei" };

/** An amount in Shannon (10^9 Wei), the ledger's unit: a signed 64-bit integer, as Redis keeps it. */
export type Shannon = bigint & { readonly __unit: "shannon" };

/** How many Wei one Shannon is. */
export const WEI_PER_SHANNON = 1_000_000_000n;

/** How many Shannon one coin is. */
export const SHANNON_PER_COIN = 1_000_000_000n;

/** The largest amount that a Redis integer (HINCRBY) can hold. */
export const MAX_SHANNON = 2n ** 63n - 1n;

/** The smallest amount that a Redis integer (HINCRBY) can hold. */
export const MIN_SHANNON = -(2n ** 63n);

const MAX_WEI = 2n ** 256n - 1n;

/**
 * Takes a number of Wei as an amount.
 *
 * @example
 * ```ts
 * import { wei } from "./money.ts";
 *
 * const tipWei = wei(1_500_000_000n);
 * ```
 *
 * @throws {RangeError} when it is negative or does not fit 256 bits: a bug of the caller.
 */
export function wei(amount: bigint): Wei {
  if (amount < 0n || amount > MAX_WEI) {
    throw new RangeError(`Cannot take ${amount} as Wei: expected 0 to 2^256 - 1`);
  }
  return amount as Wei;
}

/**
 * Takes a number of Shannon as an amount.
 *
 * @example
 * ```ts
 * import { shannon } from "./money.ts";
 *
 * const amountShannon = shannon(600_000_000n);
 * ```
 *
 * @throws {RangeError} when it does not fit a signed 64-bit integer: a bug of the caller.
 */
export function shannon(amount: bigint): Shannon {
  if (!fitsShannon(amount)) {
    throw new RangeError(`Cannot take ${amount} as Shannon: expected a signed 64-bit integer`);
  }
  return amount as Shannon;
}

/** Whether a number fits the signed 64-bit integers of Redis. */
export function fitsShannon(amount: bigint): boolean {
  return amount >= MIN_SHANNON && amount <= MAX_SHANNON;
}

/**
 * Reads a decimal string as Redis writes integers: an optional minus, digits without leading zeros.
 * Nothing is rounded; `undefined` means that the text is no such integer or does not fit 64 bits.
 *
 * @example
 * ```ts
 * import { parseShannon } from "./money.ts";
 *
 * parseShannon("600000000"); // 600000000n
 * parseShannon("0.5"); // undefined
 * ```
 */
export function parseShannon(text: string): Shannon | undefined {
  if (!/^(?:0|-?[1-9][0-9]{0,18})$/.test(text)) return undefined;
  const amount = BigInt(text);
  return fitsShannon(amount) ? amount as Shannon : undefined;
}

/**
 * The Wei that a ledger amount stands for. Exact.
 *
 * @throws {RangeError} when the amount is negative: nothing negative is ever sent.
 */
export function weiOfShannon(amountShannon: Shannon): Wei {
  return wei(amountShannon * WEI_PER_SHANNON);
}

/**
 * The Shannon in a number of Wei, rounded up: for asking "how much is missing", never for paying. A
 * sum of what payees would cost may leave the 256 bits of an amount.
 */
export function shannonCovering(amountWei: bigint): bigint {
  return (amountWei + WEI_PER_SHANNON - 1n) / WEI_PER_SHANNON;
}

/** Adds up ledger amounts, in Shannon. The sum may exceed 64 bits, so it is no checked amount. */
export function sumShannon(amounts: Iterable<Shannon>): bigint {
  let sum = 0n;
  for (const amount of amounts) sum += amount;
  return sum;
}

/**
 * Writes a number of Shannon as coins, for people: exact, without trailing zeros.
 *
 * @example
 * ```ts
 * import { formatCoins } from "./money.ts";
 *
 * formatCoins(1_250_000_000n); // "1.25"
 * ```
 */
export function formatCoins(amountShannon: bigint): string {
  const sign = amountShannon < 0n ? "-" : "";
  const size = amountShannon < 0n ? -amountShannon : amountShannon;
  const fraction = (size % SHANNON_PER_COIN).toString().padStart(9, "0").replace(/0+$/, "");
  return `${sign}${size / SHANNON_PER_COIN}${fraction === "" ? "" : `.${fraction}`}`;
}
