/**
 * The connection that writes: of its own, one user at a time, and made anew when it broke, but only
 * to the same server process.
 *
 * @module
 */

import { Fault } from "../../domain/fault.ts";
import {
  LinkLost,
  type RedisCommand,
  type RedisConnection,
  type RedisReply,
} from "./connection.ts";
import { infoField } from "./ledger_reader.ts";
import { accepted, unreachable } from "./reply_faults.ts";

/** How often a broken link is made anew before the run gives up, and the pauses between. */
const RECONNECT_PAUSES_MS = [0, 100, 300, 1_000, 2_000, 3_000];

/** What a money link is made from. */
export interface MoneyLinkOptions {
  /** Connects, once. @throws {Fault} when it cannot. */
  readonly connect: () => Promise<RedisConnection>;
  /** Waits; between two tries to connect. */
  readonly pause: (ms: number) => Promise<void>;
  /** Where the ledger is, for people. */
  readonly name: string;
}

/** A writing connection that is used by one step at a time. */
export class MoneyLink {
  readonly name: string;
  readonly #options: MoneyLinkOptions;
  #connection: RedisConnection | undefined;
  /** The server process that this run began with. */
  #runId: string | undefined;
  /** The end of the queue: a WATCH must never meet another step's commands. */
  #queue: Promise<unknown> = Promise.resolve();

  /** Connects at the first use. */
  constructor(options: MoneyLinkOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /** Runs a step alone on the connection: steps queue up. */
  alone<T>(step: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(step, step);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /**
   * Sends commands in one round trip.
   *
   * @throws {LinkLost} nobody knows what was applied; the next call connects anew.
   * @throws {Fault} `ledger-unreachable`, `ledger-changed`: no connection to the same server process.
   */
  async send(commands: readonly RedisCommand[]): Promise<readonly RedisReply[]> {
    const connection = this.#connection ??= await this.#reconnect();
    try {
      return await connection.send(commands);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Sends one command and answers its accepted reply. @throws as {@linkcode send}. */
  async ask(command: RedisCommand): Promise<RedisReply> {
    const [reply] = await this.send([command]);
    return accepted(reply, { name: this.name, what: `ask "${command[0]}"` });
  }

  /** Ends the connection at once. */
  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  async #reconnect(): Promise<RedisConnection> {
    let last: unknown;
    for (const pauseMs of this.#runId === undefined ? [0] : RECONNECT_PAUSES_MS) {
      if (pauseMs > 0) await this.#options.pause(pauseMs);
      let connection: RedisConnection | undefined;
      try {
        connection = await this.#options.connect();
        await this.#demandSameServer(connection);
        return connection;
      } catch (error) {
        connection?.close();
        const passing = error instanceof LinkLost ||
          (error instanceof Fault && error.kind === "ledger-unreachable");
        if (!passing) throw error;
        last = error;
      }
    }
    throw unreachable(last, this.name);
  }

  /** A restarted server may have lost writes: the run that wrote them must not go on. */
  async #demandSameServer(connection: RedisConnection): Promise<void> {
    const [reply] = await connection.send([["INFO", "server"]]);
    const text = accepted(reply, { name: this.name, what: "ask INFO" });
    const runId = infoField(String(text), "run_id") ?? "";
    if (this.#runId !== undefined && this.#runId !== runId) {
      throw new Fault(
        "ledger-changed",
        `${this.name} is another server process than at the start of the run (it restarted or ` +
          `failed over) and may have lost writes: nothing more is sent, run again`,
      );
    }
    this.#runId = runId;
  }
}
