/**
 * A funded node in memory, and transfers for it.
 *
 * @module
 */

import { MemoryNode, type MemoryNodeOptions } from "../../adapters/memory/chain_node.ts";
import { encodeTransaction } from "../../adapters/memory/chain_transaction.ts";
import type { Address, Hex } from "../../domain/address.ts";
import type { Fees } from "../../domain/fees.ts";
import { wei } from "../../domain/money.ts";
import type { TransferRequest } from "../../domain/ports/signer.ts";
import type { SendMeaning } from "../../domain/send_answer.ts";

/** Who pays. */
export const WALLET = `0x${"a1".repeat(20)}` as Address;

/** Who is paid. */
export const PAYEE = `0x${"c3".repeat(20)}` as Address;

/** Somebody else. */
export const STRANGER = `0x${"b2".repeat(20)}` as Address;

/** A coin in Wei. */
export const COIN = 10n ** 18n;

/** A Gwei in Wei. */
export const GWEI = 10n ** 9n;

/** A node whose wallet owns 10,000 coins. */
export function funded(options: Omit<MemoryNodeOptions, "clock">): MemoryNode {
  const node = new MemoryNode({ ...options, clock: { now: () => 1_700_000_000_000 } });
  node.fund(WALLET, 10_000n * COIN);
  return node;
}

/** EIP-1559 fees in Wei. */
export function fees(maxFeePerGasWei: bigint, maxPriorityFeePerGasWei: bigint): Fees {
  return {
    kind: "eip1559",
    maxFeePerGasWei: wei(maxFeePerGasWei),
    maxPriorityFeePerGasWei: wei(maxPriorityFeePerGasWei),
  };
}

/** A transfer of one Wei from the wallet to the payee, with changes. */
export function request(changes: Partial<TransferRequest>): TransferRequest {
  return {
    chainId: 1337n,
    from: WALLET,
    to: PAYEE,
    valueWei: wei(1n),
    nonce: 0,
    gas: 21_000n,
    fees: fees(20n * GWEI, 2n * GWEI),
    ...changes,
  };
}

/** The bytes of such a transfer. */
export function encode(changes: Partial<TransferRequest>): Hex {
  return encodeTransaction({ ...request(changes), data: "0x" as Hex }).raw;
}

/** Sends such a transfer, and tells what the node says to it. */
export function send(node: MemoryNode, changes: Partial<TransferRequest>): SendMeaning {
  return node.submit(encode(changes)).meaning;
}
