/**
 * What every signer does that signs ahead of sending.
 *
 * @module
 */

import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { keccak256 } from "ethers/crypto";
import { Transaction } from "ethers/transaction";
import type { Address, Hex } from "../../domain/address.ts";
import { Fault } from "../../domain/fault.ts";
import { wei } from "../../domain/money.ts";
import type { BytesSigner, TransferRequest } from "../../domain/ports/signer.ts";

/** A signer, and what it signs for. */
export interface SignerHarness extends AsyncDisposable {
  readonly signer: BytesSigner;
  readonly wallet: Address;
  readonly chainId: bigint;
  /** What no name and no error may hold. */
  readonly secrets: readonly string[];
  /** Reads signed bytes; without it they are a transaction of Ethereum's. */
  readonly read?: (raw: Hex) => unknown;
}

/** Holds an adapter of `BytesSigner` to its port. */
export function signerContract(name: string, makeHarness: () => Promise<SignerHarness>): void {
  function test(behaviour: string, run: (harness: SignerHarness) => Promise<void>): void {
    Deno.test(`${name} ${behaviour}`, async () => {
      await using harness = await makeHarness();
      await run(harness);
    });
  }

  test("address() is the wallet", async ({ signer, wallet }) => {
    strictEqual(await signer.address(), wallet);
    strictEqual(await signer.address(), wallet);
  });

  test("sign() gives the bytes of every request, in order", async (harness) => {
    const requests = [...oddRequests(harness), ...manyRequests(harness)];
    deepStrictEqual(await signAndRead(harness, requests), requests);
  });

  test("sign() of nothing gives nothing", async ({ signer }) => {
    deepStrictEqual(await signer.sign([]), []);
  });

  test("sign() of the same again gives what does the same", async (harness) => {
    const request = requestOf(harness, { nonce: 3 });
    deepStrictEqual(await signAndRead(harness, [request]), await signAndRead(harness, [request]));
  });

  test("sign() for another wallet signs nothing for this one", async (harness) => {
    const { signer, secrets } = harness;
    const request = { ...requestOf(harness, {}), from: `0x${"77".repeat(20)}` as Address };
    try {
      await signer.sign([request]);
      // Without a key, whoever asks is who they say.
      deepStrictEqual(await signAndRead(harness, [request]), [request]);
    } catch (error) {
      ok(error instanceof Fault);
      ok(error.kind === "signer" || error.kind === "wrong-signer", error.kind);
      holdsNoSecret(error, secrets);
    }
  });

  test("name is for people and holds no secret", async ({ signer, secrets }) => {
    notStrictEqual(signer.name, "");
    await signer.address();
    holdsNoSecret(signer, secrets);
  });
}

/** A request with everything but what matters filled in. */
export function requestOf(
  { wallet, chainId }: { readonly wallet: Address; readonly chainId: bigint },
  given: Partial<TransferRequest>,
): TransferRequest {
  return {
    chainId,
    from: wallet,
    to: `0x${"ab".repeat(20)}` as Address,
    valueWei: wei(600_000_000_000_000_000n),
    nonce: 0,
    gas: 21_000n,
    fees: {
      kind: "eip1559",
      maxFeePerGasWei: wei(3_000_000_000n),
      maxPriorityFeePerGasWei: wei(1_000_000_000n),
    },
    ...given,
  };
}

/** Fails when a thing, as it would be printed or thrown, holds a secret, in whatever depth. */
export function holdsNoSecret(thing: unknown, secrets: readonly string[]): void {
  const seen = [Deno.inspect(thing, { depth: 20, showHidden: true }), JSON.stringify(thing) ?? ""];
  for (let error = thing; error instanceof Error; error = error.cause) {
    seen.push(error.message, error.stack ?? "", Deno.inspect({ ...error }, { depth: 20 }));
  }
  for (const secret of secrets) {
    for (const text of seen) ok(!text.includes(secret), `a secret is in: ${text}`);
  }
}

function oddRequests(at: SignerHarness): readonly TransferRequest[] {
  const dearWei = wei(5_000_000_000n);
  return [
    requestOf(at, {}),
    requestOf(at, { nonce: 1, fees: { kind: "legacy", gasPriceWei: dearWei } }),
    requestOf(at, { nonce: 2, to: at.wallet, valueWei: wei(0n) }), // a cancel
    requestOf(at, { nonce: 3, valueWei: wei(2n ** 100n + 1n), gas: 90_001n }),
    requestOf(at, { nonce: 2 ** 31 }),
    requestOf(at, {
      nonce: 255,
      fees: { kind: "eip1559", maxFeePerGasWei: dearWei, maxPriorityFeePerGasWei: dearWei },
    }),
  ];
}

function manyRequests(at: SignerHarness): readonly TransferRequest[] {
  return Array.from({ length: 100 }, (_, index) => requestOf(at, { nonce: 1_000 + index }));
}

/** Signs, and reads what the bytes do; their hashes and their empty data are checked on the way. */
async function signAndRead(
  { signer, read = readTransaction }: SignerHarness,
  requests: readonly TransferRequest[],
): Promise<readonly unknown[]> {
  return (await signer.sign(requests)).map(({ raw, hash }) => {
    const { hash: ownHash, data, ...request } = Object(read(raw));
    strictEqual(hash, ownHash);
    strictEqual(data, "0x");
    return request;
  });
}

function readTransaction(
  raw: Hex,
): TransferRequest & { readonly hash: string; readonly data: string } {
  const transaction = Transaction.from(raw);
  strictEqual(transaction.accessList?.length ?? 0, 0);
  return {
    chainId: transaction.chainId,
    from: transaction.from?.toLowerCase() as Address,
    to: transaction.to?.toLowerCase() as Address,
    valueWei: wei(transaction.value),
    nonce: transaction.nonce,
    gas: transaction.gasLimit,
    fees: transaction.type === 0
      ? { kind: "legacy", gasPriceWei: wei(transaction.gasPrice ?? 0n) }
      : {
        kind: "eip1559",
        maxFeePerGasWei: wei(transaction.maxFeePerGas ?? 0n),
        maxPriorityFeePerGasWei: wei(transaction.maxPriorityFeePerGas ?? 0n),
      },
    hash: keccak256(raw),
    data: transaction.data,
  };
}
