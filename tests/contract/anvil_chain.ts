/**
 * The chain of anvil, over any wire.
 *
 * @module
 */

import { Wallet } from "ethers";
import { keccak256 } from "ethers/crypto";
import type { AnvilOptions } from "../../adapters/anvil/anvil_process.ts";
import { JsonRpcChain } from "../../adapters/ethereum/json_rpc_chain.ts";
import { connectNode } from "../../app/node_connection.ts";
import type { Address, Hash, Hex } from "../../domain/address.ts";
import { startAnvil, type TestAnvil } from "../support/anvil.ts";
import { type ChainHarness, payeeOf, type TestTransfer } from "./chain_harness.ts";

/** The first of anvil's accounts, whose key everybody knows. */
const WALLET = new Wallet("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");

/** SSTORE(0, 1): takes coins, for more than 21,000 gas. And REVERT(0, 0). */
const CODE = { accepts: "0x600160005500", reverts: "0x60006000fd" } as const;

/** A harness, and the node behind it. */
export interface AnvilHarness extends ChainHarness {
  readonly anvil: TestAnvil;
}

/** Starts anvil, and asks it at the endpoint that is made from its URL. */
export async function anvilHarness(
  options: AnvilOptions,
  endpointOf: (url: string) => string,
): Promise<AnvilHarness> {
  const anvil = await startAnvil({ ...options, noMining: true });
  const chain = new JsonRpcChain(connectNode(endpointOf(anvil.url), { timeoutMs: 10_000 }));
  let contracts = 0;
  return {
    anvil,
    chain,
    chainId: 31337n,
    wallet: WALLET.address.toLowerCase() as Address,
    sign: async (transfer) => {
      const raw = await WALLET.signTransaction(transactionOf(transfer)) as Hex;
      return { raw, hash: keccak256(raw) as Hash };
    },
    mine: async (blocks) => {
      for (let block = 0; block < blocks; block++) await anvil.rpc("evm_mine");
    },
    deploy: async (code) => {
      const address = payeeOf(1_000_000 + contracts++);
      await anvil.rpc("anvil_setCode", [address, CODE[code]]);
      return address;
    },
    [Symbol.asyncDispose]: async () => {
      await chain[Symbol.asyncDispose]();
      await anvil.stop();
    },
  };
}

function transactionOf({ nonce, to, valueWei, gas, fees }: TestTransfer) {
  const price = fees.kind === "legacy" ? { type: 0, gasPrice: fees.gasPriceWei } : {
    type: 2,
    maxFeePerGas: fees.maxFeePerGasWei,
    maxPriorityFeePerGas: fees.maxPriorityFeePerGasWei,
  };
  return { chainId: 31337, nonce, to, value: valueWei, gasLimit: gas, ...price };
}
