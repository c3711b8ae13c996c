/**
 * Numbers of a config, exact: as JSON numbers or, beyond 2^53 and from the environment, as texts.
 *
 * @module
 */

import { type Wei, wei } from "../../domain/money.ts";
import { Numeral } from "./json_text.ts";

/**
 * Reads a whole number from a JSON number or a decimal text. `undefined` for everything else, a
 * JSON number above 2^53 among it (many programs that write JSON have lost its last digits), and
 * one of more digits than 256 bits hold.
 *
 * @example
 * ```ts
 * import { readWholeNumber } from "./exact_number.ts";
 *
 * readWholeNumber(500000000); // 500000000n
 * readWholeNumber("9007199254740993"); // 9007199254740993n
 * readWholeNumber(0.5); // undefined
 * ```
 */
export function readWholeNumber(value: unknown): bigint | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (typeof value !== "string" || !/^(?:0|-?[1-9][0-9]{0,75})$/.test(value)) return undefined;
  return BigInt(value);
}

/**
 * Reads a quantity as the pool writes `gas` and `gasPrice`: a decimal or 0x number, not negative.
 */
export function readQuantity(value: unknown): bigint | undefined {
  if (typeof value === "string" && /^0[xX][0-9a-fA-F]{1,64}$/.test(value)) return BigInt(value);
  const whole = readWholeNumber(value);
  return whole !== undefined && whole >= 0n ? whole : undefined;
}

/**
 * Reads an amount in Gwei (10^9 Wei) with at most nine decimals, to Wei. Nothing is rounded.
 *
 * @example
 * ```ts
 * import { readGwei } from "./exact_number.ts";
 *
 * readGwei("1.5"); // 1_500_000_000n
 * readGwei("0.0000000001"); // undefined: finer than a Wei
 * ```
 */
export function readGwei(value: unknown): Wei | undefined {
  const text = value instanceof Numeral ? value.source : value;
  if (typeof text !== "number" && typeof text !== "string") return undefined;
  const parts = /^(0|[1-9][0-9]{0,59})(?:\.([0-9]{1,9}))?$/.exec(String(text));
  if (parts === null) return undefined;
  const [, whole = "", fraction = ""] = parts;
  return wei(BigInt(whole + fraction.padEnd(9, "0")));
}
