import { strictEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import {
  fitsShannon,
  formatCoins,
  MAX_SHANNON,
  MIN_SHANNON,
  parseShannon,
  shannon,
  shannonCovering,
  sumShannon,
  wei,
  WEI_PER_SHANNON,
  weiOfShannon,
} from "../../domain/money.ts";
import { anyAmount, anyShannon, anyWei, MAX_WEI } from "./arbitraries.ts";
import { pureTest } from "./pure.ts";

pureTest("parseShannon() reads every amount that Redis can write", () => {
  fc.assert(fc.property(anyShannon, (amount) => parseShannon(String(amount)) === amount));
  for (const amount of [MIN_SHANNON, -1n, 0n, 1n, MAX_SHANNON]) {
    strictEqual(parseShannon(String(amount)), amount);
  }
});

pureTest("parseShannon() refuses what Redis would not write", () => {
  const texts = ["", "-", "-0", "+1", "00", "01", "-01", "1e3", "0x1", "1.0", "0.5", "1,000"];
  texts.push(" 1", "1 ", "1\n", "1\0", "١", "1n", "NaN", "Infinity", "null");
  for (const text of texts) strictEqual(parseShannon(text), undefined, JSON.stringify(text));
});

pureTest("parseShannon() refuses what does not fit 64 bits", () => {
  for (const text of [String(MAX_SHANNON + 1n), String(MIN_SHANNON - 1n), "9".repeat(400)]) {
    strictEqual(parseShannon(text), undefined, text);
  }
});

pureTest("parseShannon() takes no text that would be written otherwise", () => {
  const digits = fc.string({ unit: fc.constantFrom(..."-+0123456789e. ") });
  fc.assert(fc.property(fc.oneof(digits, fc.string()), (text) => {
    const amount = parseShannon(text);
    return amount === undefined || String(amount) === text;
  }));
});

pureTest("shannon() takes signed 64-bit integers only", () => {
  strictEqual(shannon(MAX_SHANNON), MAX_SHANNON);
  strictEqual(shannon(MIN_SHANNON), MIN_SHANNON);
  throws(() => shannon(MAX_SHANNON + 1n), /Cannot take 9223372036854775808 as Shannon/);
  throws(() => shannon(MIN_SHANNON - 1n), RangeError);
});

pureTest("fitsShannon() agrees with shannon()", () => {
  fc.assert(fc.property(fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }), (amount) => {
    if (fitsShannon(amount)) strictEqual(shannon(amount), amount);
    else throws(() => shannon(amount), RangeError);
  }));
});

pureTest("wei() takes 0 to 2^256 - 1", () => {
  strictEqual(wei(0n), 0n);
  strictEqual(wei(MAX_WEI), MAX_WEI);
  throws(() => wei(-1n), /Cannot take -1 as Wei/);
  throws(() => wei(MAX_WEI + 1n), RangeError);
});

pureTest("weiOfShannon() is exact, and refuses to send a debt", () => {
  fc.assert(fc.property(anyAmount, (amount) => {
    const amountWei = weiOfShannon(amount);
    return amountWei / WEI_PER_SHANNON === amount && amountWei % WEI_PER_SHANNON === 0n;
  }));
  throws(() => weiOfShannon(shannon(-1n)), RangeError);
});

pureTest("shannonCovering() is the least that covers", () => {
  fc.assert(fc.property(anyWei(), (amountWei) => {
    const covering = shannonCovering(amountWei);
    return covering * WEI_PER_SHANNON >= amountWei && (covering - 1n) * WEI_PER_SHANNON < amountWei;
  }));
});

pureTest("sumShannon() adds up past 64 bits", () => {
  strictEqual(sumShannon([]), 0n);
  strictEqual(sumShannon([shannon(MAX_SHANNON), shannon(MAX_SHANNON)]), 2n * MAX_SHANNON);
});

pureTest("formatCoins() writes what people read", () => {
  const table: [amount: bigint, text: string][] = [
    [0n, "0"],
    [1n, "0.000000001"],
    [-1n, "-0.000000001"],
    [1_000_000_000n, "1"],
    [1_250_000_000n, "1.25"],
    [-10_000_000_010n, "-10.00000001"],
  ];
  for (const [amount, text] of table) strictEqual(formatCoins(amount), text);
});

pureTest("formatCoins() loses nothing", () => {
  fc.assert(fc.property(fc.bigInt(), (amount) => {
    const text = formatCoins(amount);
    const [whole = "", fraction = ""] = text.replace("-", "").split(".");
    const size = BigInt(whole + fraction.padEnd(9, "0"));
    return (text.startsWith("-") ? -size : size) === amount;
  }));
});
