import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { readEstimate } from "../../adapters/ethereum/gas_estimates.ts";
import { decodeHeader, decodeScanned } from "../../adapters/ethereum/decoding/headers.ts";
import { decodeReceipt } from "../../adapters/ethereum/decoding/receipts.ts";
import { decodeLookedUp } from "../../adapters/ethereum/decoding/transactions.ts";
import {
  decodeAddress,
  decodeBytes,
  decodeCount,
  decodeGas,
  decodeHash,
  decodePrice,
  decodeQuantity,
} from "../../adapters/ethereum/decoding/values.ts";
import type { Address, Hash } from "../../domain/address.ts";
import { Fault } from "../../domain/fault.ts";

const HASH = `0x${"ab".repeat(32)}` as Hash;
const BLOCK_HASH = `0x${"cd".repeat(32)}` as Hash;
const WALLET = `0x${"a1".repeat(20)}` as Address;

const RECEIPT = {
  transactionHash: HASH,
  blockHash: BLOCK_HASH,
  blockNumber: "0x10",
  status: "0x1",
  gasUsed: "0x5208",
  effectiveGasPrice: "0x3b9aca00",
};

const TRANSACTION = {
  hash: HASH,
  nonce: "0x7",
  from: WALLET.toUpperCase().replace("0X", "0x"),
  to: `0x${"b2".repeat(20)}`,
  value: "0xde0b6b3a7640000",
  input: "0x",
  blockHash: BLOCK_HASH,
  blockNumber: "0x10",
};

const BLOCK = {
  number: "0x10",
  hash: BLOCK_HASH,
  parentHash: HASH,
  timestamp: "0x65a0f0f0",
  baseFeePerGas: "0x7",
  transactions: [TRANSACTION],
};

Deno.test("decodeQuantity() takes hex up to 256 bits, and nothing else", () => {
  strictEqual(decodeQuantity("0x0"), 0n);
  strictEqual(decodeQuantity("0xFf"), 255n);
  strictEqual(decodeQuantity(`0x${"f".repeat(64)}`), 2n ** 256n - 1n);
  const refused = ["", "0x", "1", "-0x1", "0x-1", "0x1 ", "0x1\n", "0xg", "1e3", "0x1.0", " 0x1"];
  for (const value of [...refused, `0x${"f".repeat(65)}`, 1, 1n, null, undefined, {}, ["0x1"]]) {
    throws(() => decodeQuantity(value), Fault);
  }
});

Deno.test("decodeQuantity() reads what was written", () => {
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), (value) => {
    strictEqual(decodeQuantity(`0x${value.toString(16)}`), value);
  }));
});

Deno.test("decodeCount() refuses what a number cannot hold", () => {
  strictEqual(decodeCount("0x1fffffffffffff"), Number.MAX_SAFE_INTEGER);
  throws(() => decodeCount("0x20000000000000"), /expected a number/);
});

Deno.test("decodePrice() and decodeGas() refuse what no sum of Wei could hold", () => {
  const price = decodePrice(`0x${"f".repeat(32)}`);
  const gas = decodeGas(`0x${"f".repeat(16)}`);
  ok(4n * price * gas < 2n ** 256n);
  throws(() => decodePrice(`0x1${"0".repeat(32)}`), Fault);
  throws(() => decodeGas(`0x1${"0".repeat(16)}`), Fault);
});

Deno.test("decodeReceipt() reads what a payment cost and where it is", () => {
  deepStrictEqual(decodeReceipt(RECEIPT, HASH), {
    hash: HASH,
    block: { number: 16, hash: BLOCK_HASH },
    status: "success",
    feeWei: 21_000n * 1_000_000_000n,
  });
});

Deno.test("decodeReceipt() tells a revert, an unknown status and a pending one", () => {
  strictEqual(decodeReceipt({ ...RECEIPT, status: "0x0" }, HASH)?.status, "reverted");
  strictEqual(decodeReceipt({ ...RECEIPT, status: undefined }, HASH)?.status, "missing");
  strictEqual(decodeReceipt({ ...RECEIPT, status: null }, HASH)?.status, "missing");
  throws(() => decodeReceipt({ ...RECEIPT, status: "0x2" }, HASH), /expected the status/);
  throws(() => decodeReceipt({ ...RECEIPT, status: true }, HASH), Fault);
  strictEqual(decodeReceipt({ ...RECEIPT, effectiveGasPrice: undefined }, HASH)?.feeWei, null);
  strictEqual(decodeReceipt({ ...RECEIPT, blockHash: null, blockNumber: null }, HASH), null);
  strictEqual(decodeReceipt(null, HASH), null);
});

Deno.test("decodeReceipt() refuses another transaction's receipt", () => {
  throws(() => decodeReceipt({ ...RECEIPT, transactionHash: BLOCK_HASH }, HASH), Fault);
});

Deno.test("decodeLookedUp() reads a transaction, mined or waiting", () => {
  const expected = {
    hash: HASH,
    nonce: 7,
    from: WALLET,
    to: TRANSACTION.to,
    valueWei: 10n ** 18n,
    data: "0x",
    block: { number: 16, hash: BLOCK_HASH },
  };
  deepStrictEqual(decodeLookedUp(TRANSACTION, HASH), expected);
  const waiting = { ...TRANSACTION, blockHash: null, blockNumber: null, to: null };
  deepStrictEqual(decodeLookedUp(waiting, HASH), { ...expected, block: null, to: null });
  strictEqual(decodeLookedUp(null, HASH), null);
  throws(() => decodeLookedUp(TRANSACTION, BLOCK_HASH), Fault);
});

