/**
 * A local journal in memory: for tests, the demo and simulations.
 *
 * @module
 */

import { decodeRecord, encodeRecord } from "../../domain/journal_record.ts";
import { identityOf, type Payment } from "../../domain/payment.ts";
import type { LocalJournal } from "../../domain/ports/local_journal.ts";

/** A local journal that lives as long as the object does. It keeps the texts that a file would. */
export class MemoryJournal implements LocalJournal {
  /** What it is, for people. */
  readonly name = "the local journal in memory";
  #records: string[] = [];

  /** The newest entry of each payment, oldest payment first. */
  read(): Promise<readonly Payment[]> {
    return Promise.resolve([...this.#newest().values()]);
  }

  /** Adds entries. */
  append(payments: readonly Payment[]): Promise<void> {
    this.#records.push(...payments.map(encodeRecord));
    return Promise.resolve();
  }

  /** It can always be written. */
  prepare(): Promise<void> {
    return Promise.resolve();
  }

  /** Keeps only the entry with the last nonce of the wallet that wrote last. */
  rotate(): Promise<void> {
    const last = this.#records.slice(-1).map(decode)[0];
    const kept = [...this.#newest().values()]
      .filter((entry) => entry.wallet === last?.wallet && entry.chainId === last.chainId)
      .sort((one, other) => one.nonce - other.nonce)
      .at(-1);
    this.#records = kept === undefined ? [] : [encodeRecord(kept)];
    return Promise.resolve();
  }

  #newest(): ReadonlyMap<string, Payment> {
    return new Map(this.#records.map((record) => {
      const entry = decode(record);
      return [`${entry.wallet} ${entry.chainId} ${identityOf(entry)}`, entry];
    }));
  }
}

function decode(record: string): Payment {
  const found = decodeRecord(record);
  if ("problem" in found) throw new Error(`Cannot read what was just written: ${found.problem}`);
  return found.payment;
}
