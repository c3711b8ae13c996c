/**
 * The ledger for a run that pays: the reader, and the way to the lock.
 *
 * @module
 */

import type { Ledger, LockOutcome } from "../../domain/ports/ledger.ts";
import { lockValue } from "../../domain/ports/ledger.ts";
import { LinkLost, type RedisCommand, type RedisReply } from "./connection.ts";
import { leaseCommand, RedisFence } from "./fence.ts";
import { RedisLedgerReader, type RedisReaderOptions } from "./ledger_reader.ts";
import { MoneyLink, type MoneyLinkOptions } from "./money_link.ts";
import { accepted, unreachable } from "./reply_faults.ts";

/** How often taking the lock is begun anew, because the link or the WATCH broke. */
const MAX_TRIES = 8;

/** What a ledger is made from: a connection for reading, and the way to one for writing. */
export interface RedisLedgerOptions extends RedisReaderOptions, MoneyLinkOptions {}

/** The pool's Redis, for a run that pays. */
export class RedisLedger extends RedisLedgerReader implements Ledger {
  readonly #options: RedisLedgerOptions;

  /** Takes the reading connection over; the writing one is made when the lock is asked for. */
  constructor(options: RedisLedgerOptions) {
    super(options);
    this.#options = options;
  }

  /** Lock and lease in one MULTI under WATCH on both. */
  async lock(
    runId: string,
    { overGoPayer }: { readonly overGoPayer?: string } = {},
  ): Promise<LockOutcome> {
    const link = new MoneyLink(this.#options);
    const value = lockValue(runId);
    let last: unknown = new Error("the lock was taken and left again and again");
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      try {
        const outcome = await this.#tryLock(link, value, overGoPayer);
        if (outcome === undefined) continue;
        if (outcome.kind !== "taken") link.close();
        return outcome;
      } catch (error) {
        link.close();
        if (!(error instanceof LinkLost)) throw error;
        last = error;
      }
    }
    link.close();
    throw unreachable(last instanceof LinkLost ? last : new LinkLost(last), this.name);
  }

  /** `undefined`: somebody else was faster; look again. A lost answer is found by looking again. */
  async #tryLock(
    link: MoneyLink,
    value: string,
    overGoPayer: string | undefined,
  ): Promise<LockOutcome | undefined> {
    const { keys } = this;
    const replies = await link.send([
      ["WATCH", keys.lock, keys.lease],
      ["GET", keys.lock],
      ["GET", keys.lease],
    ]);
    const [, lock, lease] = [keys.lock, keys.lock, keys.lease].map((key, index) =>
      accepted(replies[index], { name: this.name, what: `read key "${key}"` })
    );
    const obstacle = obstacleTo(value, { lock, lease, overGoPayer });
    if (obstacle !== undefined) return obstacle;
    const commands: readonly RedisCommand[] = [
      ["SET", keys.lock, value],
      leaseCommand(keys, value),
    ];
    const taken = await link.send([["MULTI"], ...commands, ["EXEC"]]);
    for (const reply of taken) accepted(reply, { name: this.name, what: "take the lock" });
    if (taken.at(-1) === null) return undefined;
    return { kind: "taken", fence: new RedisFence(link, keys, value) };
  }
}

function obstacleTo(
  value: string,
  found: {
    readonly lock: RedisReply | undefined;
    readonly lease: RedisReply | undefined;
    readonly overGoPayer: string | undefined;
  },
): LockOutcome | undefined {
  const { lock, lease, overGoPayer } = found;
  if (lock === value) return undefined;
  if (typeof lease === "string") return { kind: "another-run", owner: lease };
  if (typeof lock !== "string" || lock.startsWith("paydirt:") || lock === overGoPayer) {
    return undefined;
  }
  return { kind: "go-payer", lock };
}
