import { deepStrictEqual, match, ok, strictEqual, throws } from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { JsonSplitter } from "../../adapters/ethereum/connection/json_splitter.ts";
import { connectNode } from "../../app/node_connection.ts";
import type { Asked } from "./bad_node.ts";

const CALLS = Array.from({ length: 5 }, (_, index) => ({ method: "echo", params: [index] }));
const RESULTS = CALLS.map((_, result) => ({ kind: "result", result }));

Deno.test("an IPC socket is asked in batches, and again after it was lost", async () => {
  await using node = startIpcNode((text) => `\n${JSON.stringify(echo(text))}\n`);
  await using connection = connectNode(node.path, { timeoutMs: 2_000 });
  strictEqual(connection.name, node.path);
  deepStrictEqual(await connection.batch(CALLS), RESULTS);
  node.dropAll();
  await connection.batch(CALLS);
  deepStrictEqual(await connection.batch(CALLS), RESULTS);
});

Deno.test("an IPC socket carries questions at the same time", async () => {
  const texts: string[] = [];
  await using node = startIpcNode((text) => {
    texts.push(text);
    return texts.length < 2 ? "" : texts.reverse().map((one) => JSON.stringify(echo(one))).join("");
  });
  await using connection = connectNode(node.path, { timeoutMs: 2_000 });
  const [one, other] = await Promise.all([
    connection.batch(CALLS),
    connection.batch([{ method: "echo", params: ["other"] }]),
  ]);
  deepStrictEqual(one, RESULTS);
  deepStrictEqual(other, [{ kind: "result", result: "other" }]);
});

Deno.test("an IPC socket that sends garbage, nothing or no end is no node", async () => {
  const answers = { garbage: "HTTP/1.1 400 Bad Request\r\n", nothing: "", "no end": '[{"id":1' };
  for (const [what, answer] of Object.entries(answers)) {
    await using node = startIpcNode(() => answer);
    await using connection = connectNode(node.path, { timeoutMs: 200 });
    const [first] = await connection.batch(CALLS);
    ok(first?.kind === "silence", what);
    match(first.why, what === "garbage" ? /no JSON/ : /no answer within 200 ms/);
  }
});

Deno.test("an IPC socket that is not there is silence", async () => {
  await using connection = connectNode("/nowhere/geth.ipc", { timeoutMs: 500 });
  const [first] = await connection.batch(CALLS);
  ok(first?.kind === "silence");
  match(first.why, /No such file/);
});

Deno.test("a WebSocket is asked again after it was lost, with its credentials", async () => {
  const authorizations: (string | null)[] = [];
  const sockets: WebSocket[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => undefined },
    (request) => {
      authorizations.push(request.headers.get("authorization"));
      const { socket, response } = Deno.upgradeWebSocket(request);
      sockets.push(socket);
      socket.onmessage = ({ data }) => socket.send(JSON.stringify(echo(data)));
      return response;
    },
  );
  const url = `ws://me:hunter22@127.0.0.1:${server.addr.port}`;
  await using connection = connectNode(url, { timeoutMs: 2_000 });
  strictEqual(connection.name, `ws://127.0.0.1:${server.addr.port}`);
  deepStrictEqual(await connection.batch(CALLS), RESULTS);
  await closed(sockets[0]);
  await connection.batch(CALLS); // The loss may be noticed by this one.
  deepStrictEqual(await connection.batch(CALLS), RESULTS);
  ok(authorizations.length >= 2);
  ok(authorizations.every((header) => header === `Basic ${btoa("me:hunter22")}`));
});

Deno.test("a WebSocket that refuses, or sends what is no JSON-RPC, is no node", async () => {
  await using refusing = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => undefined },
    () => new Response("no", { status: 403 }),
  );
  await using talking = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => undefined },
    (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onmessage = () => socket.send("<html>");
      return response;
    },
  );
  await using refused = connectNode(`ws://127.0.0.1:${refusing.addr.port}`, { timeoutMs: 1_000 });
  strictEqual((await refused.batch(CALLS))[0]?.kind, "silence");
  await using html = connectNode(`ws://127.0.0.1:${talking.addr.port}`, { timeoutMs: 1_000 });
  deepStrictEqual((await html.batch(CALLS))[0], {
    kind: "nonsense",
    why: "answered HTML, expected JSON-RPC",
  });
});

