/**
 * The local journal's text: one record a line, oldest first.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { decodeRecord, encodeRecord } from "../../domain/journal_record.ts";
import { identityOf, type Payment } from "../../domain/payment.ts";

const NEWLINE = 0x0a;

/** What stands in a journal's bytes. */
export type JournalText =
  | {
    readonly kind: "entries";
    /** Every entry, in the order of the lines. */
    readonly entries: readonly Payment[];
    /** Where the last whole entry ends, in bytes. What follows is torn. */
    readonly end: number;
    /** Whether that entry lacks nothing but the end of its line. */
    readonly unended: boolean;
  }
  | {
    readonly kind: "malformed";
    /** The line, counted from 1. */
    readonly line: number;
    readonly problem: string;
  };

/**
 * Reads a journal page by page: however it is cut, no more of its text is kept than a line. Only the
 * last line can be torn, and only when nothing ends it: then it is the beginning of a record, or the
 * zeros that some file systems leave after a power cut.
 */
export async function parseJournal(
  pages: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<JournalText> {
  const entries: Payment[] = [];
  let end = 0;
  for await (const { bytes, isEnded } of linesOf(pages)) {
    const entry = parseLine(bytes);
    if ("problem" in entry) {
      return !isEnded && isTorn(bytes)
        ? { kind: "entries", entries, end, unended: false }
        : { kind: "malformed", line: entries.length + 1, problem: entry.problem };
    }
    entries.push(entry.payment);
    end += bytes.length;
    if (!isEnded) return { kind: "entries", entries, end, unended: true };
    end += 1;
  }
  return { kind: "entries", entries, end, unended: false };
}

/** A line without its end. */
interface Line {
  readonly bytes: Uint8Array;
  readonly isEnded: boolean;
}

/** Every line of the pages; the last one, which nothing ends, may be empty. */
async function* linesOf(
  pages: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Line> {
  let begun: Uint8Array[] = [];
  for await (const page of pages) {
    let start = 0;
    for (let next = page.indexOf(NEWLINE); next >= 0; next = page.indexOf(NEWLINE, start)) {
      yield { bytes: joined([...begun, page.subarray(start, next)]), isEnded: true };
      begun = [];
      start = next + 1;
    }
    begun.push(page.subarray(start));
  }
  yield { bytes: joined(begun), isEnded: false };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
}

/** Writes entries as lines. */
export function encodeLines(payments: readonly Payment[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(payments.map((payment) => `${encodeRecord(payment)}\n`).join(""));
}

/**
 * The newest entry of each payment, in the order in which the payments began. Attempts are only ever
 * added, so one with fewer of them is older, wherever it stands.
 */
export function newestEntries(entries: readonly Payment[]): readonly Payment[] {
  const newest = new Map<string, Payment>();
  for (const entry of entries) {
    const key = `${entry.wallet} ${entry.chainId} ${identityOf(entry)}`;
    if (entry.attempts.length >= (newest.get(key)?.attempts.length ?? 0)) newest.set(key, entry);
  }
  return [...newest.values()];
}

/**
 * The entry that says later whether the ledger lost writes: the last nonce of the wallet that wrote
 * last. The last line may be a raised fee of an older nonce.
 */
export function lastNonceEntry(entries: readonly Payment[]): Payment | undefined {
  const last = entries.at(-1);
  return newestEntries(entries)
    .filter((entry) => entry.wallet === last?.wallet && entry.chainId === last.chainId)
    .reduce<Payment | undefined>(
      (latest, entry) => latest === undefined || entry.nonce >= latest.nonce ? entry : latest,
      undefined,
    );
}

/** Whether what no end of a line follows is a record that was cut, rather than one of another kind. */
function isTorn(rest: Uint8Array): boolean {
  const text = new TextDecoder().decode(rest).replace(/\0+$/, "");
  if (text === "") return true;
  return text.startsWith("{") && !isJson(text);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function parseLine(bytes: Uint8Array): ReturnType<typeof decodeRecord> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { problem: "it is not UTF-8 text" };
  }
  return decodeRecord(text);
}
