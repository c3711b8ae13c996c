/**
 * Nodes on every wire that write the bytes they are told to, and count those that were taken.
 *
 * @module
 */

import { createHash } from "node:crypto";

/** What a node writes to one request: pieces, and how it goes on after them. */
export interface Script {
  readonly pieces: readonly Uint8Array[];
  readonly end: "close" | "stay" | "endless";
  /** Of HTTP alone. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A node that answers every request by a script. */
export interface ScriptedNode extends AsyncDisposable {
  /** What `payouts.daemon` says. */
  readonly url: string;
  /** How many bytes of bodies were written so far. */
  written(): number;
}

/** Writes a script for a request. */
export type Playwright = (request: string) => Script;

/** What an endless body is made of. */
const PIECE = new Uint8Array(64 * 1024).fill(0x20);

/** Writes by HTTP. */
export function httpNode(write: Playwright): ScriptedNode {
  let written = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pieces, end, status = 200, headers = {} } = write(await request.text());
    const left = [...pieces];
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const piece = left.shift() ?? (end === "endless" ? PIECE : undefined);
        if (piece !== undefined) {
          written += piece.length;
          controller.enqueue(piece);
        } else if (end === "close") controller.close();
        else await new Promise(() => {}); // Nothing comes any more.
      },
    }, { highWaterMark: 0 });
    return new Response(status === 204 ? null : body, { status, headers });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    written: () => written,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Writes by a WebSocket, each piece a message; an endless one is a message of endless frames. */
export function webSocketNode(write: Playwright): ScriptedNode {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return rawNode(listener, `ws://127.0.0.1:${listener.addr.port}`, async (connection, count) => {
    const reader = new RequestReader(connection);
    await connection.write(handshake(await reader.until("\r\n\r\n")));
    for (let request; (request = await reader.frame()) !== undefined;) {
      const { pieces, end } = write(request);
      for (const piece of pieces) await count(frame(piece, TEXT | FINAL));
      if (end === "endless") {
        await count(frame(PIECE, TEXT));
        for (;;) await count(frame(PIECE, CONTINUATION));
      }
      if (end === "close") return;
    }
  });
}

/** Writes by an IPC socket. */
export function ipcNode(write: Playwright): ScriptedNode {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/node.ipc`;
  const listener = Deno.listen({ transport: "unix", path });
  const node = rawNode(listener, path, async (connection, count) => {
    const buffer = new Uint8Array(256 * 1024);
    for (let read; (read = await connection.read(buffer)) !== null;) {
      const { pieces, end } = write(new TextDecoder().decode(buffer.subarray(0, read)));
      for (const piece of pieces) await count(piece);
      while (end === "endless") await count(PIECE);
      if (end === "close") return;
    }
  });
  return {
    ...node,
    async [Symbol.asyncDispose](): Promise<void> {
      await node[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Serves whoever connects, until the other end has enough. */
function rawNode(
  listener: Deno.Listener<Deno.Conn>,
  url: string,
  serve: (connection: Deno.Conn, count: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
): ScriptedNode {
  let written = 0;
  const open = new Set<Deno.Conn>();
  const serving: Promise<void>[] = [];
  const count = (connection: Deno.Conn) => async (bytes: Uint8Array): Promise<void> => {
    for (let start = 0; start < bytes.length;) {
      const taken = await connection.write(bytes.subarray(start));
      start += taken;
      written += taken;
    }
  };
  const accepting = (async () => {
    for await (const connection of listener) {
      open.add(connection);
      serving.push(
        serve(connection, count(connection)).catch(() => {/* The other end had enough. */})
          .finally(() => open.delete(connection) && connection.close()),
      );
    }
  })();
  return {
    url,
    written: () => written,
    async [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      for (const connection of open) if (open.delete(connection)) connection.close();
      await accepting;
      await Promise.all(serving);
    },
  };
}

const TEXT = 0x1;
const CONTINUATION = 0x0;
const FINAL = 0x80;

/** A frame as a server writes it (RFC 6455). */
function frame(payload: Uint8Array, kind: number): Uint8Array {
  const head = new Uint8Array(10);
  head[0] = kind;
  head[1] = 127;
  new DataView(head.buffer).setBigUint64(2, BigInt(payload.length));
  const whole = new Uint8Array(head.length + payload.length);
  whole.set(head);
  whole.set(payload, head.length);
  return whole;
}

function handshake(request: string): Uint8Array {
  const key = /sec-websocket-key: (.*)\r/i.exec(request)?.[1];
  const proof = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  return new TextEncoder().encode(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Accept: ${proof.digest("base64")}\r\n\r\n`,
  );
}

/** Reads what a client writes. */
class RequestReader {
  readonly #connection: Deno.Conn;
  #bytes = new Uint8Array(0);

  constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  /** Everything up to a text, which is there. */
  async until(end: string): Promise<string> {
    for (;;) {
      const text = new TextDecoder("latin1").decode(this.#bytes);
      const at = text.indexOf(end);
      if (at >= 0) {
        this.#bytes = this.#bytes.slice(at + end.length);
        return text.slice(0, at + end.length);
      }
      if (!await this.#more()) return text;
    }
  }

  /** The text of the next frame; `undefined` when the client said goodbye. */
  async frame(): Promise<string | undefined> {
    await this.#atLeast(2);
    const kind = (this.#bytes[0] ?? 8) & 0x0f;
    const short = (this.#bytes[1] ?? 0) & 0x7f;
    const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
    if (kind === 8 || !await this.#atLeast(2 + extra + 4)) return undefined;
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset);
    const length = extra === 0
      ? short
      : extra === 2
      ? view.getUint16(2)
      : Number(view.getBigUint64(2));
    const start = 2 + extra + 4;
    if (!await this.#atLeast(start + length)) return undefined;
    const mask = this.#bytes.subarray(start - 4, start);
    const payload = this.#bytes.slice(start, start + length)
      .map((byte, index) => byte ^ mask[index % 4]!);
    this.#bytes = this.#bytes.slice(start + length);
    return new TextDecoder().decode(payload);
  }

  async #atLeast(length: number): Promise<boolean> {
    while (this.#bytes.length < length) if (!await this.#more()) return false;
    return true;
  }

  async #more(): Promise<boolean> {
    const buffer = new Uint8Array(64 * 1024);
    const read = await this.#connection.read(buffer);
    if (read === null) return false;
    const joined = new Uint8Array(this.#bytes.length + read);
    joined.set(this.#bytes);
    joined.set(buffer.subarray(0, read), this.#bytes.length);
    this.#bytes = joined;
    return true;
  }
}