Deno.test("decodeScanned() keeps the wallet's transactions", () => {
  const foreign = { ...TRANSACTION, from: `0x${"77".repeat(20)}`, hash: BLOCK_HASH };
  const block = { ...BLOCK, transactions: [foreign, TRANSACTION] };
  const { header, sent } = decodeScanned(block, 16, WALLET);
  strictEqual(header.baseFeeWei, 7n);
  deepStrictEqual(sent.map(({ hash }) => hash), [HASH]);
});

Deno.test("decodeScanned() refuses a block that cannot be looked through", () => {
  const foreignBlock = { ...TRANSACTION, blockHash: HASH };
  const broken = [
    { ...BLOCK, transactions: undefined },
    { ...BLOCK, transactions: [HASH] },
    { ...BLOCK, transactions: [{ ...TRANSACTION, from: undefined }] },
    { ...BLOCK, transactions: [foreignBlock] },
    { ...BLOCK, number: "0x11" },
    { ...BLOCK, hash: null },
  ];
  for (const block of broken) throws(() => decodeScanned(block, 16, WALLET), Fault);
});

Deno.test("decoders throw nothing but a fault of one line, whatever comes", () => {
  const decoders: ((value: unknown) => unknown)[] = [
    decodeAddress,
    decodeBytes,
    decodeCount,
    decodeHash,
    decodeHeader,
    decodeQuantity,
    (value) => decodeReceipt(value, HASH),
    (value) => decodeLookedUp(value, HASH),
    (value) => decodeScanned(value, 16, WALLET),
  ];
  fc.assert(
    fc.property(fc.oneof(fc.anything(), damaged()), (value) => {
      for (const decode of decoders) onlyFaults(() => decode(value));
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("a damaged receipt is never another receipt", () => {
  const whole = decodeReceipt(RECEIPT, HASH);
  fc.assert(fc.property(damagedBy(RECEIPT), (value) => {
    const receipt = onlyFaults(() => decodeReceipt(value, HASH));
    if (receipt == null) return;
    deepStrictEqual(receipt.hash, HASH);
    ok(receipt.status === whole?.status || value.status !== RECEIPT.status);
    ok(receipt.feeWei === null || receipt.feeWei >= 0n);
  }));
});

/** What nodes say when the code of a payee fails, and when something else does. */
const ESTIMATES: readonly (readonly [number, string, string | null, "reverts" | "unknown"])[] = [
  [3, "execution reverted: no coins, please", "0x08c379a0", "reverts"],
  [-32000, "execution reverted", null, "reverts"],
  [-32015, "VM execution error.", "Reverted 0x", "reverts"],
  [-32015, "Transaction execution error.", "Bad instruction fe", "reverts"],
  [-32000, "out of gas", null, "reverts"],
  [-32000, "invalid opcode: INVALID", null, "reverts"],
  [
    -32000,
    "gas required exceeds allowance (8000000) or always failing transaction",
    null,
    "reverts",
  ],
  [-32000, "insufficient funds for transfer", null, "unknown"],
  [3, "insufficient funds for gas * price + value", null, "unknown"],
  [-32000, "gas required exceeds allowance (0)", null, "unknown"],
  [-32005, "daily request count exceeded", null, "unknown"],
  [-32601, "the method eth_estimateGas does not exist", null, "unknown"],
];

for (const [code, message, data, kind] of ESTIMATES) {
  Deno.test(`readEstimate() takes ${code} "${message}" for ${kind}`, () => {
    strictEqual(readEstimate({ kind: "error", error: { code, message, data } }).kind, kind);
  });
}

Deno.test("readEstimate() takes what is no amount of gas for unknown", () => {
  deepStrictEqual(readEstimate({ kind: "result", result: "0x5208" }), {
    kind: "gas",
    gas: 21_000n,
  });
  strictEqual(readEstimate({ kind: "result", result: 21_000 }).kind, "unknown");
  strictEqual(readEstimate({ kind: "result", result: "0x5207" }).kind, "unknown"); // Less.
  strictEqual(readEstimate({ kind: "silence", why: "no answer" }).kind, "unknown");
});

/** An answer of which one member is something else. */
function damaged(): fc.Arbitrary<Record<string, unknown>> {
  return fc.oneof(damagedBy(RECEIPT), damagedBy(TRANSACTION), damagedBy(BLOCK));
}

function damagedBy(
  whole: Readonly<Record<string, unknown>>,
): fc.Arbitrary<Record<string, unknown>> {
  return fc.tuple(fc.constantFrom(...Object.keys(whole)), fc.anything())
    .map(([member, value]) => ({ ...whole, [member]: value }));
}

function onlyFaults<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    ok(error instanceof Fault, `threw ${error}`);
    strictEqual(error.kind, "chain-nonsense");
    ok(!error.message.includes("\n") && error.message.length < 300);
    return undefined;
  }
}
