/**
 * RLP, as far as a transfer needs it: strings and lists of at most 255 bytes.
 *
 * ethers' `encodeRlp` gives text, of which every byte is read and written again for each hash.
 *
 * @module
 */

/** The longest string or list: two bytes are its head. */
const LONGEST = 255;

/** Up to here the length is a part of the first byte. */
const SHORT = 55;

/** Writes a string of bytes. */
export function rlpString(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const [first = 0x80] = bytes;
  if (bytes.length === 1 && first < 0x80) return new Uint8Array(bytes);
  return join(headOf(0x80, bytes.length), [bytes]);
}

/** Writes a list of what is written already. */
export function rlpList(items: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = items.reduce((sum, item) => sum + item.length, 0);
  return join(headOf(0xc0, length), items);
}

function headOf(offset: number, length: number): readonly number[] {
  if (length <= SHORT) return [offset + length];
  if (length > LONGEST) throw new RangeError(`Cannot write ${length} bytes as RLP`);
  return [offset + SHORT + 1, length];
}

function join(
  head: readonly number[],
  parts: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, head.length);
  const joined = new Uint8Array(length);
  joined.set(head);
  let at = head.length;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
