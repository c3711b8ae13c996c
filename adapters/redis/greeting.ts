/**
 * The first words on a connection: who we are, which database, and whether a Redis is there.
 *
 * @module
 */

import { Fault } from "../../domain/fault.ts";
import {
  LinkLost,
  type RedisCommand,
  type RedisConnection,
  type RedisReply,
  RedisReplyError,
} from "./connection.ts";
import { kindOfReply } from "./reply_faults.ts";

/** Who logs in where. */
export interface RedisLogin {
  /** Where Redis is, for people. */
  readonly address: string;
  /** The number of the database. */
  readonly database: number;
  /** The ACL user; without one it is the server's default user. */
  readonly username?: string;
  /** Its password; without one nobody logs in, unless there is a username. */
  readonly password?: string;
}

/**
 * Logs in (AUTH), chooses the database (SELECT, unless it is 0) and makes sure that a Redis answers
 * (PING; a user who may not PING is an answer too), in one round trip.
 *
 * @throws {Fault} `ledger-refused`, `config` (no such database), `ledger-nonsense` (no Redis),
 * `ledger-unreachable` (it is loading, busy or full).
 * @throws {LinkLost}
 */
export async function greet(connection: RedisConnection, login: RedisLogin): Promise<void> {
  const commands = greetingOf(login);
  const replies = await connection.send(commands);
  for (const [index, [name]] of commands.entries()) {
    const fault = faultOf(name, replies[index], login);
    if (fault !== undefined) throw fault;
  }
}

function greetingOf({ database, username, password }: RedisLogin): readonly RedisCommand[] {
  const user = username === undefined ? [] : [username];
  const login = password ?? (username === undefined ? undefined : "");
  return [
    ...(login === undefined ? [] : [["AUTH", ...user, login] as const]),
    ...(database === 0 ? [] : [["SELECT", String(database)] as const]),
    ["PING"],
  ];
}

function faultOf(
  name: string,
  reply: RedisReply | undefined,
  login: RedisLogin,
): Fault | undefined {
  if (!(reply instanceof RedisReplyError)) {
    return reply === (name === "PING" ? "PONG" : "OK") ? undefined : noRedis(login.address);
  }
  if (name === "PING" && reply.code === "NOPERM") return undefined;
  const text = withoutSecret(reply.message, login.password);
  const kind = kindOfReply(reply);
  if (kind === "ledger-refused" || (name === "AUTH" && kind === "ledger-nonsense")) {
    return new Fault(
      "ledger-refused",
      `Redis at ${login.address} refused us: ${text}; check redis.password and redis.username`,
    );
  }
  if (name === "SELECT" && kind === "ledger-nonsense") {
    return new Fault(
      "config",
      `Redis at ${login.address} has no database ${login.database}: ${text}; check redis.database`,
    );
  }
  return new Fault(kind, `Redis at ${login.address} cannot serve us now: ${text}`);
}

/** What a lost link says of a server that was never greeted. */
export function unreachableAt(address: string, reason: unknown): Fault {
  const lost = new LinkLost(reason);
  return lost.isGarbled ? noRedis(address) : new Fault(
    "ledger-unreachable",
    `Cannot reach Redis at ${address}: ${lost.message}; is it running, and is redis.endpoint right?`,
  );
}

function noRedis(address: string): Fault {
  return new Fault(
    "ledger-nonsense",
    `What listens at ${address} is not Redis; check redis.endpoint`,
  );
}

/** A server that does not know AUTH repeats the arguments in its error. */
function withoutSecret(text: string, secret: string | undefined): string {
  return secret ? text.replaceAll(secret, "***") : text;
}
