/**
 * Connects to a node.
 *
 * @module
 */

import { BatchingConnection } from "./connection/batching_connection.ts";
import { type Endpoint, parseEndpoint } from "./connection/endpoint.ts";
import { HttpTransport } from "./connection/http_transport.ts";
import { ipcOpener } from "./connection/ipc_socket.ts";
import { SocketTransport } from "./connection/socket_transport.ts";
import type { Transport } from "./connection/transport.ts";
import { webSocketOpener } from "./connection/web_socket.ts";
import type { RpcConnection } from "./rpc_connection.ts";

/** How {@linkcode connectNode} connects. */
export interface NodeConnectionOptions {
  /** How long a request may take, from its first byte to the last of its answer, in milliseconds. */
  readonly timeoutMs: number;
  /** How many calls a request may hold; without it as many as most nodes take. */
  readonly maxCalls?: number;
}

/**
 * Makes a connection to a node: `http://`, `https://`, `ws://`, `wss://`, or the path of an IPC
 * socket. Credentials in the URL are used and never shown. Nothing is asked yet.
 *
 * @example
 * ```ts
 * import { connectNode } from "./connect_node.ts";
 *
 * await using connection = connectNode("http://127.0.0.1:8545", { timeoutMs: 10_000 });
 * console.assert(connection.name === "http://127.0.0.1:8545");
 * ```
 *
 * @throws {Fault} `config`: the endpoint is none of these.
 */
export function connectNode(url: string, options: NodeConnectionOptions): RpcConnection {
  const endpoint = parseEndpoint(url);
  const { name, secrets } = endpoint;
  return new BatchingConnection(transportTo(endpoint), { ...options, name, secrets });
}

function transportTo(endpoint: Endpoint): Transport {
  switch (endpoint.kind) {
    case "http":
      return new HttpTransport(endpoint);
    case "web-socket":
      return new SocketTransport(webSocketOpener(endpoint));
    case "ipc":
      return new SocketTransport(ipcOpener(endpoint.path));
    default:
      return endpoint satisfies never;
  }
}
