import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { ByteSource } from "../../adapters/ethereum/connection/byte_source.ts";
import {
  OPCODES,
  readFrames,
  type Said,
  writeFrame,
} from "../../adapters/ethereum/connection/web_socket_frames.ts";
import { connectNode } from "../../app/node_connection.ts";
import type { Asked } from "./bad_node.ts";

const CERTIFICATES = new URL("../redis/certificate/", import.meta.url);
const CALLS = [0, 1, 2].map((index) => ({ method: "echo", params: [index] }));
const RESULTS = CALLS.map((_, result) => ({ kind: "result", result }));

Deno.test("readFrames() reads what a node says, however it is cut into frames and pieces", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          text: fc.string({ unit: "binary", maxLength: 400 }),
          cuts: fc.array(fc.nat(400), { maxLength: 3 }),
          ping: fc.boolean(),
        }),
        { maxLength: 4 },
      ),
      fc.integer({ min: 1, max: 300 }),
      async (messages, size) => {
        const frames = messages.flatMap(({ text, cuts, ping }) => framesOf(text, { cuts, ping }));
        const said: Said[] = [];
        const stream = joined([...frames, frameOf(OPCODES.close, "", true)]);
        for await (const one of readFrames(new ByteSource(pieces(stream, size)))) said.push(one);
        const texts = said.flatMap((one) => one.kind === "message" ? [one.text] : []);
        deepStrictEqual(texts, messages.map(({ text }) => new TextDecoder().decode(encode(text))));
        strictEqual(said.length - texts.length, messages.filter(({ ping }) => ping).length);
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("readFrames() refuses what no server writes, before it takes its payload", async () => {
  const table: [bytes: number[], says: RegExp][] = [
    [[0x81, 0x85, 1, 2, 3, 4], /that is not WebSocket/], // Masked.
    [[0xc1, 0x01, 0x61], /that is not WebSocket/], // An extension that nobody asked for.
    [[0x83, 0x01, 0x61], /that is not WebSocket/], // No such frame.
    [[0x80, 0x01, 0x61], /that is not WebSocket/], // Nothing goes on.
    [[0x01, 0x01, 0x61, 0x81, 0x01, 0x61], /that is not WebSocket/], // The message before goes on.
    [[0x09, 0x01, 0x61], /that is not WebSocket/], // A ping in pieces.
    [[0x89, 0x7e, 0x00, 0x7e], /that is not WebSocket/], // A ping of 126 bytes.
    [[0x81, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], /more than 32 MiB/],
    [[0x81, 0x7f, 0, 0, 0, 0, 0x02, 0, 0, 1], /more than 32 MiB/],
    [[0x81, 0x05, 0x61], /the connection was closed/],
    [[0x81], /the connection was closed/],
    [[], /the connection was closed/],
  ];
  for (const [bytes, says] of table) {
    const reading = readFrames(new ByteSource(pieces(new Uint8Array(bytes), 100)));
    const told = await reading.next().catch(String);
    match(String(told), says, bytes.join());
  }
});

Deno.test("writeFrame() masks what it writes, of any length", () => {
  for (const length of [0, 1, 125, 126, 65_535, 65_536, 200_000]) {
    const payload = new Uint8Array(length).map((_, index) => index);
    const frame = writeFrame(OPCODES.text, payload);
    const extra = length <= 125 ? 0 : length < 65_536 ? 2 : 8;
    strictEqual(frame.length, 2 + extra + 4 + length);
    strictEqual(frame[0], 0x81);
    ok((frame[1]! & 0x80) !== 0);
    const mask = frame.subarray(2 + extra, 6 + extra);
    deepStrictEqual(frame.slice(6 + extra).map((byte, index) => byte ^ mask[index % 4]!), payload);
  }
});

Deno.test("a WebSocket carries large questions and answers, pings and goodbyes", async () => {
  await using server = serve({});
  await using connection = connectNode(`ws://127.0.0.1:${server.port}/v3/key?a=b`, {
    timeoutMs: 10_000,
  });
  for (const size of [1, 100, 60_000, 300_000]) {
    const text = "é".repeat(size);
    deepStrictEqual(await connection.batch([{ method: "echo", params: [text] }]), [
      { kind: "result", result: text },
    ]);
  }
  deepStrictEqual(server.asked, ["/v3/key?a=b"]);
});

Deno.test("a WebSocket over TLS trusts whom Deno was told to trust, and nobody else", async () => {
  await using server = serve({
    cert: await Deno.readTextFile(new URL("cert.pem", CERTIFICATES)),
    key: await Deno.readTextFile(new URL("key.pem", CERTIFICATES)),
  });
  const url = `wss://127.0.0.1:${server.port}`;
  await using untrusting = connectNode(url, { timeoutMs: 10_000 });
  const [refused] = await untrusting.batch(CALLS);
  ok(refused?.kind === "silence");
  match(refused.why, /certificate|UnknownIssuer|self.signed/i);
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `
      import { connectNode } from "./app/node_connection.ts";
      const connection = connectNode(${JSON.stringify(url)}, { timeoutMs: 10_000 });
      console.log(JSON.stringify(await connection.batch(${JSON.stringify(CALLS)})));
      await connection[Symbol.asyncDispose]();
    `,
    ],
    cwd: new URL("../..", import.meta.url),
    env: { DENO_CERT: new URL("cert.pem", CERTIFICATES).pathname, NO_COLOR: "1" },
  }).output();
  deepStrictEqual(
    JSON.parse(new TextDecoder().decode(stdout) || "null"),
    RESULTS,
    new TextDecoder().decode(stderr),
  );
});

