/**
 * Cuts a stream of JSON values: nodes write them one after the other on an IPC socket, some with a
 * newline between, some without.
 *
 * @module
 */

import { MAX_ANSWER_BYTES, TOO_LONG } from "./transport.ts";

/** Takes text as it comes, gives whole objects and arrays. */
export class JsonSplitter {
  readonly #parts: string[] = [];
  #length = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  /**
   * The values that a piece of text completes.
   *
   * @throws {Error} when something else than an object or array comes, or one that does not end.
   */
  push(text: string): string[] {
    const whole: string[] = [];
    let start = 0;
    for (let index = 0; index < text.length; index++) {
      if (!this.#endsAt(text.charCodeAt(index))) continue;
      whole.push(this.#parts.splice(0).join("") + text.slice(start, index + 1));
      start = index + 1;
      this.#length = 0;
    }
    this.#length += text.length - start;
    if (this.#length > MAX_ANSWER_BYTES) throw new Error(TOO_LONG);
    this.#parts.push(text.slice(start));
    return whole;
  }

  /** Steps over one character; whether it ends a value. */
  #endsAt(code: number): boolean {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (code === BACKSLASH) this.#escaped = true;
      else if (code === QUOTE) this.#inString = false;
      return false;
    }
    if (code === OPEN_BRACE || code === OPEN_BRACKET) this.#depth++;
    else if (this.#depth === 0) this.#expectSpace(code);
    else if (code === QUOTE) this.#inString = true;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) return --this.#depth === 0;
    return false;
  }

  #expectSpace(code: number): void {
    if (code > SPACE) throw new Error("answered no JSON, expected JSON-RPC");
  }
}

const SPACE = 0x20;
const QUOTE = 0x22;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
