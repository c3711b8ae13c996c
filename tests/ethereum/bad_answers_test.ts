import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import fc from "fast-check";
import { matchAnswers } from "../../adapters/ethereum/connection/batch_answers.ts";
import { JsonRpcChain } from "../../adapters/ethereum/json_rpc_chain.ts";
import type { RpcCall } from "../../adapters/ethereum/rpc_connection.ts";
import { connectNode } from "../../app/node_connection.ts";
import type { Address, Hash, Hex } from "../../domain/address.ts";
import { Fault, type FaultKind } from "../../domain/fault.ts";
import { type Asked, endless, startAnsweringNode, startBadNode } from "./bad_node.ts";

const WALLET = `0x${"a1".repeat(20)}` as Address;
const HASHES = Array.from({ length: 5 }, (_, index) => `0x${`${index}f`.repeat(32)}` as Hash);
const CALLS: readonly RpcCall[] = HASHES.map((hash) => ({ method: "echo", params: [hash] }));
const HTML = "<!doctype html>\n<html><body>502 Bad Gateway</body></html>";
const BOUND_MS = 5_000;

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
  Deno.test(`a node that answers ${what}: one line, in time`, async () => {
    await using node = startBadNode(respond);
    await using chain = new JsonRpcChain(connectNode(node.url, { timeoutMs: 300 }));
    const started = performance.now();
    await rejects(() => chain.identity(), (fault) => {
      ok(fault instanceof Fault);
      equal(fault.kind, kind);
      equal(fault.message, `Cannot ask ${node.url} for eth_chainId: ${says}`);
      return true;
    });
    const { receipts } = await chain.observe({
      wallet: WALLET,
      headers: { from: 1, to: 3 },
      receipts: HASHES,
      finalNumber: 1,
    });
    deepEqual([...receipts.values()].map((fact) => fact.kind), HASHES.map(() => "unknown"));
    equal((await chain.broadcast(["0x00" as Hex]))[0]?.meaning, "unknown");
    ok(performance.now() - started < BOUND_MS);
  });
}

