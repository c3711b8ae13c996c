/**
 * WATCH and MULTI on a link, as every step under the lock uses them.
 *
 * @module
 */

import { Fault } from "../../domain/fault.ts";
import { type RedisCommand, type RedisReply, RedisReplyError } from "./connection.ts";
import { isApplied } from "./effect_commands.ts";
import type { RedisLink } from "./link.ts";
import { accepted } from "./reply_faults.ts";

/** How much of an argument is shown: a record holds signed transactions. */
const SHOWN_LENGTH = 80;

/** Begins to watch keys, and reads under the WATCH, in one round trip. */
export async function watch(
  link: RedisLink,
  keys: readonly string[],
  questions: readonly RedisCommand[],
): Promise<readonly RedisReply[]> {
  const [watched, ...replies] = await link.send([["WATCH", ...keys], ...questions]);
  accepted(watched, { name: link.name, what: 'ask "WATCH"' });
  return replies;
}

/**
 * Runs commands in MULTI and answers EXEC's replies; `null` when the WATCH broke and nothing was
 * applied. MULTI goes ahead alone: if it were refused, the commands behind it would run at once,
 * one by one and unfenced.
 *
 * @throws {Fault} when the server refused, and nothing was applied.
 * @throws {LinkLost} nobody knows what was applied.
 */
export async function execute(
  link: RedisLink,
  commands: readonly RedisCommand[],
): Promise<readonly RedisReply[] | null> {
  await link.ask(["MULTI"]);
  const replies = await link.send([...commands, ["EXEC"]]);
  const executed = replies.at(-1);
  if (executed === null || isReplies(executed)) return executed;
  // A command was refused before EXEC, or EXEC itself was.
  for (const reply of replies) accepted(reply, { name: link.name, what: "write to the keys" });
  throw new Fault("ledger-nonsense", `Cannot read the answer of ${link.name} to EXEC`);
}

/**
 * EXEC does not roll back: a command that failed in it leaves the others applied.
 *
 * @throws {Fault} `ledger-broken`, which names those that failed; all others were applied.
 */
export function verify(
  commands: readonly RedisCommand[],
  replies: readonly RedisReply[],
  name: string,
): void {
  const failed = commands.flatMap((command, index) => {
    const reply = replies[index];
    return isApplied(reply) ? [] : [`"${shown(command)}" (${shownReply(reply)})`];
  });
  if (failed.length === 0) return;
  throw new Fault(
    "ledger-broken",
    `EXEC of ${name} applied ${commands.length - failed.length} of ${commands.length} commands; ` +
      `these failed: ${failed.join(", ")}. ` +
      `Mend the keys and apply them by hand, before anything else runs`,
  );
}

function isReplies(reply: RedisReply | undefined): reply is readonly RedisReply[] {
  return Array.isArray(reply);
}

function shown(command: RedisCommand): string {
  return command.map((part) =>
    part.length > SHOWN_LENGTH ? `${part.slice(0, SHOWN_LENGTH)}…` : part
  ).join(" ");
}

function shownReply(reply: RedisReply | undefined): string {
  return reply instanceof RedisReplyError ? reply.message : JSON.stringify(reply) ?? "no reply";
}
