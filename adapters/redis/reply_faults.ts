/**
 * What went wrong between us and Redis, as faults in one line.
 *
 * @module
 */

import { Fault, type FaultKind } from "../../domain/fault.ts";
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
  throw new Fault(kindOfReply(reply), `Cannot ${asked.what} of ${asked.name}: ${reply.message}`, {
    cause: reply,
  });
}

/** The fault of a lost link. Others pass as they are. */
export function unreachable(error: unknown, name: string): unknown {
  if (!(error instanceof LinkLost)) return error;
  return error.isGarbled
    ? new Fault("ledger-nonsense", `Cannot understand ${name}: ${error.message}`, { cause: error })
    : new Fault("ledger-unreachable", `Cannot reach ${name}: ${error.message}`, { cause: error });
}

/** What an error reply means for a run. */
export function kindOfReply(reply: RedisReplyError): FaultKind {
  switch (causeOf(reply)) {
    case "NOPERM":
    case "NOAUTH":
    case "WRONGPASS":
    case "DENIED":
      return "ledger-refused";
    case "WRONGTYPE":
      return "ledger-wrong-type";
    case "LOADING":
    case "BUSY":
    case "READONLY":
    case "MASTERDOWN":
    case "NOREPLICAS":
    case "CLUSTERDOWN":
    case "OOM":
    case "MISCONF":
      return "ledger-unreachable";
    default:
      return /max number of clients/i.test(reply.message)
        ? "ledger-unreachable"
        : "ledger-nonsense";
  }
}

/** EXEC says why in its text: `EXECABORT Transaction discarded because of: OOM command …`. */
function causeOf(reply: RedisReplyError): string {
  if (reply.code !== "EXECABORT") return reply.code;
  return reply.message.match(/because of: (\w+)/)?.[1] ?? reply.code;
}
