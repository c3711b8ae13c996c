import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { SigningKey } from "ethers/crypto";
import { Transaction } from "ethers/transaction";
import fc from "fast-check";
import { rlpList, rlpString } from "../../adapters/ethereum/signers/rlp.ts";
import { signTransfer } from "../../adapters/ethereum/signers/sign_transfer.ts";
import { transactionOf } from "../../adapters/ethereum/signers/transfer_transaction.ts";
import type { Address } from "../../domain/address.ts";
import type { Fees } from "../../domain/fees.ts";
import { wei } from "../../domain/money.ts";
import type { TransferRequest } from "../../domain/ports/signer.ts";
import { TEST_KEY, TEST_WALLET } from "./fake_signer.ts";

const KEY = new SigningKey(TEST_KEY);

/** Amounts of every length in bytes, those around a power of 256 among them. */
function anyAmount(bytes: number): fc.Arbitrary<bigint> {
  return fc.tuple(fc.integer({ min: 0, max: bytes * 8 }), fc.bigInt({ min: -1n, max: 1n }))
    .map(([bits, more]) => {
      const amount = (1n << BigInt(bits)) + more;
      return amount < 0n ? 0n : amount % (1n << BigInt(bytes * 8));
    });
}

const anyPrice = anyAmount(16).map(wei);

const anyFees: fc.Arbitrary<Fees> = fc.oneof(
  anyPrice.map((gasPriceWei): Fees => ({ kind: "legacy", gasPriceWei })),
  fc.tuple(anyPrice, anyPrice).map(([one, other]): Fees => ({
    kind: "eip1559",
    maxFeePerGasWei: one > other ? one : other,
    maxPriorityFeePerGasWei: one > other ? other : one,
  })),
);

const anyRequest: fc.Arbitrary<TransferRequest> = fc.record({
  chainId: anyAmount(6).map((id) => id + 1n),
  from: fc.constant(TEST_WALLET),
  to: fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) =>
    `0x${bytes.toHex()}` as Address
  ),
  valueWei: anyAmount(32).map(wei),
  nonce: fc.maxSafeNat(),
  gas: anyAmount(6),
  fees: anyFees,
});

Deno.test("signTransfer() gives the very bytes that ethers gives", () => {
  fc.assert(
    fc.property(anyRequest, (request) => {
      const expected = transactionOf(request);
      expected.signature = KEY.sign(expected.unsignedHash);
      const { raw, hash } = signTransfer(KEY, request);
      strictEqual(raw, expected.serialized);
      strictEqual(hash, expected.hash);
      strictEqual(Transaction.from(raw).from?.toLowerCase(), TEST_WALLET);
    }),
    { numRuns: 300 },
  );
});

Deno.test("rlpString() and rlpList() write what the yellow paper says", () => {
  const bytes = (...values: readonly number[]) => new Uint8Array(values);
  deepStrictEqual(rlpString(bytes()), bytes(0x80));
  deepStrictEqual(rlpString(bytes(0)), bytes(0));
  deepStrictEqual(rlpString(bytes(0x7f)), bytes(0x7f));
  deepStrictEqual(rlpString(bytes(0x80)), bytes(0x81, 0x80));
  deepStrictEqual(rlpString(new Uint8Array(55)).subarray(0, 2), bytes(0x80 + 55, 0));
  deepStrictEqual(rlpString(new Uint8Array(56)).subarray(0, 3), bytes(0xb8, 56, 0));
  deepStrictEqual(rlpList([]), bytes(0xc0));
  deepStrictEqual(rlpList([bytes(1), bytes(2)]), bytes(0xc2, 1, 2));
  deepStrictEqual(rlpList([new Uint8Array(255)]).subarray(0, 3), bytes(0xf8, 255, 0));
  throws(() => rlpList([new Uint8Array(256)]), RangeError);
});
