import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { matchAnswers } from "../../adapters/ethereum/connection/batch_answers.ts";
import { connectNode } from "../../app/node_connection.ts";
import { echo, startBadNode } from "./bad_node.ts";

const NAMES = ["one", "two", "three", "four", "five"];
const CALLS = NAMES.map((name) => ({ method: "echo", params: [name] }));
const RESULTS = NAMES.map((result) => ({ kind: "result", result }));

Deno.test("a batch that comes shuffled is put in order", async () => {
  await using node = startBadNode((body) => Response.json(echo(body).reverse()));
  await using connection = connectNode(node.url, { timeoutMs: 2_000 });
  const answers = await connection.batch(CALLS);
  deepStrictEqual(answers, RESULTS);
});

Deno.test("a batch that comes short leaves the rest unknown", async () => {
  await using node = startBadNode((body) => Response.json(echo(body).slice(1, 3)));
  await using connection = connectNode(node.url, { timeoutMs: 2_000 });
  const answers = await connection.batch(CALLS);
  deepStrictEqual(answers.map(({ kind }) => kind), [
    "nonsense",
    "result",
    "result",
    "nonsense",
    "nonsense",
  ]);
  deepStrictEqual(answers[0], {
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
  strictEqual((await connection.batch(CALLS.slice(0, 1)))[0]?.kind, "nonsense");
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
  deepStrictEqual(await connection.batch(CALLS), RESULTS);
  const asked = node.bodies.length;
  await connection.batch(CALLS);
  strictEqual(node.bodies.length - asked, CALLS.length);
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
  strictEqual(node.bodies.length, 1);
});

Deno.test("many calls go in batches of 200, two at a time", async () => {
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
  deepStrictEqual(answers, calls.map((_, result) => ({ kind: "result", result })));
  strictEqual(node.bodies.length, 5);
  strictEqual(most, 2);
});

Deno.test("calls in order go one request at a time, also when the node wants smaller ones", async () => {
  let [riding, most] = [0, 0];
  const arrived: number[] = [];
  await using node = startBadNode(async (body) => {
    const asked: { id: number; params: [number] }[] = JSON.parse(body);
    most = Math.max(most, ++riding);
    await new Promise((resolve) => setTimeout(resolve, 5));
    riding--;
    if (asked.length > 50) return Response.json({ error: { code: -32600, message: "too many" } });
    arrived.push(...asked.map(({ params: [index] }) => index));
    return Response.json(echo(body));
  });
  await using connection = connectNode(node.url, { timeoutMs: 2_000 });
  const calls = Array.from({ length: 450 }, (_, index) => ({ method: "m", params: [index] }));
  const answers = await connection.batch(calls, { inOrder: true });
  deepStrictEqual(answers, calls.map((_, result) => ({ kind: "result", result })));
  deepStrictEqual(arrived, calls.map((_, index) => index));
  strictEqual(most, 1);
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
      strictEqual(matched.answers.length, ids.length);
      const results = matched.answers.filter(({ kind }) => kind === "result").length;
      ok(results <= (Array.isArray(value) ? value.length : 0));
    }),
    { numRuns: 2_000 },
  );
});
