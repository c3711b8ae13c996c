import { memoryChain } from "../../adapters/memory/chain.ts";
import { MemoryNode, type MemoryNodeOptions } from "../../adapters/memory/chain_node.ts";
import { memorySigner } from "../../adapters/memory/signer.ts";
import type { Address } from "../../domain/address.ts";
import { chainContract } from "./chain_contract.ts";
import { type ChainHarness, payeeOf, WALLET_WEI } from "./chain_harness.ts";

chainContract("memory chain", () => Promise.resolve(harness({})));
chainContract("memory chain, legacy", () => Promise.resolve(harness({ baseFeeWei: null })));

function harness(options: Omit<MemoryNodeOptions, "clock">): ChainHarness {
  const node = new MemoryNode({ ...options, clock: { now: () => 1_700_000_000_000 } });
  const wallet = `0x${"a1".repeat(20)}` as Address;
  const signer = memorySigner(wallet);
  const { chainId } = node.rules;
  let contracts = 0;
  node.fund(wallet, WALLET_WEI);
  return {
    chain: memoryChain(node),
    chainId,
    wallet,
    sign: async (transfer) => {
      const [signed] = await signer.sign([{ ...transfer, chainId, from: wallet }]);
      return signed!;
    },
    mine: (blocks) => Promise.resolve(node.mine(blocks)),
    deploy: (code) => {
      const address = payeeOf(1_000_000 + contracts++);
      node.setCode(address, code);
      return Promise.resolve(address);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
