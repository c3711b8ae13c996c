/**
 * A held lock in Redis: every write goes through it, and none after it was lost.
 *
 * @module
 */

import { findProblems } from "../../domain/commit_check.ts";
import { Fault } from "../../domain/fault.ts";
import type { CommitOutcome, Fence } from "../../domain/ports/ledger.ts";
import { LEASE_MS } from "../../domain/ports/ledger.ts";
import { paymentKey } from "../../domain/payment.ts";
import { effectsOf, type Transition } from "../../domain/transition.ts";
import { encodeHold } from "../../domain/transition.ts";
import { encodeRecord } from "../../domain/journal_record.ts";
import { ViewQuestions } from "./commit_view.ts";
import { LinkLost, type RedisCommand, type RedisReply, RedisReplyError } from "./connection.ts";
import { commandsOf, isApplied } from "./effect_commands.ts";
import type { LedgerKeys } from "./keys.ts";
import type { MoneyLink } from "./money_link.ts";
import { accepted, unreachable } from "./reply_faults.ts";

/** How often a step is begun anew, because the link broke or its WATCH did. */
const MAX_TRIES = 8;

/** The lock of a run. */
export class RedisFence implements Fence {
  readonly #link: MoneyLink;
  readonly #keys: LedgerKeys;
  /** What the lock holds while it is ours. */
  readonly #value: string;

  /** The lock has been taken with this value. */
  constructor(link: MoneyLink, keys: LedgerKeys, value: string) {
    this.#link = link;
    this.#keys = keys;
    this.#value = value;
  }

