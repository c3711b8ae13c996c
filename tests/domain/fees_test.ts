import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import {
  bumpFees,
  chooseFees,
  currentPriceWei,
  defaultCeilingWei,
  type FeeQuote,
  type Fees,
  maxPriceWei,
  raiseToCeiling,
  replaceFees,
} from "../../domain/fees.ts";
import { wei } from "../../domain/money.ts";
import { anyFees, anyWei, eip1559Of, legacyOf, MAX_WEI } from "./arbitraries.ts";
import { pureTest } from "./pure.ts";

const anyQuote: fc.Arbitrary<FeeQuote> = fc.oneof(
  fc.record({ kind: fc.constant("legacy" as const), gasPriceWei: anyWei(2n ** 128n) }),
  fc.record({
    kind: fc.constant("eip1559" as const),
    baseFeeWei: anyWei(2n ** 128n),
    tipWei: anyWei(2n ** 128n),
  }),
);

const QUOTE: FeeQuote = { kind: "eip1559", baseFeeWei: wei(10n), tipWei: wei(3n) };

pureTest("currentPriceWei() is base fee and tip, or the gas price", () => {
  strictEqual(currentPriceWei(QUOTE), 13n);
  strictEqual(currentPriceWei({ kind: "legacy", gasPriceWei: wei(5n) }), 5n);
});

pureTest("defaultCeilingWei() is four times what gas costs now", () => {
  strictEqual(defaultCeilingWei(QUOTE), 52n);
});

pureTest("chooseFees() leaves room for the base fee to double", () => {
  deepStrictEqual(chooseFees(QUOTE, wei(100n)), eip1559Of(23n, 3n));
});

pureTest("chooseFees() has no more room than the ceiling leaves", () => {
  deepStrictEqual(chooseFees(QUOTE, wei(20n)), eip1559Of(20n, 3n));
});

pureTest("chooseFees() takes a legacy gas price as it is", () => {
  deepStrictEqual(chooseFees({ kind: "legacy", gasPriceWei: wei(5n) }, wei(5n)), legacyOf(5n));
});

pureTest("chooseFees() pays today's price, never more than the ceiling, or nothing", () => {
  fc.assert(fc.property(anyQuote, anyWei(2n ** 130n), (quote, ceilingWei) => {
    const fees = chooseFees(quote, ceilingWei);
    strictEqual(fees === undefined, currentPriceWei(quote) > ceilingWei);
    if (fees === undefined) return;
    ok(maxPriceWei(fees) <= ceilingWei);
    ok(maxPriceWei(fees) >= currentPriceWei(quote));
    ok(fees.kind === "legacy" || fees.maxPriorityFeePerGasWei <= fees.maxFeePerGasWei);
  }));
});

pureTest("bumpFees() raises by an eighth, rounded up, and 1 Wei", () => {
  deepStrictEqual(bumpFees(eip1559Of(8n, 0n), wei(100n)), eip1559Of(10n, 1n));
  deepStrictEqual(bumpFees(legacyOf(9n), wei(100n)), legacyOf(12n));
});

pureTest("bumpFees() goes up to the ceiling and no further", () => {
  deepStrictEqual(bumpFees(legacyOf(8n), wei(10n)), legacyOf(10n));
  strictEqual(bumpFees(legacyOf(8n), wei(9n)), undefined);
});

pureTest("bumpFees() raises every field enough for every mempool, or none", () => {
  const anyCeiling = fc.oneof(anyWei(), fc.constant(wei(MAX_WEI)));
  fc.assert(fc.property(anyFees, anyCeiling, (fees, ceilingWei) => {
    const bumped = bumpFees(fees, ceilingWei);
    if (bumped === undefined) return ok(enough(maxPriceWei(fees)) > ceilingWei);
    strictEqual(bumped.kind, fees.kind);
    const before = fieldsOf(fees);
    for (const [index, price] of fieldsOf(bumped).entries()) {
      ok(price >= enough(before[index]!));
      ok(price <= ceilingWei);
    }
  }));
});

pureTest("bumpFees() of the highest fees is none", () => {
  for (const fees of [legacyOf(MAX_WEI), eip1559Of(MAX_WEI, MAX_WEI)]) {
    strictEqual(bumpFees(fees, wei(MAX_WEI)), undefined);
  }
});

/** 12.5 % and 1 Wei more, by other arithmetic than the code's. */
function enough(priceWei: bigint): bigint {
  const eighths = priceWei * 9n;
  return eighths / 8n + (eighths % 8n === 0n ? 0n : 1n) + 1n;
}

function fieldsOf(fees: Fees): readonly bigint[] {
  return fees.kind === "legacy"
    ? [fees.gasPriceWei]
    : [fees.maxFeePerGasWei, fees.maxPriorityFeePerGasWei];
}

pureTest(
  "replaceFees() raises every field above each earlier attempt, and never above the ceiling",
  () => {
    const earlier = fc.array(anyFees, { maxLength: 4 });
    fc.assert(fc.property(anyFees, earlier, anyWei(MAX_WEI), (fees, before, ceilingWei) => {
      const found = replaceFees(fees, before, ceilingWei);
      if (found === undefined) return;
      ok(found.kind === fees.kind && maxPriceWei(found) <= ceilingWei);
      ok(maxPriceWei(found) >= maxPriceWei(fees));
      for (const each of before) {
        ok(maxPriceWei(found) * 100n >= maxPriceWei(each) * 110n);
        ok(tipOf(found) * 100n >= tipOf(each) * 110n);
      }
    }));
  },
);

pureTest(
  "raiseToCeiling() offers all that may be offered, with twice the tip, until there is no more",
  () => {
    deepStrictEqual(raiseToCeiling(eip1559Of(95n, 2n), wei(100n)), eip1559Of(100n, 4n));
    deepStrictEqual(raiseToCeiling(eip1559Of(100n, 60n), wei(100n)), eip1559Of(100n, 100n));
    deepStrictEqual(raiseToCeiling(eip1559Of(100n, 0n), wei(100n)), eip1559Of(100n, 1n));
    deepStrictEqual(raiseToCeiling(legacyOf(95n), wei(100n)), legacyOf(100n));
    for (const fees of [eip1559Of(100n, 100n), legacyOf(100n), legacyOf(101n)]) {
      strictEqual(raiseToCeiling(fees, wei(100n)), undefined);
    }
  },
);

function tipOf(fees: Fees): bigint {
  return fees.kind === "legacy" ? fees.gasPriceWei : fees.maxPriorityFeePerGasWei;
}
