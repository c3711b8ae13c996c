/**
 * Finds out what gas costs.
 *
 * @module
 */

import type { FeeQuote } from "../../domain/fees.ts";
import { type Wei, wei } from "../../domain/money.ts";
import { need } from "./answers.ts";
import { BLOCK_METHOD, blockCall } from "./calls.ts";
import { decodeHeader } from "./decoding/headers.ts";
import { decodePrice } from "./decoding/values.ts";
import type { RpcAnswer, RpcConnection } from "./rpc_connection.ts";

/**
 * EIP-1559 when the head block has a base fee, else legacy. A node without
 * `eth_maxPriorityFeePerGas` has the tip in its gas price, which is base fee + tip there. One round
 * trip.
 *
 * @throws {Fault} `chain-unreachable`, `chain-nonsense`.
 */
export async function askFeeQuote(connection: RpcConnection): Promise<FeeQuote> {
  const [block, gasPrice, tip] = await connection.batch([
    blockCall("latest", "hashes"),
    { method: "eth_gasPrice", params: [] },
    { method: "eth_maxPriorityFeePerGas", params: [] },
  ]);
  const priceOf = (answer: RpcAnswer | undefined, method: string): Wei =>
    need(answer, { of: connection.name, method }, (result) => decodePrice(result));
  const { baseFeeWei } = need(block, { of: connection.name, method: BLOCK_METHOD }, decodeHeader);
  if (baseFeeWei === null) {
    return { kind: "legacy", gasPriceWei: priceOf(gasPrice, "eth_gasPrice") };
  }
  if (tip?.kind !== "error") {
    return { kind: "eip1559", baseFeeWei, tipWei: priceOf(tip, "eth_maxPriorityFeePerGas") };
  }
  const above = priceOf(gasPrice, "eth_gasPrice") - baseFeeWei;
  return { kind: "eip1559", baseFeeWei, tipWei: wei(above > 0n ? above : 0n) };
}
