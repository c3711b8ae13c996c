import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { JsonRpcChain } from "../../adapters/ethereum/json_rpc_chain.ts";
import { connectNode } from "../../app/node_connection.ts";
import type { Address, Hash } from "../../domain/address.ts";
import type { Fact } from "../../domain/fact.ts";
import type { Receipt } from "../../domain/ports/chain.ts";
import { type Asked, startAnsweringNode, startBadNode } from "./bad_node.ts";

const WALLET = `0x${"a1".repeat(20)}` as Address;

/** Twenty of ours in block 7, and as many of others as a test wants. */
const OURS = Array.from({ length: 20 }, (_, index) => hashOf(1_000 + index));

function hashOf(number: number): Hash {
  return `0x${number.toString(16).padStart(64, "0")}` as Hash;
}

function receiptOf(hash: unknown, block = 7): Record<string, string> {
  return {
    transactionHash: String(hash),
    blockHash: hashOf(block),
    blockNumber: `0x${block.toString(16)}`,
    status: "0x1",
  };
}

/** A node with block 7, in which `others` are besides ours; `answers` are those that it changes. */
function answerer(others: number, answers: (call: Asked) => object | undefined) {
  const transactions = [
    ...Array.from({ length: others }, (_, index) => hashOf(9_000 + index)),
    ...OURS,
  ];
  return (call: Asked): object => {
    const changed = answers(call);
    if (changed !== undefined) return changed;
    const { method, params: [first] } = call;
    if (method === "eth_getTransactionCount") return { result: "0x5" };
    if (method === "eth_getTransactionReceipt") return { result: receiptOf(first) };
    if (method === "eth_getBlockReceipts") {
      return { result: transactions.map((hash) => receiptOf(hash)) };
    }
    const number = Number(first);
    return {
      result: {
        number: first,
        hash: hashOf(number),
        parentHash: hashOf(number - 1),
        timestamp: "0x1",
        transactions: number === 7 ? transactions : [],
      },
    };
  };
}

/** What is asked and answered when receipts of ours are wanted, twice. */
async function observeTwice(answer: (call: Asked) => object): Promise<{
  readonly receipts: ReadonlyMap<Hash, Fact<Receipt>>;
  readonly methods: readonly string[];
}> {
  const methods: string[] = [];
  await using node = startAnsweringNode((call) => {
    if (/Receipt/.test(call.method)) methods.push(call.method);
    return answer(call);
  });
  await using chain = new JsonRpcChain(connectNode(node.url, { timeoutMs: 2_000 }));
  const question = {
    wallet: WALLET,
    headers: { from: 6, to: 8 },
    receipts: OURS,
    finalNumber: 5,
  };
  await chain.observe(question);
  const { receipts } = await chain.observe(question);
  return { receipts, methods };
}

function times(count: number, method: string): readonly string[] {
  return Array.from({ length: count }, () => method);
}

function kindsOf(receipts: ReadonlyMap<Hash, Fact<Receipt>>): ReadonlySet<string> {
  return new Set(OURS.map((hash) => receipts.get(hash)?.kind ?? "not there"));
}

Deno.test("observe() asks for a block's receipts at once where it is mostly ours", async () => {
  const { receipts, methods } = await observeTwice(answerer(20, () => undefined));
  deepStrictEqual(methods, times(2, "eth_getBlockReceipts"));
  strictEqual(receipts.size, OURS.length);
  deepStrictEqual(kindsOf(receipts), new Set(["present"]));
});

Deno.test("observe() asks for receipts one by one where a block is mostly others'", async () => {
  const { receipts, methods } = await observeTwice(answerer(21, () => undefined));
  deepStrictEqual(methods, times(40, "eth_getTransactionReceipt"));
  deepStrictEqual(kindsOf(receipts), new Set(["present"]));
});

Deno.test("observe() asks once whether a node offers a block's receipts", async () => {
  const { receipts, methods } = await observeTwice(
    answerer(
      0,
      ({ method }) =>
        method === "eth_getBlockReceipts"
          ? { error: { code: -32601, message: "the method does not exist/is not available" } }
          : undefined,
    ),
  );
  deepStrictEqual(methods, ["eth_getBlockReceipts", ...times(40, "eth_getTransactionReceipt")]);
  deepStrictEqual(kindsOf(receipts), new Set(["present"]));
});

const ODD_ANSWERS: Readonly<Record<string, unknown>> = {
  "null": null,
  "nothing": [],
  "one half": OURS.slice(10).map((hash) => receiptOf(hash)),
  "no list": { receipts: [] },
  "no receipts": [null, 1, "x", {}],
  "receipts of nowhere": OURS.map((hash) => ({ transactionHash: hash })),
  "broken receipts": OURS.map((hash) => ({ ...receiptOf(hash), status: "0x7" })),
};

for (const [what, result] of Object.entries(ODD_ANSWERS)) {
  Deno.test(`observe() concludes nothing from a block whose receipts are ${what}`, async () => {
    const { receipts, methods } = await observeTwice(
      answerer(0, ({ method, params: [hash] }) => {
        if (method === "eth_getBlockReceipts") return { result };
        // One of them is really not there, and one the node does not say.
        if (method !== "eth_getTransactionReceipt") return undefined;
        if (hash === OURS[0]) return { result: null };
        if (hash === OURS[1]) return { error: { code: -32000, message: "busy" } };
        return undefined;
      }),
    );
    const asked = methods.filter((method) => method === "eth_getTransactionReceipt").length;
    strictEqual(asked, what === "one half" ? 20 : 40);
    strictEqual(receipts.get(OURS[0] ?? hashOf(0))?.kind, "absent");
    strictEqual(receipts.get(OURS[1] ?? hashOf(0))?.kind, "unknown");
    deepStrictEqual(kindsOf(receipts), new Set(["absent", "unknown", "present"]));
  });
}

Deno.test("observe() waits for a silent node once", async () => {
  await using node = startBadNode(async () => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    return new Response();
  });
  await using chain = new JsonRpcChain(connectNode(node.url, { timeoutMs: 100 }));
  const { receipts, headers } = await chain.observe({
    wallet: WALLET,
    headers: { from: 6, to: 8 },
    receipts: OURS,
    finalNumber: 5,
  });
  strictEqual(node.bodies.length, 1);
  strictEqual(headers.kind, "unknown");
  deepStrictEqual(kindsOf(receipts), new Set(["unknown"]));
});