Deno.test("a WebSocket to a server that never opens it is given up", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  await using connection = connectNode(`ws://127.0.0.1:${listener.addr.port}`, { timeoutMs: 200 });
  const [first] = await connection.batch(CALLS);
  deepStrictEqual(first, { kind: "silence", why: "no answer within 200 ms" });
  (await accepted).close();
});

Deno.test("a WebSocket that falls silent is opened anew, and does not hold up the end", async () => {
  let connections = 0;
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const silent: Deno.Conn[] = [];
  const serving = (async () => {
    for await (const connection of listener) {
      connections++;
      silent.push(connection);
      await shakeHands(connection);
    }
  })();
  const url = `ws://127.0.0.1:${listener.addr.port}`;
  const connection = connectNode(url, { timeoutMs: 200 });
  strictEqual((await connection.batch(CALLS))[0]?.kind, "silence");
  strictEqual((await connection.batch(CALLS))[0]?.kind, "silence");
  strictEqual(connections, 2);
  await connection[Symbol.asyncDispose]();
  for (const one of silent) one.close();
  listener.close();
  await serving;
});

Deno.test("JsonSplitter() gives back what was joined, however it was cut", () => {
  const value = fc.oneof(fc.object({ withBigInt: false }), fc.array(fc.jsonValue()));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(value, fc.constantFrom("", "\n", " \r\n"))),
      fc.integer({ min: 1, max: 50 }),
      (values, size) => {
        const texts = values.map(([one]) => JSON.stringify(one) ?? "{}");
        const stream = texts.map((text, index) => text + values[index]![1]).join("");
        const splitter = new JsonSplitter();
        const found: string[] = [];
        for (let start = 0; start < stream.length; start += size) {
          found.push(...splitter.push(stream.slice(start, start + size)));
        }
        deepStrictEqual(found.map((text) => text.trim()), texts);
      },
    ),
  );
});

Deno.test("JsonSplitter() refuses what does not end", () => {
  const splitter = new JsonSplitter();
  const piece = `["${"x".repeat(8 * 1024 * 1024)}`;
  throws(() => {
    for (let pieces = 0; pieces < 6; pieces++) splitter.push(piece.slice(pieces === 0 ? 0 : 2));
  }, /more than 32 MiB/);
});

/** A node behind a socket of this machine, which gives each request to `respond`. */
function startIpcNode(respond: (text: string) => string) {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/node.ipc`;
  const listener = Deno.listen({ transport: "unix", path });
  const open = new Set<Deno.UnixConn>();
  const serving: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const connection of listener) serving.push(serve(connection));
  })();
  async function serve(connection: Deno.UnixConn): Promise<void> {
    open.add(connection);
    const splitter = new JsonSplitter();
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (let read; (read = await connection.read(buffer)) !== null;) {
        const text = new TextDecoder().decode(buffer.subarray(0, read));
        for (const request of splitter.push(text)) {
          await connection.write(new TextEncoder().encode(respond(request)));
        }
      }
    } catch {
      // The test dropped it.
    }
    drop(connection);
  }
  function drop(connection: Deno.UnixConn): void {
    if (open.delete(connection)) connection.close();
  }
  function dropAll(): void {
    for (const connection of [...open]) drop(connection);
  }
  return {
    path,
    dropAll,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      dropAll();
      await accepting;
      await Promise.all(serving);
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Opens a WebSocket by hand (RFC 6455), and says nothing more. */
async function shakeHands(connection: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(4096);
  const request = new TextDecoder().decode(buffer.subarray(0, await connection.read(buffer) ?? 0));
  const key = /sec-websocket-key: (.*)\r/i.exec(request)?.[1];
  const proof = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  await connection.write(new TextEncoder().encode(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Accept: ${proof.digest("base64")}\r\n\r\n`,
  ));
}

function echo(text: string): unknown {
  const asked: Asked | Asked[] = JSON.parse(text);
  const one = ({ id, params }: Asked) => ({ jsonrpc: "2.0", id, result: params[0] });
  return Array.isArray(asked) ? asked.map(one) : one(asked);
}

function closed(socket: WebSocket | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (socket === undefined) return resolve();
    socket.onclose = () => resolve();
    socket.close();
  });
}
