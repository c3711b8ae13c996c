/**
 * What a request is on the wires of a node: an HTTP message, a WebSocket frame, a JSON text.
 *
 * @module
 */

import type { WireOptions } from "./proxied_link.ts";

/** By wire. A node has carried a request out when it begins to answer. */
export const NODE_WIRES = {
  http: { lengthOfRequest: lengthOfHttp, answersWhenDone: true },
  webSocket: { lengthOfRequest: lengthOfHandshakeOrFrame, answersWhenDone: true },
  ipc: { lengthOfRequest: lengthOfJson, answersWhenDone: true },
} as const satisfies Readonly<Record<string, WireOptions>>;

const END_OF_HEAD = "\r\n\r\n";

function lengthOfHttp(text: string): number | undefined {
  const end = text.indexOf(END_OF_HEAD);
  if (end < 0) return undefined;
  const body = /^content-length: *(\d+)/im.exec(text.slice(0, end))?.[1];
  return upTo(text, end + END_OF_HEAD.length + Number(body ?? 0));
}

/** A frame of a client (RFC 6455, 5.2): two bytes, a longer length, the mask, the payload. */
function lengthOfHandshakeOrFrame(text: string): number | undefined {
  if (text.startsWith("GET ")) return lengthOfHttp(text);
  if (text.length < 2) return undefined;
  const short = text.charCodeAt(1) & 0x7f;
  const more = short === 127 ? 8 : short === 126 ? 2 : 0;
  if (text.length < 2 + more) return undefined;
  let payload = more === 0 ? short : 0;
  for (let index = 2; index < 2 + more; index++) payload = payload * 256 + text.charCodeAt(index);
  const mask = 4;
  return upTo(text, 2 + more + mask + payload);
}

/** A list or an object, to the bracket that closes it. */
function lengthOfJson(text: string): number | undefined {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === "[" || token === "{") depth++;
    if ((token === "]" || token === "}") && --depth === 0) return index + 1;
  }
  return undefined;
}

function upTo(text: string, length: number): number | undefined {
  return text.length >= length ? length : undefined;
}
