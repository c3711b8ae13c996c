import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { JsonRpcChain } from "../../adapters/ethereum/json_rpc_chain.ts";
import { connectNode } from "../../app/node_connection.ts";
import type { Address } from "../../domain/address.ts";
import { startAnsweringNode } from "./bad_node.ts";

const WALLET = `0x${"a1".repeat(20)}` as Address;

Deno.test("feeQuote() without eth_maxPriorityFeePerGas takes the tip out of the gas price", async () => {
  const quoted = async (baseFeePerGas: string | undefined, gasPrice: string) => {
    await using node = startAnsweringNode(({ method }) => {
      if (method === "eth_gasPrice") return { result: gasPrice };
      if (method === "eth_getBlockByNumber") return { result: { ...BLOCK, baseFeePerGas } };
      return { error: { code: -32601, message: "the method does not exist/is not available" } };
    });
    await using chain = new JsonRpcChain(connectNode(node.url, { timeoutMs: 2_000 }));
    return await chain.feeQuote();
  };
  deepStrictEqual(await quoted("0x64", "0x6e"), { kind: "eip1559", baseFeeWei: 100n, tipWei: 10n });
  deepStrictEqual(await quoted("0x64", "0x5"), { kind: "eip1559", baseFeeWei: 100n, tipWei: 0n });
  deepStrictEqual(await quoted(undefined, "0x6e"), { kind: "legacy", gasPriceWei: 110n });
});

Deno.test("health() tells a node that syncs, and peers", async () => {
  await using node = startAnsweringNode(({ method }) =>
    method === "eth_syncing" ? { result: { currentBlock: "0x1" } } : { result: "0x19" }
  );
  await using chain = new JsonRpcChain(connectNode(node.url, { timeoutMs: 2_000 }));
  deepStrictEqual(await chain.health(), { syncing: true, peers: 25 });
});

Deno.test("scan() asks once more for a block that was missing", async () => {
  let refused = 0;
  await using node = startAnsweringNode(({ params }) => {
    const number = Number(params[0]);
    if (number === 7 && refused++ === 0) return { result: null };
    const [hash, parentHash] = [hashOf(number), hashOf(number - 1)];
    return { result: { ...BLOCK, number: params[0], hash, parentHash, transactions: [] } };
  });
  await using chain = new JsonRpcChain(connectNode(node.url, { timeoutMs: 2_000 }));
  const blocks = await Array.fromAsync(chain.scan(WALLET, { from: 5, to: 90 }));
  strictEqual(blocks.length, 86);
  strictEqual(refused, 2);
});

Deno.test("scan() refuses blocks that do not link", async () => {
  await using node = startAnsweringNode(({ params }) => {
    const number = Number(params[0]);
    const parentHash = hashOf(number === 7 ? 99 : number - 1);
    const block = { ...BLOCK, number: params[0], hash: hashOf(number), parentHash };
    return { result: { ...block, transactions: [] } };
  });
  await using chain = new JsonRpcChain(connectNode(node.url, { timeoutMs: 2_000 }));
  await rejects(Array.fromAsync(chain.scan(WALLET, { from: 5, to: 9 })), /block 7 is not a child/);
});

const BLOCK = {
  number: "0x10",
  hash: hashOf(16),
  parentHash: hashOf(15),
  timestamp: "0x65a0f0f0",
};

function hashOf(number: number): string {
  return `0x${number.toString(16).padStart(64, "0")}`;
}
