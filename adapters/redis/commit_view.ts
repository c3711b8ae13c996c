/**
 * Reads everything that a commit touches, in one round trip, under the WATCH that guards it.
 *
 * @module
 */

import { type Account, MONEY_FIELDS, type MoneyField } from "../../domain/account.ts";
import type { LedgerView, WrongType } from "../../domain/commit_check.ts";
import { effectsOf } from "../../domain/effect.ts";
import { type Expectation, expectationsOf } from "../../domain/expectation.ts";
import { keysRead, keysWritten, type KeyUse, type LedgerKeys } from "../../domain/ledger_keys.ts";
import { paidMember } from "../../domain/paid_row.ts";
import type { Transition } from "../../domain/transition.ts";
import { type RedisCommand, type RedisReply, RedisReplyError } from "./connection.ts";
import { timeOf } from "./reply_values.ts";

/** What is asked, once each: commands by a name under which the answer is found again. */
export class ViewQuestions {
  readonly #commands = new Map<string, RedisCommand>();
  /** The records that are asked for, all by one command. */
  readonly #records = new Map<string, number>();
  /** The keys that are touched, by name. */
  readonly #uses = new Map<string, KeyUse>();
  /** The keys that a question reads: one of another type answers it with WRONGTYPE. */
  readonly #read = new Set<string>();
  readonly #keys: LedgerKeys;

  /** Collects what these transitions touch. */
  constructor(keys: LedgerKeys, transitions: readonly Transition[]) {
    this.#keys = keys;
    for (const transition of transitions) this.#collect(transition);
    const records = [...this.#records.keys()];
    if (records.length > 0) this.#ask("journal", ["HMGET", keys.journal, ...records]);
    for (const key of this.#uses.keys()) {
      if (!this.#read.has(key)) this.#ask(`type ${key}`, ["TYPE", key]);
    }
  }

  /** The commands to send. */
  get commands(): readonly RedisCommand[] {
    return [...this.#commands.values()];
  }

  /** The commands to send as well, where an answer to {@linkcode commands} is WRONGTYPE. */
  get typeCommands(): readonly RedisCommand[] {
    return [...this.#uses.keys()].map((key) => ["TYPE", key]);
  }

  /** Reads the replies to {@linkcode commands} and {@linkcode typeCommands}, in the same order. */
  view(replies: readonly RedisReply[], types: readonly RedisReply[]): LedgerView {
    const keys = this.#keys;
    const found = new Map([...this.#commands.keys()].map((name, index) => [name, replies[index]]));
    const text = (name: string): string | null => textOf(found.get(name));
    const records = found.get("journal");
    const misread = new Set(
      this.commands.flatMap(([, key = ""], index) => isWrongType(replies[index]) ? [key] : []),
    );
    return {
      money(account: Account, field: MoneyField): string | null {
        const reply = found.get(`money ${keys.account(account)}`);
        return Array.isArray(reply) ? textOf(reply[MONEY_FIELDS.indexOf(field)]) : null;
      },
      pending(key) {
        const score = text(`pending ${key}`);
        return score === null ? null : timeOf(score);
      },
      journal: (key) => {
        const place = this.#records.get(key);
        return Array.isArray(records) && place !== undefined ? textOf(records[place]) : null;
      },
      nonce: (wallet) => text(`nonce ${wallet}`),
      held: (login) => text(`held ${login}`),
      recorded: (debt, hash) => text(`recorded ${paidMember(debt, hash)}`) !== null,
      wrongTypes: [...this.#uses.values()].flatMap(({ key, type, login }, index): WrongType[] => {
        const found = textOf(types[index]) ?? text(`type ${key}`) ?? "none";
        // One that was mended since it was read is not as it was read: next time.
        const fits = (found === type || found === "none") && !misread.has(key);
        return fits ? [] : [{ key, login, found, expected: type }];
      }),
    };
  }

  #collect(transition: Transition): void {
    for (const expectation of expectationsOf(transition)) {
      this.#askFor(expectation);
      this.#use(keysRead(expectation, this.#keys));
    }
    for (const effect of effectsOf(transition)) {
      if (effect.kind === "add") this.#askMoney(effect.account);
      this.#use(keysWritten(effect, this.#keys));
    }
  }

  #askFor(expectation: Expectation): void {
    const keys = this.#keys;
    switch (expectation.kind) {
      case "covers":
        return this.#askMoney({ kind: "miner", login: expectation.login });
      case "pending":
        return this.#ask(`pending ${expectation.key}`, ["ZSCORE", keys.pending, expectation.key]);
      case "journal":
        if (this.#records.has(expectation.key)) return;
        this.#records.set(expectation.key, this.#records.size);
        return;
      case "held": {
        const { login } = expectation.hold;
        return this.#ask(`held ${login}`, ["HGET", keys.held, login]);
      }
      case "nonce":
        return this.#ask(`nonce ${expectation.wallet}`, ["HGET", keys.nonces, expectation.wallet]);
      case "recordable":
        this.#askMoney({ kind: "miner", login: expectation.debt.login });
        return this.#askMoney({ kind: "finances" });
      case "unrecorded": {
        const member = paidMember(expectation.debt, expectation.hash);
        return this.#ask(`recorded ${member}`, ["ZSCORE", keys.all, member]);
      }
      default:
        return expectation satisfies never;
    }
  }

  #askMoney(account: Account): void {
    const key = this.#keys.account(account);
    this.#ask(`money ${key}`, ["HMGET", key, ...MONEY_FIELDS]);
  }

  #use(uses: readonly KeyUse[]): void {
    for (const use of uses) this.#uses.set(use.key, use);
  }

  #ask(name: string, command: RedisCommand): void {
    if (this.#commands.has(name)) return;
    this.#commands.set(name, command);
    if (command[1] !== undefined) this.#read.add(command[1]);
  }
}

/** Whether a question met a key of another type. */
export function isWrongType(reply: RedisReply | undefined): boolean {
  return reply instanceof RedisReplyError && reply.code === "WRONGTYPE";
}

/** A field of a key of the wrong type reads as nothing: the type itself is reported. */
function textOf(reply: RedisReply | undefined): string | null {
  if (reply === undefined || reply === null) return null;
  if (reply instanceof RedisReplyError || Array.isArray(reply)) return null;
  return String(reply);
}
