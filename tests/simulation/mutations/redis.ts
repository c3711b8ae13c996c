/**
 * Bugs between us and a real Redis.
 *
 * @module
 */

import type { Mutation } from "./mutation.ts";

/** Bugs between us and a real Redis. */
export const REDIS: readonly Mutation[] = [
  {
    name: "no touch of the lock after a lost answer",
    file: "adapters/redis/fence.ts",
    find: '[["SET", lock, this.#value], ...trace.commands]',
    replace: '[["GET", lock], ...trace.commands]',
    test: "tests/redis/lost_answers_test.ts",
  },
  {
    name: "no check of EXEC's replies",
    file: "adapters/redis/fence.ts",
    find: "verify(commands, replies, this.#link.name);",
    replace: "",
    test: "tests/redis/fence_test.ts",
  },
  {
    name: "ioredis sends again by itself, as it does by default",
    file: "adapters/redis/connection.ts",
    find: `  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  enableOfflineQueue: false,
  enableReadyCheck: false,
  disableClientInfo: true,
  // HINCRBY replies above 2^53 would be rounded.
  stringNumbers: true,
  retryStrategy: (): null => null,
`,
    replace: "  stringNumbers: true,\n",
    test: "tests/redis/lost_answers_test.ts",
  },
  {
    name: "no WATCH on the lock",
    file: "adapters/redis/fence.ts",
    find: "[lock, nonces, journal, pending, all, held],",
    replace: "[nonces, journal, pending, all, held],",
    test: "tests/redis/fence_test.ts",
  },
];
