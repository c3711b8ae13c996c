/**
 * What the contract of the chain needs of an adapter under test, and payments for it.
 *
 * @module
 */

import { ok } from "node:assert/strict";
import type { Address, Hash } from "../../domain/address.ts";
import type { Fact } from "../../domain/fact.ts";
import { chooseFees, type Fees, TRANSFER_GAS } from "../../domain/fees.ts";
import { type Wei, wei } from "../../domain/money.ts";
import type { Chain, Receipt, ScannedBlock } from "../../domain/ports/chain.ts";
import type { SignedTransfer } from "../../domain/ports/signer.ts";

/** A node that mines only when it is told to, with one funded wallet. */
export interface ChainHarness extends AsyncDisposable {
  readonly chain: Chain;
  readonly chainId: bigint;
  /** It has sent nothing yet, and owns {@linkcode WALLET_WEI}. */
  readonly wallet: Address;
  sign(transfer: TestTransfer): Promise<SignedTransfer>;
  mine(blocks: number): Promise<void>;
  /** Makes an account with code that takes coins (for more than 21,000 gas), or that reverts. */
  deploy(code: "accepts" | "reverts"): Promise<Address>;
}

/** Registers a test of one behaviour, with a harness of its own. */
export type ChainTest = (
  behaviour: string,
  run: (harness: ChainHarness) => Promise<void>,
) => void;

/** A transfer of the harness's wallet. */
export interface TestTransfer {
  readonly nonce: number;
  readonly to: Address;
  readonly valueWei: Wei;
  readonly gas: bigint;
  readonly fees: Fees;
}

/** What the wallet owns at first. */
export const WALLET_WEI = wei(10_000n * 10n ** 18n);

/** What a test pays. */
export const VALUE_WEI = wei(5n * 10n ** 17n);

/** The hash of nothing. */
export const UNHEARD_OF = `0x${"ab".repeat(32)}` as Hash;

/** A payee of a test; no account of a node's own. */
export function payeeOf(index: number): Address {
  return `0x${(0xbeef0000 + index).toString(16).padStart(40, "0")}` as Address;
}

/** Signs a payment of {@linkcode VALUE_WEI} to `payeeOf(nonce)`, with changes. */
export async function sign(
  harness: ChainHarness,
  nonce: number,
  changes: Partial<TestTransfer> = {},
): Promise<SignedTransfer> {
  return await harness.sign({
    nonce,
    to: payeeOf(nonce),
    valueWei: VALUE_WEI,
    gas: TRANSFER_GAS,
    fees: changes.fees ?? await fees(harness),
    ...changes,
  });
}

/** Fees that the next block takes. */
export async function fees({ chain }: ChainHarness): Promise<Fees> {
  const chosen = chooseFees(await chain.feeQuote(), wei(10n ** 12n));
  ok(chosen);
  return chosen;
}

/** Fees that replace any others. */
export function doubled(fees: Fees): Fees {
  return fees.kind === "legacy" ? { kind: "legacy", gasPriceWei: wei(2n * fees.gasPriceWei) } : {
    kind: "eip1559",
    maxFeePerGasWei: wei(2n * fees.maxFeePerGasWei),
    maxPriorityFeePerGasWei: wei(2n * fees.maxPriorityFeePerGasWei),
  };
}

/** What the node says of a receipt. */
export async function receiptOf(
  { chain, wallet }: ChainHarness,
  hash: Hash,
): Promise<Fact<Receipt>> {
  const question = { wallet, headers: null, receipts: [hash], finalNumber: 0 };
  const receipt = (await chain.observe(question)).receipts.get(hash);
  ok(receipt);
  return receipt;
}

/** All blocks of a scan. */
export async function scanned(
  harness: ChainHarness,
  from: number,
  to: number,
): Promise<ScannedBlock[]> {
  return await Array.fromAsync(harness.chain.scan(harness.wallet, { from, to }));
}
