/**
 * What a Redis server says of itself. Each question may be refused to a user, and is silence then.
 *
 * @module
 */

import type { LedgerServer } from "../../domain/ports/ledger.ts";
import { type RedisCommand, type RedisReply, RedisReplyError } from "./connection.ts";
import { accepted } from "./reply_faults.ts";
import { infoField } from "./server_process.ts";

const SECTIONS = ["server", "memory", "persistence", "replication"];
const SETTINGS = ["appendfsync", "no-appendfsync-on-rewrite"];

/**
 * `INFO` and, of a server that appends to a file, `CONFIG GET`.
 *
 * @throws {Fault} when it refuses for another reason than that this user, or nobody, may ask.
 */
export async function askServer(
  name: string,
  send: (commands: readonly RedisCommand[]) => Promise<readonly RedisReply[]>,
): Promise<LedgerServer> {
  const ask = async (commands: readonly RedisCommand[]): Promise<readonly RedisReply[]> => {
    const replies = await send(commands);
    return replies.map((reply, index) =>
      isSilence(reply) ? null : accepted(reply, { name, what: `ask ${commands[index]?.[0]}` })
    );
  };
  const sections = await ask(SECTIONS.map((section) => ["INFO", section]));
  const info = sections.map((text) => text ?? "").join("\n");
  const appends = infoField(info, "aof_enabled");
  const replicas = infoField(info, "connected_slaves");
  return {
    runId: infoField(info, "run_id"),
    maxmemoryPolicy: infoField(info, "maxmemory_policy"),
    fsyncsAlways: appends === "1"
      ? syncs(info, await ask(SETTINGS.map((setting) => ["CONFIG", "GET", setting])))
      : appends === null
      ? null
      : false,
    replicas: replicas === null ? null : Number(replicas),
  };
}

function syncs(info: string, replies: readonly RedisReply[]): boolean | null {
  const [when, skipsOnRewrite] = replies.map((reply) => Array.isArray(reply) ? reply[1] : null);
  if (when === null || skipsOnRewrite === null) return null;
  return when === "always" && skipsOnRewrite === "no" &&
    infoField(info, "aof_last_write_status") === "ok";
}

/** `NOPERM`: this user may not; `ERR`: an unknown command, since somebody took it away. */
function isSilence(reply: RedisReply): boolean {
  return reply instanceof RedisReplyError && (reply.code === "NOPERM" || reply.code === "ERR");
}
