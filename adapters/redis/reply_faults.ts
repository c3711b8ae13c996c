/**
 * What went wrong between us and Redis, as faults in one line.
 *
 * @module
 */

import { Fault } from "../../domain/fault.ts";
import { LinkLost, type RedisReply, RedisReplyError } from "./connection.ts";

/** The reply, when it is none that says no. @throws {Fault} that names what was asked of whom. */
export function accepted(
  reply: RedisReply | undefined,
  asked: { readonly name: string; readonly what: string },
): Exclude<RedisReply, RedisReplyError> {
  if (reply === undefined) {
    throw new Fault("ledger-nonsense", `Cannot ${asked.what} of ${asked.name}: a reply is missing`);
  }
  if (!(reply instanceof RedisReplyError)) return reply;
  throw new Fault(kindOf(reply), `Cannot ${asked.what} of ${asked.name}: ${reply.message}`, {
    cause: reply,
  });
}

/** The fault of a lost link. Others pass as they are. */
export function unreachable(error: unknown, name: string): unknown {
  if (!(error instanceof LinkLost)) return error;
  return new Fault("ledger-unreachable", `Cannot reach ${name}: ${error.message}`, {
    cause: error,
  });
}

function kindOf(reply: RedisReplyError): Fault["kind"] {
  switch (reply.code) {
    case "NOPERM":
    case "NOAUTH":
    case "WRONGPASS":
      return "ledger-refused";
    case "WRONGTYPE":
      return "ledger-wrong-type";
    case "LOADING":
    case "BUSY":
    case "READONLY":
    case "MASTERDOWN":
    case "CLUSTERDOWN":
    case "OOM":
    case "MISCONF":
      return "ledger-unreachable";
    default:
      return "ledger-nonsense";
  }
}
