import { strictEqual } from "node:assert/strict";
import { JsonRpcChain } from "../../adapters/ethereum/json_rpc_chain.ts";
import { connectNode } from "../../app/node_connection.ts";
import type { TestAnvil } from "../support/anvil.ts";
import { type LinkProxy, startTcpProxy, startUnixProxy } from "../support/tcp_proxy.ts";
import { NODE_WIRES } from "../support/wires.ts";
import { anvilHarness } from "./anvil_chain.ts";
import { chainCutTests, type CutChainHarness } from "./chain_cut_tests.ts";
import { CALLS_A_REQUEST } from "./chain_questions.ts";
import { armCut, CUTS } from "./cuts.ts";

/** How long a link may take to end, in milliseconds. */
const GOODBYE_MS = 10_000;
const POLL_MS = 5;

chainCutTests("JSON-RPC over HTTP", () =>
  cutHarness([], ({ port }) => {
    const proxy = startTcpProxy(port, NODE_WIRES.http);
    return { proxy, endpoint: `http://127.0.0.1:${proxy.port}` };
  }));

chainCutTests("JSON-RPC over WebSocket", () =>
  cutHarness([], ({ port }) => {
    const proxy = startTcpProxy(port, NODE_WIRES.webSocket);
    return { proxy, endpoint: `ws://127.0.0.1:${proxy.port}` };
  }));

chainCutTests("JSON-RPC over IPC", async () => {
  const folder = await Deno.makeTempDir({ prefix: "paydirt-ipc-" });
  const harness = await cutHarness(["--ipc", `${folder}/anvil.ipc`], () => {
    const proxy = startUnixProxy(`${folder}/anvil.ipc`, NODE_WIRES.ipc);
    return { proxy, endpoint: proxy.path };
  });
  return {
    ...harness,
    async [Symbol.asyncDispose]() {
      await harness[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
});

/** Starts anvil with these flags, and a proxy in front of it. */
async function cutHarness(
  args: readonly string[],
  startProxy: (anvil: TestAnvil) => { readonly proxy: LinkProxy; readonly endpoint: string },
): Promise<CutChainHarness> {
  const behind = await anvilHarness({ args }, (url) => url);
  const { proxy, endpoint } = startProxy(behind.anvil);
  return {
    ...behind,
    cuts: CUTS,
    open: (timeoutMs) =>
      new JsonRpcChain(connectNode(endpoint, { timeoutMs, maxCalls: CALLS_A_REQUEST })),
    arm: (cut, nth) => armCut(proxy, cut, nth),
    async demandNoLink() {
      const deadline = Date.now() + GOODBYE_MS;
      while (proxy.countLinks() > 0 && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
      strictEqual(proxy.countLinks(), 0, "links that are left");
    },
    async snapshot() {
      const id = await behind.anvil.rpc("evm_snapshot");
      return { [Symbol.asyncDispose]: () => behind.anvil.rpc("evm_revert", [id]) };
    },
    async [Symbol.asyncDispose]() {
      await behind[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
    },
  };
}
