/**
 * Where Redis and the nodes listen, as the pool and people write it.
 *
 * @module
 */

import { resolve } from "node:path";
import type { NodeEndpoint, RedisEndpoint } from "./config.ts";

/** A Redis endpoint, with what its address says besides. */
export interface RedisAddress {
  /** Where Redis listens. */
  readonly endpoint: RedisEndpoint;
  /** Before the `@`, decoded. */
  readonly username?: string;
  /** Before the `@`, decoded. */
  readonly password?: string;
  /** After the `/`. */
  readonly database?: number;
}

/**
 * Reads `redis.endpoint`: `host:port` as for the pool, a `redis://` or (TLS) `rediss://` address, or
 * the path of a unix socket, which is taken from `folder` when it is relative.
 *
 * @example
 * ```ts
 * import { parseRedisAddress } from "./endpoint.ts";
 *
 * parseRedisAddress("127.0.0.1:6379", "/etc/pool");
 * // { endpoint: { kind: "tcp", host: "127.0.0.1", port: 6379, tls: false } }
 * parseRedisAddress("/run/redis.sock", "/etc/pool");
 * // { endpoint: { kind: "unix", path: "/run/redis.sock" } }
 * ```
 */
export function parseRedisAddress(text: string, folder: string): RedisAddress | undefined {
  if (/^rediss?:\/\//i.test(text)) return parseRedisUrl(text);
  const path = socketPath(text, { folder, ending: ".sock" });
  if (path !== undefined) return { endpoint: { kind: "unix", path } };
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/@[\]]*)):([0-9]{1,5})$/.exec(text);
  if (parts === null) return undefined;
  const [, ipv6, name, digits] = parts;
  const port = Number(digits);
  if (port < 1 || port > 65_535) return undefined;
  // Without a host Go dials this machine.
  return { endpoint: { kind: "tcp", host: ipv6 ?? (name || "127.0.0.1"), port, tls: false } };
}

function parseRedisUrl(text: string): RedisAddress | undefined {
  const url = URL.parse(text);
  if (url === null || url.hostname === "" || url.search !== "" || url.hash !== "") return undefined;
  const database = /^\/?([0-9]{0,9})$/.exec(url.pathname)?.[1];
  const username = decode(url.username);
  const password = decode(url.password);
  const port = url.port === "" ? 6379 : Number(url.port);
  if (database === undefined || username === undefined || password === undefined || port === 0) {
    return undefined;
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const tls = url.protocol === "rediss:";
  return {
    endpoint: { kind: "tcp", host, port, tls },
    ...(username !== "" && { username }),
    ...(password !== "" && { password }),
    ...(database !== "" && { database: Number(database) }),
  };
}

/**
 * Reads the address of a JSON-RPC server: `http(s)://`, `ws(s)://`, or the path of an IPC socket
 * (absolute, ending in `.ipc`, or after `ipc:` or `unix:`), which is taken from `folder` when it is
 * relative.
 *
 * @example
 * ```ts
 * import { parseNodeEndpoint } from "./endpoint.ts";
 *
 * parseNodeEndpoint("http://127.0.0.1:8545", "/etc/pool");
 * // { kind: "http", url: "http://127.0.0.1:8545" }
 * parseNodeEndpoint("geth.ipc", "/etc/pool"); // { kind: "ipc", path: "/etc/pool/geth.ipc" }
 * ```
 */
export function parseNodeEndpoint(text: string, folder: string): NodeEndpoint | undefined {
  const scheme = /^(http|ws)s?:\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined) {
    if (/\s/.test(text) || URL.parse(text) === null) return undefined;
    return { kind: scheme === "http" ? "http" : "websocket", url: text };
  }
  const path = socketPath(text, { folder, ending: ".ipc" });
  return path === undefined ? undefined : { kind: "ipc", path };
}

function socketPath(
  text: string,
  { folder, ending }: { readonly folder: string; readonly ending: string },
): string | undefined {
  const [, marked, plain = ""] = /^(?:((?:unix|ipc):(?:\/\/)?))?(.*)$/s.exec(text) ?? [];
  if (plain === "" || plain.includes("\0") || plain.includes("://")) return undefined;
  const isPath = marked !== undefined || plain.startsWith("/") || plain.endsWith(ending);
  return isPath ? resolve(folder, plain) : undefined;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
