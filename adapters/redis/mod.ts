/**
 * The pool's Redis as a ledger. Takes built connections, so that it loads no client.
 *
 * @module
 */

export { CONNECTION_COMMANDS, MONEY_COMMANDS, READ_COMMANDS } from "./commands.ts";
export {
  connectionOver,
  HONEST_OPTIONS,
  LinkLost,
  type PipelineClient,
  type RedisCommand,
  type RedisConnection,
  type RedisReply,
  RedisReplyError,
} from "./connection.ts";
export { greet, type RedisLogin } from "./greeting.ts";
export { RedisLedgerReader, type RedisReaderOptions } from "./ledger_reader.ts";
export type { RedisLinkOptions } from "./link.ts";
export { RedisLedger, type RedisLedgerOptions } from "./redis_ledger.ts";
