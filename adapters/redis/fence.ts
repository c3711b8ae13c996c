/**
 * A held lock in Redis: every write goes through it, and none after it was lost.
 *
 * @module
 */

import { type CommitProblem, findProblems } from "../../domain/commit_check.ts";
import { judgeDurability, type LedgerDurability } from "../../domain/durability.ts";
import { effectsOf } from "../../domain/effect.ts";
import { Fault } from "../../domain/fault.ts";
import type { LedgerKeys } from "../../domain/ledger_keys.ts";
import {
  type CommitOutcome,
  type Fence,
  LEASE_MS,
  type LedgerServer,
} from "../../domain/ports/ledger.ts";
import type { Transition } from "../../domain/transition.ts";
import { traceOf } from "./commit_trace.ts";
import { isWrongType, ViewQuestions } from "./commit_view.ts";
import { LinkLost, type RedisCommand, type RedisReply } from "./connection.ts";
import { commandsOf } from "./effect_commands.ts";
import type { RedisLink } from "./link.ts";
import { execute, verify, watch } from "./multi.ts";
import { accepted, unreachable } from "./reply_faults.ts";
import { askServer } from "./server_facts.ts";

/** How often a step is begun anew, because the link broke or its WATCH did. */
export const MAX_TRIES = 8;

/** The lock of a run. */
export class RedisFence implements Fence {
  readonly #link: RedisLink;
  readonly #keys: LedgerKeys;
  /** What the lock holds while it is ours. */
  readonly #value: string;

  /** The lock has been taken with this value. */
  constructor(link: RedisLink, keys: LedgerKeys, value: string) {
    this.#link = link;
    this.#keys = keys;
    this.#value = value;
  }

  /** WATCH, read and check, MULTI, verify every reply. */
  commit(transitions: readonly Transition[]): Promise<CommitOutcome> {
    if (transitions.length === 0) return Promise.resolve({ kind: "applied" });
    return this.#step(async () => {
      const problems = await this.#check(transitions);
      if (problems.length > 0) return { kind: "refused", problems };
      const commands = commandsOf(this.#keys, transitions.flatMap(effectsOf));
      try {
        const replies = await execute(this.#link, commands);
        if (replies === null) return undefined;
        verify(commands, replies, this.#link.name);
        return { kind: "applied" };
      } catch (error) {
        if (!(error instanceof LinkLost)) throw error;
        return await this.#wasApplied(transitions) ? { kind: "applied" } : undefined;
      }
    });
  }

  /** A write of this connection's own, then what Redis says of where it is. */
  persist(how: LedgerDurability): Promise<void> {
    const { lock } = this.#keys;
    return this.#step(async () => {
      const [owner] = await this.#read([lock], [["GET", lock]]);
      this.#demandOurs(owner);
      // WAIT counts the replicas that have the last write of its own connection, which may be new.
      if (await execute(this.#link, [["SET", lock, this.#value]]) === null) return undefined;
      const { ok, detail } = judgeDurability(how, await this.#durability(how));
      if (ok) return DONE;
      throw new Fault(
        "ledger-not-durable",
        `Nothing is sent by way of ${this.#link.name}: ${detail}`,
      );
    }).then(() => undefined);
  }

  async #durability(how: LedgerDurability): Promise<LedgerServer> {
    const server = await askServer(this.#link.name, (commands) => this.#link.send(commands));
    if (how.kind !== "replicas") return server;
    const reached = await this.#link.ask(["WAIT", String(how.count), WAIT_MS]);
    return { ...server, replicas: Number(reached) };
  }

  /** GET lock. */
  confirm(): Promise<void> {
    const { lock } = this.#keys;
    return this.#step(async () => {
      const [owner] = await this.#link.send([["GET", lock]]);
      this.#demandOurs(accepted(owner, { name: this.#link.name, what: `read key "${lock}"` }));
      return DONE;
    }).then(() => undefined);
  }

  /** SET lease PX, where the lock is ours and the lease nobody else's. */
  renew(): Promise<void> {
    const { lock, lease } = this.#keys;
    return this.#step(async () => {
      const [owner, tenant] = await this.#read([lock, lease], [["GET", lock], ["GET", lease]]);
      this.#demandOurs(owner);
      if (tenant !== null && tenant !== this.#value) return DONE;
      const replies = await execute(this.#link, [leaseCommand(this.#keys, this.#value)]);
      return replies === null ? undefined : DONE;
    }).then(() => undefined);
  }

