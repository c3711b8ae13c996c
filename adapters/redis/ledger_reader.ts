/**
 * The ledger for reading: no command here writes, and a user with `+@read` may send them all.
 *
 * @module
 */

import { MONEY_FIELDS } from "../../domain/account.ts";
import type { Hash } from "../../domain/address.ts";
import { Fault } from "../../domain/fault.ts";
import { type LedgerKeys, ledgerKeys, sharedKeys } from "../../domain/ledger_keys.ts";
import { parseShannon } from "../../domain/money.ts";
import { paidMember, parsePaidRow } from "../../domain/paid_row.ts";
import type { Debt } from "../../domain/payment.ts";
import type {
  LedgerReader,
  LedgerServer,
  MinerAccount,
  Obligations,
  PaidRow,
} from "../../domain/ports/ledger.ts";
import {
  type RedisCommand,
  type RedisConnection,
  type RedisReply,
  RedisReplyError,
} from "./connection.ts";
import { type MinerScan, scanMiners } from "./miner_scan.ts";
import { readObligations } from "./obligations.ts";
import { accepted, unreachable } from "./reply_faults.ts";
import { pairsOf, timeOf } from "./reply_values.ts";
import { askServer } from "./server_facts.ts";

/** How many rows are looked up in one round trip. */
const LOOK_UP_SIZE = 1_000;

/** What a reader is made from. */
export interface RedisReaderOptions {
  /** A connection for reading; it is closed with the reader. */
  readonly connection: RedisConnection;
  /** The pool's prefix: `coin` in its config. */
  readonly prefix: string;
  /** Where the ledger is, for people, without its password. */
  readonly name: string;
}

/**
 * The pool's Redis, for reading.
 *
 * @example
 * ```ts ignore
 * await using ledger = new RedisLedgerReader({ connection, prefix: "eth", name: "redis://…" });
 * for await (const page of ledger.miners()) console.log(page.length);
 * ```
 */
export class RedisLedgerReader implements LedgerReader {
  /** Where the ledger is, for people, without its password. */
  readonly name: string;
  /** The names of the pool's keys. */
  protected readonly keys: LedgerKeys;
  readonly #connection: RedisConnection;

  /** Takes the connection over: it is closed with the reader. */
  constructor(options: RedisReaderOptions) {
    this.name = options.name;
    this.keys = ledgerKeys(options.prefix);
    this.#connection = options.connection;
  }

  /** `INFO`, `CONFIG GET`; a user who may not ask learns nothing. */
  server(): Promise<LedgerServer> {
    return askServer(this.name, (commands) => this.#send(commands));
  }

  /** SCAN and HGET, a page a round trip. Keys that SCAN repeats are repeated. */
  miners(signal?: AbortSignal): AsyncIterable<readonly MinerAccount[]> {
    const send: MinerScan["send"] = (commands) => this.#send(commands);
    return scanMiners({ start: this.keys.miners, name: this.name, send }, signal);
  }

  /** Everything that is unresolved. What may be long is read in pages. */
  obligations(): Promise<Obligations> {
    const { keys, name } = this;
    return readObligations({ keys, name, send: (commands) => this.#send(commands) });
  }

  /** ZSCORE of each row. */
  async recorded(
    rows: readonly { readonly debt: Debt; readonly hash: Hash }[],
  ): Promise<readonly boolean[]> {
    const found: boolean[] = [];
    for (let start = 0; start < rows.length; start += LOOK_UP_SIZE) {
      const replies = await this.#send(
        rows.slice(start, start + LOOK_UP_SIZE).map(({ debt, hash }): RedisCommand => [
          "ZSCORE",
          this.keys.all,
          paidMember(debt, hash),
        ]),
      );
      for (const reply of replies) {
        found.push(this.#accepted(reply, `read key "${this.keys.all}"`) !== null);
      }
    }
    return found;
  }

  /** ZREVRANGE of the newest rows. */
  async newestPaid(limit: number): Promise<readonly PaidRow[]> {
    // Redis takes -1 for "to the last one".
    if (limit < 1) return [];
    const [reply] = await this.#send([
      ["ZREVRANGE", this.keys.all, "0", String(limit - 1), "WITHSCORES"],
    ]);
    const rows = pairsOf(this.#accepted(reply, `read key "${this.keys.all}"`));
    return rows.flatMap(([member, score]) => parsePaidRow(member, timeOf(score)) ?? []);
  }

  /** TYPE of every shared key. */
  async checkTypes(): Promise<void> {
    const shared = sharedKeys(this.keys);
    const replies = await this.#send(shared.map(({ key }): RedisCommand => ["TYPE", key]));
    for (const [index, { key, type }] of shared.entries()) {
      const found = this.#accepted(replies[index], `read the type of key "${key}"`);
      if (found === type || found === "none") continue;
      throw new Fault(
        "ledger-wrong-type",
        `Key "${key}" of ${this.name} is a ${found}, expected a ${type}: ` +
          `is ${JSON.stringify(this.keys.prefix)} this pool's "coin"?`,
      );
    }
    await this.#checkFinances();
  }

  /** HGET of the pool's own money: what is no integer would fail inside every EXEC. */
  async #checkFinances(): Promise<void> {
    const { finances } = this.keys;
    const replies = await this.#send(
      MONEY_FIELDS.map((field): RedisCommand => ["HGET", finances, field]),
    );
    for (const [index, field] of MONEY_FIELDS.entries()) {
      const text = this.#accepted(replies[index], `read key "${finances}"`);
      if (text === null || parseShannon(String(text)) !== undefined) continue;
      throw new Fault(
        "ledger-wrong-type",
        `Field "${field}" of key "${finances}" of ${this.name} is ${JSON.stringify(text)}, ` +
          `expected a whole number of Shannon: mend it by hand`,
      );
    }
  }

  /** Closes the connection. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
    return Promise.resolve();
  }

  #accepted(reply: RedisReply | undefined, what: string): Exclude<RedisReply, RedisReplyError> {
    return accepted(reply, { name: this.name, what });
  }

  async #send(commands: readonly RedisCommand[]): Promise<readonly RedisReply[]> {
    try {
      return await this.#connection.send(commands);
    } catch (error) {
      throw unreachable(error, this.name);
    }
  }
}
