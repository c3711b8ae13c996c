/**
 * Our own write-ahead records in a ledger. They hold signed bytes, which are others in each replay.
 *
 * @module
 */

import { decodeRecord } from "../../domain/journal_record.ts";
import { attemptHashes, type Payment, paymentKey } from "../../domain/payment.ts";
import type { Dump, DumpedKey } from "./recording.ts";

/** What a transaction pays. */
export interface Transfer {
  readonly to: string;
  readonly valueWei: bigint;
}

/** What a transaction pays that we signed, whether it was sent or not. */
export function transferOf(dump: Dump, hash: string): Transfer | undefined {
  const payment = Object.entries(dump)
    .flatMap(([key, dumped]) => isJournal(key, dumped) ? Object.entries(dumped.value) : [])
    .map(([field, text]) => readRecord(field, text))
    .find((payment) => attemptHashes(payment).some((known) => known === hash));
  return payment && { to: payment.recipient, valueWei: payment.valueWei };
}

/** Writes each record as `<pay at nonce 0>`: its attempts and its nonce. */
export function nameRecords(dump: Dump): Dump {
  return Object.fromEntries(
    Object.entries(dump).map(([key, dumped]) => [
      key,
      isJournal(key, dumped)
        ? { ...dumped, value: mapValues(dumped.value, (field, text) => nameOf(field, text)) }
        : dumped,
    ]),
  );
}

function isJournal(key: string, dumped: DumpedKey): dumped is DumpedKey & { type: "hash" } {
  return dumped.type === "hash" && key.endsWith(":payments:journal");
}

function nameOf(field: string, text: string): string {
  const { attempts, nonce } = readRecord(field, text);
  return `<${attempts.map(({ kind }) => kind).join(", ")} at nonce ${nonce}>`;
}

function readRecord(field: string, text: string): Payment {
  const decoded = decodeRecord(text);
  if ("problem" in decoded) {
    throw new Error(`Cannot read the record "${field}": ${decoded.problem}`);
  }
  if (paymentKey(decoded.payment) !== field) throw new Error(`"${field}" holds another's record`);
  return decoded.payment;
}

function mapValues(
  of: Readonly<Record<string, string>>,
  change: (name: string, value: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, change(name, value)]));
}
