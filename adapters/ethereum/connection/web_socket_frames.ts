/**
 * The frames of a WebSocket, as a client reads and writes them (RFC 6455).
 *
 * @module
 */

import type { ByteSource } from "./byte_source.ts";
import { MAX_ANSWER_BYTES, TOO_LONG } from "./transport.ts";

/** What a node says, one after the other. */
export type Said =
  | { readonly kind: "message"; readonly text: string }
  | { readonly kind: "ping"; readonly payload: Uint8Array<ArrayBuffer> };

/** What each frame is. */
export const OPCODES = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

const FINAL = 0x80;
const RESERVED = 0x70;
const MASKED = 0x80;

/** The longest payload of a frame that is no message. */
const MAX_CONTROL_BYTES = 125;

/**
 * Reads what a node says, until it says goodbye. A message may come in any number of frames.
 *
 * @throws {Error} when it is no WebSocket's, is longer than any answer, or breaks off.
 */
export async function* readFrames(source: ByteSource): AsyncGenerator<Said> {
  let message: Uint8Array[] | undefined;
  let length = 0;
  for (;;) {
    const frame = await readHead(source);
    if (frame.opcode > OPCODES.binary) {
      const payload = await source.take(frame.length);
      if (frame.opcode === OPCODES.close) return;
      if (frame.opcode === OPCODES.ping) yield { kind: "ping", payload: payload.slice() };
      continue;
    }
    if ((frame.opcode === OPCODES.continuation) !== (message !== undefined)) throw noFrame();
    length += frame.length;
    if (length > MAX_ANSWER_BYTES) throw new Error(TOO_LONG);
    message ??= [];
    message.push(await source.take(frame.length));
    if (!frame.isFinal) continue;
    yield { kind: "message", text: textOf(message) };
    message = undefined;
    length = 0;
  }
}

/** Writes a frame, masked as a client's must be. */
export function writeFrame(opcode: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const { length } = payload;
  const extra = length <= MAX_CONTROL_BYTES ? 0 : length < 2 ** 16 ? 2 : 8;
  const start = 2 + extra + 4;
  const frame = new Uint8Array(start + length);
  const view = new DataView(frame.buffer);
  frame[0] = FINAL | opcode;
  frame[1] = MASKED | (extra === 0 ? length : extra === 2 ? 126 : 127);
  if (extra === 2) view.setUint16(2, length);
  if (extra === 8) view.setBigUint64(2, BigInt(length));
  const mask = crypto.getRandomValues(frame.subarray(start - 4, start));
  for (let index = 0; index < length; index++) {
    frame[start + index] = (payload[index] ?? 0) ^ (mask[index % 4] ?? 0);
  }
  return frame;
}

interface Head {
  readonly opcode: number;
  readonly isFinal: boolean;
  readonly length: number;
}

async function readHead(source: ByteSource): Promise<Head> {
  const [first = 0, second = 0] = await source.take(2);
  const opcode = first & 0x0f;
  const isFinal = (first & FINAL) !== 0;
  if ((first & RESERVED) !== 0 || (second & MASKED) !== 0) throw noFrame();
  if (!Object.values<number>(OPCODES).includes(opcode)) throw noFrame();
  const length = await readLength(source, second);
  const isControl = opcode > OPCODES.binary;
  if (isControl && (!isFinal || length > MAX_CONTROL_BYTES)) throw noFrame();
  return { opcode, isFinal, length };
}

async function readLength(source: ByteSource, short: number): Promise<number> {
  if (short < 126) return short;
  const { buffer, byteOffset } = await source.take(short === 126 ? 2 : 8);
  const view = new DataView(buffer, byteOffset);
  // Beyond what a number holds exactly it is beyond any answer, too.
  return short === 126 ? view.getUint16(0) : Number(view.getBigUint64(0));
}

function textOf(parts: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  let text = "";
  for (const part of parts) text += decoder.decode(part, { stream: true });
  return text + decoder.decode();
}

function noFrame(): Error {
  return new Error("answered with something that is not WebSocket");
}
