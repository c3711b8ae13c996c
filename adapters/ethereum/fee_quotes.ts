/**
 * Finds out what gas costs.
 *
 * @module
 */

import type { FeeQuote } from "../../domain/fees.ts";
import { type Wei, wei } from "../../domain/money.ts";
import { need } from "./answers.ts";
import { decodeHeader } from "./decoding/headers.ts";
import { decodePrice } from "./decoding/values.ts";
import type { RpcConnection } from "./rpc_connection.ts";

const QUESTIONS = ["eth_getBlockByNumber", "eth_gasPrice", "eth_maxPriorityFeePerGas"] as const;

/**
 * EIP-1559 when the head block has a base fee, else legacy. A node without
 * `eth_maxPriorityFeePerGas` has the tip in its gas price, which is base fee + tip there. One round
 * trip.
 *
 * @throws {Fault} `chain-unreachable`, `chain-nonsense`.
 */
export async function askFeeQuote(connection: RpcConnection): Promise<FeeQuote> {
  const [block, gasPrice, tip] = await connection.batch(QUESTIONS.map((method) => ({
    method,
    params: method === "eth_getBlockByNumber" ? ["latest", false] : [],
  })));
  const of = connection.name;
  const { baseFeeWei } = need(block, { of, method: QUESTIONS[0] }, decodeHeader);
  const gasPriceWei = (): Wei =>
    need(gasPrice, { of, method: QUESTIONS[1] }, (result) => decodePrice(result));
  if (baseFeeWei === null) return { kind: "legacy", gasPriceWei: gasPriceWei() };
  if (tip?.kind !== "error") {
    return {
      kind: "eip1559",
      baseFeeWei,
      tipWei: need(tip, { of, method: QUESTIONS[2] }, (result) => decodePrice(result)),
    };
  }
  const above = gasPriceWei() - baseFeeWei;
  return { kind: "eip1559", baseFeeWei, tipWei: wei(above > 0n ? above : 0n) };
}
