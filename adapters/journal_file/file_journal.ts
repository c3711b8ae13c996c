/**
 * The local journal as a file beside the config.
 *
 * @module
 */

import { Fault } from "../../domain/fault.ts";
import type { Payment } from "../../domain/payment.ts";
import type { LocalJournal } from "../../domain/ports/local_journal.ts";
import {
  appendSynced,
  openLocked,
  pagesOf,
  replaceFile,
  syncFolderOf,
  tryReplacement,
} from "./durable_file.ts";
import {
  encodeLines,
  type JournalText,
  lastNonceEntry,
  newestEntries,
  parseJournal,
} from "./journal_lines.ts";

const NEWLINE = new Uint8Array([0x0a]);

/**
 * A local journal in a file: one JSON record a line, which a person can read. Every append is
 * synced to the disk before it resolves. A line that was torn by a crash is cut before the next
 * append; a malformed line anywhere else is a fault, since nobody knows what it said.
 *
 * @example
 * ```ts ignore
 * const journal = new FileJournal("/etc/pool/paydirt.journal");
 * await journal.append([payment]); // on the disk now: its bytes may leave
 * ```
 */
export class FileJournal implements LocalJournal {
  /** What it is and where, for people. */
  readonly name: string;
  readonly #path: string;
  /** The end of the queue: one thing after the other, as the file's lock wants it. */
  #queue: Promise<unknown> = Promise.resolve();
  /** Whether the folder knows the file for good. */
  #linked = false;

  /** Opens nothing yet: the file is made by the first append. */
  constructor(path: string) {
    this.#path = path;
    this.name = `the local journal "${path}"`;
  }

  /** The newest entry of each payment, oldest payment first. A missing file holds nothing. */
  read(): Promise<readonly Payment[]> {
    return this.#inTurn("read", async () => newestEntries((await this.#load()).entries));
  }

  /** Adds entries and waits until they are on the disk. */
  append(payments: readonly Payment[]): Promise<void> {
    return this.#inTurn("write to", async () => {
      if (payments.length === 0) return;
      using file = await openLocked(this.#path);
      await this.#mendEnd(file);
      await appendSynced(file, encodeLines(payments));
      if (!this.#linked) await syncFolderOf(this.#path);
      this.#linked = true;
    });
  }

  /** Opens the file for writing, which makes an empty one, and tries the name of its successor. */
  prepare(): Promise<void> {
    return this.#inTurn("write to", async () => {
      using _file = await openLocked(this.#path);
      await tryReplacement(await Deno.realPath(this.#path));
    });
  }

  /** Keeps only the entry with the wallet's last nonce, in one step. */
  rotate(): Promise<void> {
    return this.#inTurn("rotate", async () => {
      using file = await openLocked(this.#path);
      const { entries } = await this.#understand(file);
      const kept = lastNonceEntry(entries);
      if (kept === undefined || entries.length === 1) return;
      // A link stays a link: what it points to is replaced.
      await replaceFile(await Deno.realPath(this.#path), encodeLines([kept]));
    });
  }

  async #load(): Promise<Entries> {
    try {
      using file = await Deno.open(this.#path);
      return await this.#understand(file);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return NOTHING;
      throw error;
    }
  }

  /** Leaves a file that ends with the end of a line. */
  async #mendEnd(file: Deno.FsFile): Promise<void> {
    if (await endsWithLine(file)) return;
    const { end, unended } = await this.#understand(file);
    if (unended) await appendSynced(file, NEWLINE);
    else await file.truncate(end);
  }

  async #understand(file: Deno.FsFile): Promise<Entries> {
    const text = await parseJournal(pagesOf(file));
    if (text.kind === "entries") return text;
    throw new Fault(
      "journal",
      `Cannot read ${this.name}, line ${text.line}: ${text.problem}; ` +
        "restore that line before anything is paid",
    );
  }

  #inTurn<T>(action: string, task: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(task).catch((cause: unknown) => {
      if (cause instanceof Fault) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Fault("journal", `Cannot ${action} ${this.name}: ${why}`, { cause });
    });
    this.#queue = turn.catch(() => {/* Whoever asked got the error. */});
    return turn;
  }
}

type Entries = JournalText & { readonly kind: "entries" };

const NOTHING: Entries = { kind: "entries", entries: [], end: 0, unended: false };

async function endsWithLine(file: Deno.FsFile): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const last = new Uint8Array(1);
  await file.seek(size - 1, Deno.SeekMode.Start);
  await file.read(last);
  return last[0] === NEWLINE[0];
}