  /** DEL lease and, with nothing unresolved, DEL lock. */
  release(): Promise<{ readonly lockReleased: boolean }> {
    const { lock, lease, journal, pending } = this.#keys;
    // Whether a DEL of the lock was sent whose answer is not known.
    let isDeleting = false;
    return this.#step(async () => {
      const [owner, tenant, journalled, waiting] = await this.#read(
        [lock, lease, journal, pending],
        [["GET", lock], ["GET", lease], ["HLEN", journal], ["ZCARD", pending]],
      );
      if (owner !== this.#value) return { lockReleased: isDeleting };
      const lockReleased = Number(journalled) === 0 && Number(waiting) === 0;
      const commands: readonly RedisCommand[] = [
        ...(tenant === this.#value ? [["DEL", lease] as const] : []),
        ...(lockReleased ? [["DEL", lock] as const] : []),
      ];
      if (commands.length === 0) return { lockReleased };
      const wasDeleting = isDeleting;
      isDeleting ||= lockReleased;
      const replies = await execute(this.#link, commands);
      if (replies !== null) return { lockReleased };
      // This one was not applied; one before it may have been, and broke this WATCH.
      isDeleting = wasDeleting;
      return undefined;
    }).finally(() => this.#link.close());
  }

  /** Begins a step anew until it answers: `undefined` means that its WATCH broke. */
  #step<T>(step: () => Promise<T | undefined>): Promise<T> {
    return this.#link.alone(async () => {
      let last = new LinkLost("its lock was touched again and again");
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        try {
          const answer = await step();
          if (answer !== undefined) return answer;
        } catch (error) {
          // The next step must not begin in a WATCH or MULTI that this one left open.
          this.#link.close();
          if (!(error instanceof LinkLost)) throw error;
          last = error;
        }
      }
      throw unreachable(last, this.#link.name);
    });
  }

  /** What speaks against the transitions, under a WATCH that stays when nothing does. */
  async #check(transitions: readonly Transition[]): Promise<readonly CommitProblem[]> {
    const problems = await this.#problems(transitions);
    if (problems.length > 0) await this.#link.ask(["UNWATCH"]);
    return problems;
  }

  /**
   * The balances are not watched: the unlocker only ever adds to them. Rows and records are, since
   * the resolver of a Go payer does not care whose lock it is.
   */
  async #problems(transitions: readonly Transition[]): Promise<readonly CommitProblem[]> {
    const questions = new ViewQuestions(this.#keys, transitions);
    const { lock, nonces, journal, pending, all, held } = this.#keys;
    const [owner, ...replies] = await watch(
      this.#link,
      [lock, nonces, journal, pending, all, held],
      [["GET", lock], ...questions.commands],
    );
    this.#demandOurs(accepted(owner, { name: this.#link.name, what: `read key "${lock}"` }));
    // A key of the wrong type is reported with its name; any other refusal stops.
    const others = replies.filter((reply) => !isWrongType(reply));
    for (const reply of others) accepted(reply, { name: this.#link.name, what: READING });
    const types = others.length === replies.length
      ? []
      : await this.#link.send(questions.typeCommands);
    return findProblems(transitions, questions.view(replies, types));
  }

  /** Watches keys and reads; nothing may be refused. */
  async #read(
    keys: readonly string[],
    questions: readonly RedisCommand[],
  ): Promise<readonly RedisReply[]> {
    const replies = await watch(this.#link, keys, questions);
    return replies.map((reply, index) =>
      accepted(reply, { name: this.#link.name, what: `read key "${questions[index]?.[1]}"` })
    );
  }

  #demandOurs(owner: RedisReply | undefined): void {
    if (owner === this.#value) return;
    const found = typeof owner === "string" ? `"${owner}"` : "gone";
    throw new Fault(
      "fenced",
      `Cannot go on: the lock "${this.#keys.lock}" of ${this.#link.name} is ${found}, ` +
        `expected "${this.#value}"; run again`,
    );
  }

  /**
   * Whether a MULTI whose answer was lost was applied. Touching the lock breaks the WATCH of an EXEC
   * that may still be in the wire, so what is read in the same step is what became of it.
   */
  async #wasApplied(transitions: readonly Transition[]): Promise<boolean> {
    const { lock } = this.#keys;
    const trace = traceOf(this.#keys, transitions);
    let last = new LinkLost("its lock was touched again and again");
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      try {
        const [owner] = await this.#read([lock], [["GET", lock]]);
        this.#demandOurs(owner);
        const replies = await execute(this.#link, [["SET", lock, this.#value], ...trace.commands]);
        if (replies !== null) return trace.isIn(replies.slice(1));
      } catch (error) {
        if (!(error instanceof LinkLost)) throw error;
        last = error;
      }
    }
    throw new Fault(
      "ledger-unreachable",
      `Cannot find out from ${this.#link.name} what became of a commit (${last.message}): ` +
        `the next run finds out`,
    );
  }
}

const READING = "read before a commit";

/** The answer of a step that has nothing to report. */
const DONE = {} as const;

/** For how long replicas are waited for, in milliseconds. */
const WAIT_MS = "2000";

/** The command that takes or renews a lease. */
export function leaseCommand(keys: LedgerKeys, value: string): RedisCommand {
  return ["SET", keys.lease, value, "PX", String(LEASE_MS)];
}