  /** WATCH, read and check, MULTI, verify every reply. */
  commit(transitions: readonly Transition[]): Promise<CommitOutcome> {
    if (transitions.length === 0) return Promise.resolve({ kind: "applied" });
    return this.#step(async () => {
      const refused = await this.#check(transitions);
      if (refused !== undefined) return refused;
      const commands = transitions.flatMap(effectsOf)
        .flatMap((effect) => commandsOf(this.#keys, effect));
      const replies = await this.#execute(commands).catch(async (error: unknown) => {
        if (!(error instanceof LinkLost)) throw error;
        return await this.#wasApplied(transitions) ? "applied" : null;
      });
      if (replies === null) return undefined;
      if (replies !== "applied") this.#verify(commands, replies);
      return { kind: "applied" };
    });
  }

  /** SET lease PX, where lock and lease are still ours. */
  renew(): Promise<void> {
    const { lease } = this.#keys;
    return this.#step(async () => {
      await this.#watch([lease]);
      const replies = await this.#execute([this.#leaseCommand()]);
      return replies === null ? undefined : null;
    }).then(() => undefined);
  }

  /** DEL lease and, with nothing unresolved, DEL lock. */
  release(): Promise<{ readonly lockReleased: boolean }> {
    const { lock, lease, journal, pending } = this.#keys;
    return this.#step(async () => {
      const [owner, journalled, waiting] = await this.#watched(
        [lock, lease, journal, pending],
        [["GET", lock], ["HLEN", journal], ["ZCARD", pending]],
      );
      if (owner !== this.#value) return { lockReleased: false };
      const lockReleased = Number(journalled) === 0 && Number(waiting) === 0;
      const keys = lockReleased ? [lease, lock] : [lease];
      const replies = await this.#execute(keys.map((key): RedisCommand => ["DEL", key]));
      return replies === null ? undefined : { lockReleased };
    }).finally(() => this.#link.close());
  }

  /** Begins a step anew until it answers: `undefined` means that its WATCH broke. */
  #step<T>(step: () => Promise<T | undefined>): Promise<T> {
    return this.#link.alone(async () => {
      let last: unknown = new Error("the lock was touched again and again");
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        try {
          const answer = await step();
          if (answer !== undefined) return answer;
        } catch (error) {
          if (!(error instanceof LinkLost)) throw error;
          last = error;
        }
      }
      const lost = last instanceof LinkLost ? last : new LinkLost(last);
      throw unreachable(lost, this.#link.name);
    });
  }

  /** What speaks against the transitions, under the WATCH; `undefined`: nothing. */
  async #check(transitions: readonly Transition[]): Promise<CommitOutcome | undefined> {
    const questions = new ViewQuestions(this.#keys, transitions);
    const { lock, nonces } = this.#keys;
    const [owner, ...replies] = await this.#watched(
      [lock, nonces],
      [["GET", lock], ...questions.commands],
    );
    this.#demandOurs(owner);
    for (const reply of replies) {
      // A key of the wrong type is reported with its name; any other refusal stops.
      if (reply instanceof RedisReplyError && reply.code === "WRONGTYPE") continue;
      accepted(reply, { name: this.#link.name, what: "read before a commit" });
    }
    const problems = findProblems(transitions, questions.view(replies));
    if (problems.length === 0) return undefined;
    await this.#link.ask(["UNWATCH"]);
    return { kind: "refused", problems };
  }

  async #watch(more: readonly string[]): Promise<void> {
    const { lock } = this.#keys;
    const [owner] = await this.#watched([lock, ...more], [["GET", lock]]);
    this.#demandOurs(owner);
  }

  async #watched(
    keys: readonly string[],
    questions: readonly RedisCommand[],
  ): Promise<readonly RedisReply[]> {
    const [watched, ...replies] = await this.#link.send([["WATCH", ...keys], ...questions]);
    accepted(watched, { name: this.#link.name, what: 'ask "WATCH"' });
    return replies;
  }

  #demandOurs(owner: RedisReply | undefined): void {
    if (owner === this.#value) return;
    const found = typeof owner === "string" ? `"${owner}"` : "nobody's";
    throw new Fault(
      "fenced",
      `The lock "${this.#keys.lock}" of ${this.#link.name} is ${found} now: another run took over`,
    );
  }

  /** Runs commands in MULTI; `null` when the WATCH broke and nothing was applied. */
  async #execute(commands: readonly RedisCommand[]): Promise<readonly RedisReply[] | null> {
    const replies = await this.#link.send([["MULTI"], ...commands, ["EXEC"]]);
    const executed = replies.at(-1);
    if (executed === null) return null;
    if (Array.isArray(executed) && executed.length === commands.length) return executed;
    // EXECABORT: a command was refused before EXEC, so nothing of the MULTI was applied.
    for (const reply of replies) {
      accepted(reply, { name: this.#link.name, what: "write to the keys" });
    }
    throw new Fault("ledger-nonsense", `Cannot read the answer of ${this.#link.name} to EXEC`);
  }

  /** EXEC does not roll back: a command that failed in it leaves the others applied. */
  #verify(commands: readonly RedisCommand[], replies: readonly RedisReply[]): void {
    const failed = replies.findIndex((reply) => !isApplied(reply));
    if (failed < 0) return;
    const reply = replies[failed];
    const why = reply instanceof RedisReplyError ? reply.message : JSON.stringify(reply);
    const applied = replies.filter(isApplied).length;
    throw new Fault(
      "ledger-broken",
      `A command failed inside EXEC on ${this.#link.name}: ${
        commands[failed]?.join(" ")
      }: ${why}; ` +
        `the other ${applied} of ${commands.length} commands were applied. Nothing of it was sent. ` +
        `Mend that key by hand before the next run`,
    );
  }

  /**
   * Whether a MULTI whose answer was lost was applied. The touch kills an EXEC that may still be in
   * the wire; after it, what is read is what became of it.
   */
  async #wasApplied(transitions: readonly Transition[]): Promise<boolean> {
    await this.#touch();
    const [first] = transitions;
    if (first === undefined) return true;
    const { command, applied } = this.#traceOf(first);
    return await this.#link.ask(command) === applied;
  }

  async #touch(): Promise<void> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      try {
        await this.#watch([]);
        if (await this.#execute([["SET", this.#keys.lock, this.#value]]) !== null) return;
      } catch (error) {
        if (!(error instanceof LinkLost)) throw error;
      }
    }
    throw new Fault(
      "ledger-unreachable",
      `Cannot learn from ${this.#link.name} what became of a commit: stop, the next run finds out`,
    );
  }

  /** What an applied transition leaves to be seen. A MULTI is all or nothing, so one tells for all. */
  #traceOf(
    transition: Transition,
  ): { readonly command: RedisCommand; readonly applied: string | null } {
    const { journal, pending, held, nonces } = this.#keys;
    switch (transition.kind) {
      case "debit":
      case "record-attempt": {
        const payment = transition.kind === "debit" ? transition.payment : transition.after;
        const command: RedisCommand = ["HGET", journal, paymentKey(payment)];
        return { command, applied: encodeRecord(payment) };
      }
      case "settle":
      case "credit-back":
        return { command: ["ZSCORE", pending, paymentKey(transition.debt)], applied: null };
      case "hold": {
        const { hold } = transition;
        return { command: ["HGET", held, hold.login], applied: encodeHold(hold) };
      }
      case "advance-nonce": {
        const { wallet, to } = transition;
        return { command: ["HGET", nonces, wallet], applied: String(to) };
      }
      default:
        return transition satisfies never;
    }
  }

  #leaseCommand(): RedisCommand {
    return leaseCommand(this.#keys, this.#value);
  }
}

/** The command that takes or renews a lease. */
export function leaseCommand(keys: LedgerKeys, value: string): RedisCommand {
  return ["SET", keys.lease, value, "PX", String(LEASE_MS)];
}
