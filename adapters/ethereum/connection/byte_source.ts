/**
 * Reads a stream of bytes by the amounts that its reader wants.
 *
 * @module
 */

const CHUNK = 16 * 1024;

/** The bytes that come from a connection. */
export class ByteSource {
  readonly #connection: Pick<Deno.Conn, "read">;
  /** Read, and not taken yet. */
  #rest = new Uint8Array(0);

  /** Reads nothing yet. */
  constructor(connection: Pick<Deno.Conn, "read">) {
    this.#connection = connection;
  }

  /** So many bytes. @throws {Error} when the connection ends before. */
  async take(length: number): Promise<Uint8Array> {
    if (length < CHUNK) {
      while (this.#rest.length < length) await this.#readAhead();
      return this.#split(length);
    }
    const taken = new Uint8Array(length);
    const ready = this.#split(Math.min(length, this.#rest.length));
    taken.set(ready);
    for (let filled = ready.length; filled < length;) {
      filled += await this.#read(taken.subarray(filled));
    }
    return taken;
  }

  /**
   * The text before a mark, which is taken, too. Bytes are read as Latin-1.
   *
   * @throws {Error} when the connection ends before, or the mark does not come within `most` bytes.
   */
  async takeUntil(mark: string, most: number): Promise<string> {
    const decoder = new TextDecoder("latin1");
    for (;;) {
      const text = decoder.decode(this.#rest);
      const end = text.indexOf(mark);
      if (end >= 0) {
        this.#split(end + mark.length);
        return text.slice(0, end);
      }
      if (this.#rest.length >= most) throw new Error(`no end within ${most} bytes`);
      await this.#readAhead();
    }
  }

  #split(length: number): Uint8Array {
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }

  async #readAhead(): Promise<void> {
    const chunk = new Uint8Array(this.#rest.length + CHUNK);
    chunk.set(this.#rest);
    const read = await this.#read(chunk.subarray(this.#rest.length));
    this.#rest = chunk.subarray(0, this.#rest.length + read);
  }

  async #read(into: Uint8Array): Promise<number> {
    const read = await this.#connection.read(into);
    if (read === null) throw new Error("the connection was closed");
    return read;
  }
}
