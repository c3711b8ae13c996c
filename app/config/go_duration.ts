/**
 * Durations as Go programs write them, for the pool's config says `"120m"`.
 *
 * @module
 */

const NANOSECONDS: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1_000n],
  ["µs", 1_000n], // U+00B5, the micro sign
  ["μs", 1_000n], // U+03BC, the letter mu
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
]);

const MAX_NANOSECONDS = 2n ** 63n - 1n;

const PART = /(?=\.?[0-9])([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)/y;

/**
 * Reads a duration in the grammar of Go's `time.ParseDuration`, to milliseconds. A fraction finer
 * than a nanosecond is cut off, as Go does. `undefined` means that Go would refuse it.
 *
 * @example
 * ```ts
 * import { parseGoDuration } from "./go_duration.ts";
 *
 * parseGoDuration("1h30m"); // 5_400_000
 * parseGoDuration("1.5h"); // 5_400_000
 * parseGoDuration("10"); // undefined: the unit is missing
 * ```
 */
export function parseGoDuration(text: string): number | undefined {
  const sign = text.startsWith("-") ? -1 : 1;
  const unsigned = text.replace(/^[+-]/, "");
  if (unsigned === "0") return 0;
  if (unsigned === "") return undefined;
  let nanoseconds = 0n;
  PART.lastIndex = 0;
  while (PART.lastIndex < unsigned.length) {
    const part = PART.exec(unsigned);
    if (part === null) return undefined;
    nanoseconds += nanosecondsOf(part);
    if (nanoseconds > MAX_NANOSECONDS) return undefined;
  }
  return sign * Number(nanoseconds) / 1e6;
}

function nanosecondsOf([, whole = "", fraction = "", unit = ""]: RegExpExecArray): bigint {
  const size = NANOSECONDS.get(unit) ?? 0n;
  const scale = 10n ** BigInt(fraction.length);
  return BigInt(whole === "" ? 0 : whole) * size + BigInt(`0${fraction}`) * size / scale;
}
