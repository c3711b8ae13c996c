import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { JsonRpcChain } from "../../adapters/ethereum/json_rpc_chain.ts";
import type { RpcCall } from "../../adapters/ethereum/rpc_connection.ts";
import { connectNode } from "../../app/node_connection.ts";
import type { Address, Hash, Hex } from "../../domain/address.ts";
import { Fault, type FaultKind } from "../../domain/fault.ts";
import { echo, endless, startBadNode } from "./bad_node.ts";

const WALLET = `0x${"a1".repeat(20)}` as Address;
const HASHES = Array.from({ length: 5 }, (_, index) => `0x${`${index}f`.repeat(32)}` as Hash);
const CALLS: readonly RpcCall[] = HASHES.map((hash) => ({ method: "echo", params: [hash] }));
const HTML = "<!doctype html>\n<html><body>502 Bad Gateway</body></html>";

/** How a node may answer a single question, and what is said of it. */
const BAD_ANSWERS: readonly {
  readonly what: string;
  readonly respond: () => Response;
  readonly kind: FaultKind;
  readonly says: string;
}[] = [
  {
    what: "HTML",
    respond: () => new Response(HTML),
    kind: "chain-nonsense",
    says: "answered HTML (HTTP 200), expected JSON-RPC",
  },
  {
    what: "a gateway's error",
    respond: () => new Response(HTML, { status: 502 }),
    kind: "chain-nonsense",
    says: "answered HTML (HTTP 502), expected JSON-RPC",
  },
  {
    what: "garbage",
    respond: () => new Response(new Uint8Array([0xff, 0xfe, 0x00, 0x01])),
    kind: "chain-nonsense",
    says: "answered no JSON (HTTP 200), expected JSON-RPC",
  },
  {
    what: "nothing",
    respond: () => new Response(""),
    kind: "chain-nonsense",
    says: "answered nothing (HTTP 200), expected JSON-RPC",
  },
  {
    what: "a redirection",
    respond: () => new Response("", { status: 302, headers: { location: "http://127.0.0.1:9" } }),
    kind: "chain-nonsense",
    says: "answered nothing (HTTP 302), expected JSON-RPC",
  },
  {
    what: "another kind of JSON",
    respond: () => Response.json("hello"),
    kind: "chain-nonsense",
    says: "answered a batch with a string, expected a list",
  },
  {
    what: "an endless body",
    respond: () => new Response(endless(" ".repeat(1024 * 1024), 0)),
    kind: "chain-nonsense",
    says: "answered more than 32 MiB",
  },
  {
    what: "slow bytes",
    respond: () => new Response(endless(" ", 20)),
    kind: "chain-unreachable",
    says: "no answer within 300 ms",
  },
];

for (const { what, respond, kind, says } of BAD_ANSWERS) {
  // Only what is waited for ends by time: a busy machine must not turn nonsense into silence.
  const timeoutMs = kind === "chain-unreachable" ? 300 : 60_000;
  Deno.test(`a node that answers ${what}: one line, in time`, async () => {
    await using node = startBadNode(respond);
    await using chain = new JsonRpcChain(connectNode(node.url, { timeoutMs }));
    await rejects(() => chain.identity(), (fault) => {
      ok(fault instanceof Fault);
      strictEqual(fault.kind, kind);
      strictEqual(fault.message, `Cannot ask ${node.url} for eth_chainId: ${says}`);
      return true;
    });
    const { receipts } = await chain.observe({
      wallet: WALLET,
      headers: { from: 1, to: 3 },
      receipts: HASHES,
      finalNumber: 1,
    });
    deepStrictEqual([...receipts.values()].map((fact) => fact.kind), HASHES.map(() => "unknown"));
    strictEqual((await chain.broadcast(["0x00" as Hex]))[0]?.meaning, "unknown");
  });
}

Deno.test("a node that is not there: one line", async () => {
  const { port } = await closedPort();
  await using chain = new JsonRpcChain(
    connectNode(`http://127.0.0.1:${port}`, { timeoutMs: 2_000 }),
  );
  await rejects(() => chain.tip(WALLET), (fault) => {
    ok(fault instanceof Fault);
    strictEqual(fault.kind, "chain-unreachable");
    match(
      fault.message,
      /^Cannot ask http:\/\/127\.0\.0\.1:\d+ for eth_getBlockByNumber: .*refused/,
    );
    return true;
  });
});

Deno.test("a node that never answers is waited for once, not once a request", async () => {
  await using node = startBadNode(() => new Response(endless(" ", 20)));
  await using connection = connectNode(node.url, { timeoutMs: 200 });
  const calls = Array.from({ length: 2_000 }, (_, index) => ({ method: "m", params: [index] }));
  const answers = await connection.batch(calls);
  ok(answers.every(({ kind }) => kind === "silence"));
  strictEqual(node.bodies.length, 2);
});

Deno.test("a signal gives a question up", async () => {
  await using node = startBadNode(() => new Response(endless(" ", 20)));
  await using connection = connectNode(node.url, { timeoutMs: 60_000 });
  const [answer] = await connection.batch(CALLS, { signal: AbortSignal.abort() });
  deepStrictEqual(answer, { kind: "silence", why: "given up" });
});

Deno.test("credentials are sent, and never shown", async () => {
  await using node = startBadNode((body) => {
    const one = echo(body)[0];
    const message =
      "user pool-user with p%40ss/word and p@ss/word has no /v3/s3cretkey?apikey=abcdef";
    return Response.json({ ...one, result: undefined, error: { code: -1, message } });
  });
  const url = `http://pool-user:p%40ss%2Fword@127.0.0.1:${node.port}/v3/s3cretkey?apikey=abcdef`;
  await using connection = connectNode(url, { timeoutMs: 2_000 });
  strictEqual(connection.name, `http://127.0.0.1:${node.port}/…`);
  const [answer] = await connection.batch(CALLS.slice(0, 1));
  strictEqual(node.authorizations[0], `Basic ${btoa("pool-user:p@ss/word")}`);
  for (const secret of ["pool-user", "p@ss", "s3cretkey", "abcdef"]) {
    ok(!JSON.stringify(answer).includes(secret), secret);
  }
});

Deno.test("credentials are not shown of a node that is not there", async () => {
  const { port } = await closedPort();
  const url = `http://pool-user:hunter22@127.0.0.1:${port}/v3/s3cretkey`;
  await using chain = new JsonRpcChain(connectNode(url, { timeoutMs: 2_000 }));
  await rejects(() => chain.identity(), (fault) => {
    ok(!/pool-user|hunter22|s3cretkey/.test(Deno.inspect(fault)));
    return true;
  });
});

Deno.test("connectNode() refuses what is no endpoint, without showing it", () => {
  for (const url of ["", "127.0.0.1:8545", "ftp://me:hunter22@host", "http://", "redis"]) {
    let fault: unknown;
    try {
      connectNode(url, { timeoutMs: 1_000 });
    } catch (error) {
      fault = error;
    }
    ok(fault instanceof Fault && fault.kind === "config", url);
    ok(!fault.message.includes("hunter22"));
  }
});

async function closedPort(): Promise<{ readonly port: number }> {
  const node = startBadNode(() => new Response());
  await node[Symbol.asyncDispose]();
  return { port: node.port };
}
