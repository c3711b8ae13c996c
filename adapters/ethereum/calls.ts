/**
 * Writes JSON-RPC calls.
 *
 * @module
 */

import type { Address } from "../../domain/address.ts";
import type { BlockRange } from "../../domain/ports/chain.ts";
import type { RpcCall } from "./rpc_connection.ts";

/** The method that {@linkcode blockCall} asks. */
export const BLOCK_METHOD = "eth_getBlockByNumber";

/** Asks for a block, with hashes of its transactions or with the whole of them. */
export function blockCall(at: number | "latest", transactions: "hashes" | "whole"): RpcCall {
  return {
    method: BLOCK_METHOD,
    params: [at === "latest" ? at : quantity(at), transactions === "whole"],
  };
}

/** Asks for a wallet's transaction count at a block. */
export function nonceCall(wallet: Address, at: number | "latest" | "pending"): RpcCall {
  return {
    method: "eth_getTransactionCount",
    params: [wallet, typeof at === "number" ? quantity(at) : at],
  };
}

/** Writes a quantity: hex without leading zeros. */
export function quantity(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

/** The numbers of a range of blocks, ascending. */
export function blockNumbers({ from, to }: BlockRange): readonly number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}
