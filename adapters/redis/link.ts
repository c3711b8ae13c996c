/**
 * The way to Redis for a run: one user at a time, and made anew when it broke, but only to the same
 * server process.
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
import { accepted, unreachable } from "./reply_faults.ts";
import type { ServerProcess } from "./server_process.ts";

/** How often a broken link is made anew before the run gives up, and the pauses between. */
const RECONNECT_PAUSES_MS = [0, 100, 300, 1_000, 2_000, 3_000];

/** What a link is made from. */
export interface RedisLinkOptions {
  /** Connects, once. @throws {Fault} when it cannot. */
  readonly connect: () => Promise<RedisConnection>;
  /** Waits this many milliseconds, between two tries to connect. */
  readonly pause: (ms: number) => Promise<void>;
  /** Where the ledger is, for people. */
  readonly name: string;
}

/** A connection that is used by one step at a time. It never sends anything twice by itself. */
export class RedisLink {
  /** Where the ledger is, for people. */
  readonly name: string;
  readonly #options: RedisLinkOptions;
  readonly #server: ServerProcess;
  #connection: RedisConnection | undefined;
  #ended = false;
  /** The end of the queue: a WATCH must never meet another step's commands. */
  #queue: Promise<unknown> = Promise.resolve();

  /** Connects at the first use, unless it begins with a connection that is there. */
  constructor(options: RedisLinkOptions, server: ServerProcess, first?: RedisConnection) {
    this.name = options.name;
    this.#options = options;
    this.#server = server;
    this.#connection = first;
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

  /** Drops the connection, and with it every WATCH and MULTI that was left open on it. */
  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  /** Drops the connection for good. */
  end(): void {
    this.#ended = true;
    this.close();
  }

  async #reconnect(): Promise<RedisConnection> {
    let last: unknown;
    for (const pauseMs of RECONNECT_PAUSES_MS) {
      if (pauseMs > 0) await this.#options.pause(pauseMs);
      let connection: RedisConnection | undefined;
      try {
        this.#demandOpen();
        connection = await this.#options.connect();
        await this.#server.demandSame(connection);
        this.#demandOpen();
        return connection;
      } catch (error) {
        connection?.close();
        if (this.#ended || !isPassing(error)) throw error;
        last = error;
      }
    }
    throw unreachable(last, this.name);
  }

  #demandOpen(): void {
    if (this.#ended) {
      throw new Fault("ledger-unreachable", `The connection to ${this.name} was closed`);
    }
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof LinkLost ||
    (error instanceof Fault && error.kind === "ledger-unreachable");
}

/**
 * A connection for reading over a link. A question may be repeated freely, so it is asked once more
 * when the link broke under it: a long run outlives the idle time-out of its Redis.
 */
export function readingOver(link: RedisLink): RedisConnection {
  return {
    send: (commands) =>
      link.alone(async () => {
        try {
          return await link.send(commands);
        } catch (error) {
          if (!(error instanceof LinkLost)) throw error;
          return await link.send(commands);
        }
      }),
    close: () => link.end(),
  };
}
