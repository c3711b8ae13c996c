/**
 * Where a node is: HTTP, WebSocket or IPC, and what of it must never be shown.
 *
 * @module
 */

import { Fault } from "../../../domain/fault.ts";
import { oneLine } from "../../../domain/one_line.ts";

/** A node's endpoint, taken apart. */
export type Endpoint = WebEndpoint | IpcEndpoint;

/** A node behind a URL. */
export interface WebEndpoint {
  readonly kind: "http" | "web-socket";
  /** Without user and password: they are in `headers`. */
  readonly url: URL;
  /** `authorization`, when the URL had credentials. */
  readonly headers: Readonly<Record<string, string>>;
  /** For people: scheme, host and port. */
  readonly name: string;
  /** What no message may hold: user, password, and the path and query, where providers put keys. */
  readonly secrets: readonly string[];
}

/** A node behind a socket of this machine. */
export interface IpcEndpoint {
  readonly kind: "ipc";
  readonly path: string;
  readonly name: string;
  readonly secrets: readonly [];
}

/**
 * Reads an endpoint: `http://`, `https://`, `ws://`, `wss://`, or the path of an IPC socket (which
 * holds a `/` or ends in `.ipc`).
 *
 * @example
 * ```ts
 * import { parseEndpoint } from "./endpoint.ts";
 *
 * parseEndpoint("https://pool:secret@node.example/v3/key").name; // "https://node.example/…"
 * ```
 *
 * @throws {Fault} `config`: it is none of these.
 */
export function parseEndpoint(text: string): Endpoint {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined && (text.includes("/") || text.endsWith(".ipc"))) {
    return { kind: "ipc", path: text, name: text, secrets: [] };
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (scheme === "http" || scheme === "https")) return web("http", url);
  if (url !== undefined && (scheme === "ws" || scheme === "wss")) return web("web-socket", url);
  throw new Fault( // The text itself may hold a password.
    "config",
    `Cannot use the node's endpoint${scheme === undefined ? "" : ` (${scheme}://…)`}: expected ` +
      "http://, https://, ws://, wss://, or the path of an IPC socket",
  );
}

/** Takes secrets out of a text, and makes it one line that people can read to its end. */
export function presentable(text: string, secrets: readonly string[]): string {
  let shown = text;
  for (const secret of secrets) shown = shown.replaceAll(secret, "…");
  shown = oneLine(shown).trim();
  return shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}…` : shown;
}

const MAX_SHOWN = 300;

function web(kind: WebEndpoint["kind"], given: URL): WebEndpoint {
  const url = new URL(given);
  url.username = "";
  url.password = "";
  url.hash = "";
  const [user, password] = [decoded(given.username), decoded(given.password)];
  const bare = url.pathname === "/" && url.search === "";
  const parts = [given.username, given.password, user, password];
  if (!bare) parts.push(url.pathname + url.search, url.search.slice(1));
  parts.push(...url.pathname.split("/"), ...url.searchParams.values());
  return {
    kind,
    url,
    headers: user === "" && password === ""
      ? {}
      : { authorization: `Basic ${new TextEncoder().encode(`${user}:${password}`).toBase64()}` },
    name: `${url.protocol}//${url.host}${bare ? "" : "/…"}`,
    secrets: [...new Set(parts)].filter((part) => part.length >= MIN_SECRET)
      .sort((one, other) => other.length - one.length),
  };
}

/** Shorter parts (`v3`, `eth`) are no secrets, and taking them out would only garble a message. */
const MIN_SECRET = 4;

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // A bare % in a password: taken as it stands.
  }
}