Deno.test("a WebSocket says why it was not opened", async () => {
  const table: [answer: string, says: RegExp][] = [
    ["HTTP/1.1 403 Forbidden\r\n\r\n", /^answered HTTP 403, expected a WebSocket$/],
    ["HTTP/1.1 101 Switching Protocols\r\n\r\n", /answered the handshake .* wrongly/],
    ["220 smtp.example\r\n\r\n", /^answered no HTTP, expected a WebSocket$/],
    ["", /the connection was closed/],
    ["x".repeat(100_000), /no end within 65536 bytes/],
  ];
  for (const [answer, says] of table) {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const serving = (async () => {
      using accepted = await listener.accept();
      await accepted.read(new Uint8Array(4_096));
      for (let start = 0, bytes = encode(answer); start < bytes.length;) {
        start += await accepted.write(bytes.subarray(start));
      }
    })();
    await using connection = connectNode(`ws://127.0.0.1:${listener.addr.port}`, {
      timeoutMs: 10_000,
    });
    const [first] = await connection.batch(CALLS);
    ok(first?.kind === "silence");
    match(first.why, says);
    await serving.catch(() => {/* It was hung up on. */});
  }
});

interface Server extends AsyncDisposable {
  readonly port: number;
  /** The paths that were asked for. */
  readonly asked: readonly string[];
}

/** The runtime's own WebSocket server, which echoes. */
function serve(tls: { readonly cert?: string; readonly key?: string }): Server {
  const asked: string[] = [];
  const options = { hostname: "127.0.0.1", port: 0, onListen() {}, ...tls };
  const server = Deno.serve(options, (request) => {
    const { pathname, search } = new URL(request.url);
    asked.push(`${pathname}${search}`);
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => socket.send(echo(data));
    return response;
  });
  return {
    port: server.addr.port,
    asked,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function echo(text: string): string {
  const asked: Asked | Asked[] = JSON.parse(text);
  const one = ({ id, params }: Asked) => ({ jsonrpc: "2.0", id, result: params[0] });
  return JSON.stringify(Array.isArray(asked) ? asked.map(one) : one(asked));
}

/** A message cut into frames, with a ping between them. */
function framesOf(
  text: string,
  { cuts, ping }: { readonly cuts: readonly number[]; readonly ping: boolean },
): readonly Uint8Array[] {
  const bytes = encode(text);
  const ends = [...new Set(cuts)].filter((cut) => cut < bytes.length).sort((a, b) => a - b);
  const frames = [...ends, bytes.length].map((end, index) => {
    const piece = bytes.subarray(ends[index - 1] ?? 0, end);
    const opcode = index === 0 ? OPCODES.text : OPCODES.continuation;
    return frameOf(opcode, piece, end === bytes.length);
  });
  return ping ? [frames[0]!, frameOf(OPCODES.ping, "hi", true), ...frames.slice(1)] : frames;
}

/** A frame as a server writes it, without a mask. */
function frameOf(opcode: number, payload: string | Uint8Array, isFinal: boolean): Uint8Array {
  const bytes = typeof payload === "string" ? encode(payload) : payload;
  const long = bytes.length > 125;
  const head = long ? [126, bytes.length >> 8, bytes.length & 0xff] : [bytes.length];
  return new Uint8Array([opcode | (isFinal ? 0x80 : 0), ...head, ...bytes]);
}

/** A connection that gives a stream in pieces. */
function pieces(stream: Uint8Array, size: number): Pick<Deno.Conn, "read"> {
  let start = 0;
  return {
    read(into) {
      if (start >= stream.length) return Promise.resolve(null);
      const piece = stream.subarray(start, start + Math.min(size, into.length));
      into.set(piece);
      start += piece.length;
      return Promise.resolve(piece.length);
    },
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
