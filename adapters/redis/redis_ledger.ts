/**
 * The ledger for a run that pays: the reader, and the way to the lock.
 *
 * @module
 */

import type { Ledger, LockOutcome } from "../../domain/ports/ledger.ts";
import { lockValue } from "../../domain/ports/ledger.ts";
import { LinkLost } from "./connection.ts";
import { leaseCommand, MAX_TRIES, RedisFence } from "./fence.ts";
import { RedisLedgerReader, type RedisReaderOptions } from "./ledger_reader.ts";
import { readingOver, RedisLink, type RedisLinkOptions } from "./link.ts";
import { execute, watch } from "./multi.ts";
import { accepted, unreachable } from "./reply_faults.ts";
import { ServerProcess } from "./server_process.ts";

/** What a ledger is made from: a connection for reading, and the way to more of them. */
export interface RedisLedgerOptions extends RedisReaderOptions, RedisLinkOptions {}

/**
 * The pool's Redis, for a run that pays.
 *
 * @example
 * ```ts ignore
 * await using ledger = new RedisLedger({ connection, connect, pause, prefix: "eth", name: "pool" });
 * const outcome = await ledger.lock(runId);
 * if (outcome.kind === "taken") await outcome.fence.commit([{ kind: "debit", payment }]);
 * ```
 */
export class RedisLedger extends RedisLedgerReader implements Ledger {
  readonly #options: RedisLedgerOptions;
  readonly #server: ServerProcess;
  /** The links of the locks that were taken. */
  readonly #links = new Set<RedisLink>();

  /** Takes the reading connection over; one for writing is made when the lock is asked for. */
  constructor(options: RedisLedgerOptions) {
    const server = new ServerProcess(options.name);
    const reading = new RedisLink(options, server, options.connection);
    super({ ...options, connection: readingOver(reading) });
    this.#options = options;
    this.#server = server;
  }

  /**
   * Lock and lease in one MULTI under WATCH on both. When the answer is lost, it looks again.
   *
   * @throws {Fault} as every member of the port.
   */
  async lock(
    runId: string,
    { overGoPayer }: { readonly overGoPayer?: string } = {},
  ): Promise<LockOutcome> {
    const link = new RedisLink(this.#options, this.#server);
    const value = lockValue(runId);
    let last = new LinkLost("its lock was taken and left again and again");
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      try {
        const outcome = await this.#tryLock(link, { value, overGoPayer });
        if (outcome === undefined) continue;
        if (outcome.kind === "taken") this.#links.add(link);
        else link.end();
        return outcome;
      } catch (error) {
        link.close();
        if (!(error instanceof LinkLost)) throw error;
        last = error;
      }
    }
    link.end();
    throw unreachable(last, this.name);
  }

  /** Closes all connections, also those of locks that were not released. */
  override async [Symbol.asyncDispose](): Promise<void> {
    for (const link of this.#links) link.end();
    await super[Symbol.asyncDispose]();
  }

  /** `undefined`: somebody else was faster; look again. */
  async #tryLock(link: RedisLink, wish: Wish): Promise<LockOutcome | undefined> {
    const { keys, name } = this;
    const { value } = wish;
    const asked = [keys.lock, keys.lease];
    const replies = await watch(link, asked, asked.map((key) => ["GET", key]));
    const [lock, lease] = asked.map((key, index) =>
      textOf(accepted(replies[index], { name, what: `read key "${key}"` }))
    );
    const obstacle = obstacleTo(wish, { lock, lease });
    if (obstacle !== undefined) return obstacle;
    const done = await execute(link, [["SET", keys.lock, value], leaseCommand(keys, value)]);
    return done === null ? undefined : { kind: "taken", fence: new RedisFence(link, keys, value) };
  }
}

/** Which lock is wanted, and which one may be replaced for it. */
interface Wish {
  readonly value: string;
  readonly overGoPayer: string | undefined;
}

function obstacleTo(
  { value, overGoPayer }: Wish,
  { lock, lease }: { readonly lock: string | undefined; readonly lease: string | undefined },
): LockOutcome | undefined {
  if (lease !== undefined && lease !== value) return { kind: "another-run", owner: lease };
  if (lock === undefined || lock.startsWith(lockValue("")) || lock === overGoPayer) {
    return undefined;
  }
  return { kind: "go-payer", lock };
}

function textOf(reply: unknown): string | undefined {
  return typeof reply === "string" ? reply : undefined;
}
