/**
 * A WebSocket to a node.
 *
 * @module
 */

import { ByteSource } from "./byte_source.ts";
import type { WebEndpoint } from "./endpoint.ts";
import type { Channel, ChannelEvents, OpenChannel } from "./socket_transport.ts";
import { OPCODES, readFrames, writeFrame } from "./web_socket_frames.ts";

/**
 * Opens WebSockets to an endpoint.
 *
 * The frames are read here and not by the runtime's `WebSocket`, which was tried: it keeps a message
 * of endless frames in memory (700 MiB after six seconds), and a socket half closed for as long as
 * the node does not say goodbye.
 */
export function webSocketOpener(endpoint: WebEndpoint): OpenChannel {
  return (events, signal) => open(endpoint, events, signal);
}

/** No answer to a handshake is longer. */
const MAX_HEAD_BYTES = 64 * 1024;

/** What a node's proof is made with (RFC 6455). */
const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

async function open(
  endpoint: WebEndpoint,
  events: ChannelEvents,
  signal: AbortSignal,
): Promise<Channel> {
  const connection = await connect(endpoint.url, signal);
  const close = once(() => connection.close());
  signal.addEventListener("abort", close);
  try {
    const source = new ByteSource(connection);
    await shakeHands(connection, { endpoint, source });
    let last = Promise.resolve();
    const write = (opcode: number, payload: Uint8Array): void => {
      // What cannot be written is told by the reading end, which ends with the connection.
      last = last.then(() => writeAll(connection, writeFrame(opcode, payload))).catch(close);
    };
    const reading = read(source, { events, write }).finally(close);
    return {
      send: (text) => write(OPCODES.text, new TextEncoder().encode(text)),
      close: async () => {
        close();
        await reading;
      },
    };
  } catch (error) {
    close();
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
}

async function connect(url: URL, signal: AbortSignal): Promise<Deno.Conn> {
  const isSecure = url.protocol === "wss:";
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const port = Number(url.port) || (isSecure ? 443 : 80);
  const connection = await Deno.connect({ hostname, port, signal });
  return isSecure ? await Deno.startTls(connection, { hostname }) : connection;
}

/** Turns an HTTP connection into a WebSocket. */
async function shakeHands(
  connection: Deno.Conn,
  { endpoint, source }: { readonly endpoint: WebEndpoint; readonly source: ByteSource },
): Promise<void> {
  const { url, headers } = endpoint;
  const key = crypto.getRandomValues(new Uint8Array(16)).toBase64();
  const head = {
    host: url.host,
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": key,
    ...headers,
  };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = `GET ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join("")}\r\n`;
  await writeAll(connection, new TextEncoder().encode(request));
  const answer = await source.takeUntil("\r\n\r\n", MAX_HEAD_BYTES);
  const [, status] = /^HTTP\/1\.1 ([0-9]{3})/.exec(answer) ?? [];
  if (status === undefined) throw new Error("answered no HTTP, expected a WebSocket");
  if (status !== "101") throw new Error(`answered HTTP ${status}, expected a WebSocket`);
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(key + MAGIC));
  const [, proof] = /^sec-websocket-accept:[ \t]*(.*?)[ \t]*$/im.exec(answer) ?? [];
  if (proof !== new Uint8Array(digest).toBase64()) {
    throw new Error("answered the handshake of a WebSocket wrongly");
  }
}

async function read(
  source: ByteSource,
  { events, write }: {
    readonly events: ChannelEvents;
    readonly write: (opcode: number, payload: Uint8Array) => void;
  },
): Promise<void> {
  let why = "the connection was closed";
  try {
    for await (const said of readFrames(source)) {
      if (said.kind === "message") events.message(said.text);
      else write(OPCODES.pong, said.payload);
    }
    write(OPCODES.close, new Uint8Array());
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
  }
  events.closed(why);
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let start = 0; start < bytes.length;) {
    start += await connection.write(bytes.subarray(start));
  }
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}