Deno.test("a node that is not there: one line", async () => {
  const { port } = await closedPort();
  await using chain = new JsonRpcChain(
    connectNode(`http://127.0.0.1:${port}`, { timeoutMs: 2_000 }),
  );
  await rejects(() => chain.tip(WALLET), (fault) => {
    ok(fault instanceof Fault);
    equal(fault.kind, "chain-unreachable");
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
  const started = performance.now();
  const calls = Array.from({ length: 2_000 }, (_, index) => ({ method: "m", params: [index] }));
  const answers = await connection.batch(calls);
  ok(answers.every(({ kind }) => kind === "silence"));
  ok(performance.now() - started < 1_000);
  equal(node.bodies.length, 2);
});

Deno.test("a signal gives a question up", async () => {
  await using node = startBadNode(() => new Response(endless(" ", 20)));
  await using connection = connectNode(node.url, { timeoutMs: 60_000 });
  const [answer] = await connection.batch(CALLS, { signal: AbortSignal.abort() });
  deepEqual(answer, { kind: "silence", why: "given up" });
});

Deno.test("a batch that comes shuffled is put in order", async () => {
  await using node = startBadNode((body) => Response.json(echo(body).reverse()));
  await using connection = connectNode(node.url, { timeoutMs: 2_000 });
  const answers = await connection.batch(CALLS);
  deepEqual(answers, HASHES.map((result) => ({ kind: "result", result })));
});

Deno.test("a batch that comes short leaves the rest unknown", async () => {
  await using node = startBadNode((body) => Response.json(echo(body).slice(1, 3)));
  await using connection = connectNode(node.url, { timeoutMs: 2_000 });
  const answers = await connection.batch(CALLS);
  deepEqual(answers.map(({ kind }) => kind), [
    "nonsense",
    "result",
    "result",
    "nonsense",
    "nonsense",
  ]);
  deepEqual(answers[0], {
    kind: "nonsense",
    why: "answered 2 of 5 calls, and not this one",
  });
});

Deno.test("answers with the wrong ids are nobody's", async () => {
  await using node = startBadNode((body) =>
    Response.json(echo(body).map((entry) => ({ ...entry, id: `${entry.id}` })))
  );
  await using connection = connectNode(node.url, { timeoutMs: 2_000 });
  ok((await connection.batch(CALLS)).every(({ kind }) => kind === "nonsense"));
  equal((await connection.batch(CALLS.slice(0, 1)))[0]?.kind, "nonsense");
});

Deno.test("a call that is answered twice is not answered", async () => {
  await using node = startBadNode((body) =>
    Response.json(echo(body).map((entry) => ({ ...entry, id: echo(body)[0]?.id })))
  );
  await using connection = connectNode(node.url, { timeoutMs: 2_000 });
  ok((await connection.batch(CALLS)).every(({ kind }) => kind === "nonsense"));
});

Deno.test("a node that takes no batches is asked one by one", async () => {
  await using node = startBadNode((body) => {
    const asked = JSON.parse(body);
    if (!Array.isArray(asked)) return Response.json(echo(body)[0]);
    const error = { code: -32600, message: "Invalid Request" };
    return Response.json({ jsonrpc: "2.0", id: null, error });
  });
  await using connection = connectNode(node.url, { timeoutMs: 2_000 });
  deepEqual(await connection.batch(CALLS), HASHES.map((result) => ({ kind: "result", result })));
  const asked = node.bodies.length;
  await connection.batch(CALLS);
  equal(node.bodies.length - asked, CALLS.length);
});

Deno.test("a proxy that refuses a large request is sent smaller ones", async () => {
  await using node = startBadNode((body) =>
    body.length > 2_000 ? new Response("", { status: 413 }) : Response.json(echo(body))
  );
  await using connection = connectNode(node.url, { timeoutMs: 2_000 });
  const calls = Array.from({ length: 90 }, () => CALLS[0]!);
  ok((await connection.batch(calls)).every(({ kind }) => kind === "result"));
});

Deno.test("a node that answers too many calls with one error is not asked harder", async () => {
  const error = { code: -32005, message: "too many requests" };
  await using node = startBadNode(() => Response.json({ jsonrpc: "2.0", id: null, error }));
  await using connection = connectNode(node.url, { timeoutMs: 2_000 });
  const answers = await connection.batch(CALLS);
  ok(answers.every(({ kind }) => kind === "nonsense"));
  equal(node.bodies.length, 1);
});

Deno.test("many calls go in batches of 100, two at a time", async () => {
  let [riding, most] = [0, 0];
  await using node = startBadNode(async (body) => {
    most = Math.max(most, ++riding);
    await new Promise((resolve) => setTimeout(resolve, 5));
    riding--;
    return Response.json(echo(body));
  });
  await using connection = connectNode(node.url, { timeoutMs: 2_000 });
  const calls = Array.from({ length: 950 }, (_, index) => ({ method: "m", params: [index] }));
  const answers = await connection.batch(calls);
  deepEqual(answers, calls.map((_, result) => ({ kind: "result", result })));
  equal(node.bodies.length, 10);
  equal(most, 2);
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
  equal(connection.name, `http://127.0.0.1:${node.port}/…`);
  const [answer] = await connection.batch(CALLS.slice(0, 1));
  equal(node.authorizations[0], `Basic ${btoa("pool-user:p@ss/word")}`);
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
  deepEqual(await quoted("0x64", "0x6e"), { kind: "eip1559", baseFeeWei: 100n, tipWei: 10n });
  deepEqual(await quoted("0x64", "0x5"), { kind: "eip1559", baseFeeWei: 100n, tipWei: 0n });
  deepEqual(await quoted(undefined, "0x6e"), { kind: "legacy", gasPriceWei: 110n });
});

Deno.test("health() tells a node that syncs, and peers", async () => {
  await using node = startAnsweringNode(({ method }) =>
    method === "eth_syncing" ? { result: { currentBlock: "0x1" } } : { result: "0x19" }
  );
  await using chain = new JsonRpcChain(connectNode(node.url, { timeoutMs: 2_000 }));
  deepEqual(await chain.health(), { syncing: true, peers: 25 });
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
  equal(blocks.length, 86);
  equal(refused, 2);
});

Deno.test("scan() refuses blocks that do not link", async () => {
  await using node = startAnsweringNode(({ params }) => {
    const number = Number(params[0]);
    const parentHash = hashOf(number === 7 ? 99 : number - 1);
    const block = { ...BLOCK, number: params[0], hash: hashOf(number), parentHash };
    return { result: { ...block, transactions: [] } };
  });
  await using chain = new JsonRpcChain(connectNode(node.url, { timeoutMs: 2_000 }));
  await rejects(Array.fromAsync(chain.scan(WALLET, { from: 5, to: 9 })), /block 7 is no child/);
});

Deno.test("matchAnswers() answers every call once, whatever comes", () => {
  const ids = [4, 5, 6];
  const entry = fc.record({
    id: fc.oneof(fc.constantFrom(...ids), fc.anything()),
    result: fc.anything(),
    error: fc.oneof(fc.constant(undefined), fc.anything()),
  }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.oneof(fc.array(entry), entry, fc.anything()), (value) => {
      const matched = matchAnswers(value, ids);
      if (matched.kind === "refused") return;
      equal(matched.answers.length, ids.length);
      const results = matched.answers.filter(({ kind }) => kind === "result").length;
      ok(results <= (Array.isArray(value) ? value.length : 0));
    }),
    { numRuns: 2_000 },
  );
});

const BLOCK = {
  number: "0x10",
  hash: HASHES[0],
  parentHash: HASHES[1],
  timestamp: "0x65a0f0f0",
};

function hashOf(number: number): string {
  return `0x${number.toString(16).padStart(64, "0")}`;
}

function echo(body: string): { id: unknown; result: unknown }[] {
  const asked: Asked | Asked[] = JSON.parse(body);
  return [asked].flat().map(({ id, params }) => ({ id, result: params[0] }));
}

async function closedPort(): Promise<{ readonly port: number }> {
  const node = startBadNode(() => new Response());
  await node[Symbol.asyncDispose]();
  return { port: node.port };
}
