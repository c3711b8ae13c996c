/**
 * The port for the local journal: the record of signed attempts that survives a Redis which loses
 * its last writes.
 *
 * @module
 */

import type { Payment } from "../payment.ts";

/** A durable, append-only list of what was about to be sent. */
export interface LocalJournal {
  /** What it is and where, for people. */
  readonly name: string;
  /**
   * Everything it holds, oldest first: the newest entry of a payment has all its attempts.
   * A torn last line (the machine died while it was written) was never sent, and is left out.
   *
   * @throws {Fault} `journal` when it cannot be read or its contents make no sense.
   */
  read(): Promise<readonly Payment[]>;
  /**
   * Adds payments with all their attempts. Durable (fsync) when it resolves; after a rejection
   * nothing may be sent. Adding the same again is harmless.
   *
   * @throws {Fault} `journal` when it could not be made durable.
   */
  append(payments: readonly Payment[]): Promise<void>;
  /**
   * Makes sure that it can be written and replaced, before anything is debited. Writes no entry.
   *
   * @throws {Fault} `journal` when it cannot, with the way out.
   */
  prepare(): Promise<void>;
  /**
   * Starts anew when everything in it is final, keeping only the newest entry: its nonce says
   * later whether the ledger lost writes. Atomic; called twice it changes nothing more.
   */
  rotate(): Promise<void>;
}
