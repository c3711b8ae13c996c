/**
 * Reads a file that a person named, which may be another one than they meant.
 *
 * @module
 */

/** No config, keystore or password is longer, in bytes. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Reads a text file to its end, unless it is too long for anything that a person names: it may be a
 * device that never ends.
 *
 * @throws {Error} when it is too long, or cannot be read.
 */
export async function readTextFile(path: string): Promise<string> {
  using file = await Deno.open(path);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true }); // As `Deno.readTextFile` does.
  const buffer = new Uint8Array(64 * 1024);
  let text = "";
  let length = 0;
  for (;;) {
    const read = await file.read(buffer);
    if (read === null) return text + decoder.decode();
    length += read;
    if (length > MAX_BYTES) throw new Error(`it is longer than ${MAX_BYTES / 1024 / 1024} MiB`);
    text += decoder.decode(buffer.subarray(0, read), { stream: true });
  }
}
