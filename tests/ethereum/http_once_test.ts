import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { connectNode } from "../../adapters/ethereum/connect_node.ts";
import { startTcpProxy } from "../support/tcp_proxy.ts";

Deno.test("a request over HTTP is not said again when its connection breaks", async () => {
  const served: string[] = [];
  const answer = async (request: Request): Promise<Response> => {
    const { id, method } = await request.json();
    served.push(method);
    return Response.json({ jsonrpc: "2.0", id, result: "0x1" });
  };
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, answer);
  try {
    await using proxy = startTcpProxy(server.addr.port);
    await using node = connectNode(`http://127.0.0.1:${proxy.port}`, { timeoutMs: 5_000 });
    const call = async (method: string) => (await node.batch([{ method, params: [] }]))[0]?.kind;
    strictEqual(await call("eth_chainId"), "result");
    const stopped = proxy.intercept("eth_sendTransaction");
    const sent = call("eth_sendTransaction");
    await (await stopped).cutAtAnswer();
    strictEqual(await sent, "silence");
    deepStrictEqual(served, ["eth_chainId", "eth_sendTransaction"]);
  } finally {
    await server.shutdown();
  }
});
