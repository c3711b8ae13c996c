/**
 * Every Redis command that is used, so that an ACL user can be cut to them. None is newer than
 * Redis 5.
 *
 * @module
 */

/** The first words on a connection. PING may be refused; SELECT is sent for a database but 0. */
export const CONNECTION_COMMANDS = ["AUTH", "PING", "SELECT"] as const;

/** What reading needs: all of it is in `+@read`. INFO is asked too, and may be refused. */
export const READ_COMMANDS = [
  "GET",
  "HGET",
  "HGETALL",
  "HSCAN",
  "SCAN",
  "TYPE",
  "ZREVRANGE",
  "ZSCAN",
  "ZSCORE",
] as const;

/**
 * What a run that pays needs besides. BGSAVE only with `payouts.bgsave`; with `redis.durability`
 * "aof" also `CONFIG|GET`, with replicas `WAIT`.
 */
export const MONEY_COMMANDS = [
  "BGSAVE",
  "DEL",
  "EXEC",
  "HDEL",
  "HINCRBY",
  "HLEN",
  "HMGET",
  "HSET",
  "INFO",
  "MULTI",
  "SET",
  "UNWATCH",
  "WATCH",
  "ZADD",
  "ZCARD",
  "ZREM",
] as const;
