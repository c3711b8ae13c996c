/**
 * What the ledger needs of a Redis client: commands out, replies in, and honesty about a lost link.
 *
 * @module
 */

/** A command with its arguments, as the wire has them. */
export type RedisCommand = readonly [name: string, ...args: string[]];

/** A reply. An error that the server replied is a value: the command was refused, not lost. */
export type RedisReply = string | number | null | RedisReplyError | readonly RedisReply[];

/** An error that the server replied. */
export class RedisReplyError extends Error {
  /** `WRONGTYPE`, `NOPERM`, `ERR`, …: the first word. */
  readonly code: string;

  /** Takes the server's own text. */
  constructor(text: string) {
    super(text);
    this.name = "RedisReplyError";
    this.code = text.split(" ", 1)[0] ?? "";
  }
}

/** What ioredis says of bytes that are no replies, or of a reply to nothing. */
const GARBLED = /Unknown RESP type|Command queue state error/;

/** The link broke or timed out before all replies were there: nobody knows what was applied. */
export class LinkLost extends Error {
  /** Whether it was lost because what came was not Redis's protocol. */
  readonly isGarbled: boolean;

  /** Keeps the text alone: the client's own errors carry the commands, and so the password. */
  constructor(reason: unknown) {
    super(reason instanceof Error ? reason.message : String(reason));
    this.name = "LinkLost";
    this.isGarbled = GARBLED.test(this.message);
  }
}

/** One connection. It never connects again and never sends anything twice by itself. */
export interface RedisConnection {
  /**
   * Sends commands in one round trip and answers their replies in order.
   *
   * @throws {LinkLost} when any reply is missing.
   */
  send(commands: readonly RedisCommand[]): Promise<readonly RedisReply[]>;
  /** Ends it at once; what is under way is lost. */
  close(): void;
}

/**
 * How ioredis has to be built so that it is honest: by default it connects again and sends
 * unanswered commands a second time, and so debits twice. It says and asks nothing of its own, and
 * speaks RESP2, since pools run Redis before 6. Password and database are {@linkcode greet}'s.
 */
export const HONEST_OPTIONS = {
  protocol: 2,
  lazyConnect: true,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  enableOfflineQueue: false,
  enableReadyCheck: false,
  disableClientInfo: true,
  // HINCRBY replies above 2^53 would be rounded.
  stringNumbers: true,
  retryStrategy: (): null => null,
} as const;

/** The part of an ioredis client that is used. */
export interface PipelineClient {
  /** Takes commands as `["call", name, ...args]`, to be sent in one round trip. */
  pipeline(commands: string[][]): {
    /** Sends them. Errors stand inside the result. */
    exec(): Promise<[error: Error | null, reply: unknown][] | null>;
  };
  /** The socket. */
  readonly stream: {
    /** Ends it at once. */
    destroy(): unknown;
  };
}

/**
 * A connection over a client that was built with {@linkcode HONEST_OPTIONS} and is connected. Replies
 * that are not there within `timeoutMs` milliseconds are lost, and the link with them.
 *
 * @example
 * ```ts ignore
 * const client = new Redis({ ...HONEST_OPTIONS, host: "127.0.0.1" });
 * await client.connect();
 * const connection = connectionOver(client, { timeoutMs: 5_000 });
 * ```
 */
export function connectionOver(
  client: PipelineClient,
  { timeoutMs }: { readonly timeoutMs: number },
): RedisConnection {
  // disconnect() waits two seconds for a goodbye, which a frozen server or a broken link never says.
  const close = (): void => void client.stream?.destroy();
  return {
    async send(commands) {
      const pipeline = client.pipeline(commands.map((command) => ["call", ...command]));
      const timedOut = Promise.withResolvers<never>();
      // One timer a round trip: ioredis's own commandTimeout sets one for every command.
      const timer = setTimeout(() => {
        timedOut.reject(new Error("Command timed out"));
        close();
      }, timeoutMs);
      const results = await Promise.race([pipeline.exec(), timedOut.promise])
        .catch((cause: unknown) => {
          throw new LinkLost(cause);
        })
        .finally(() => clearTimeout(timer));
      if (results === null || results.length !== commands.length) {
        throw new LinkLost("the answer is short");
      }
      return results.map(([error, value]) => {
        if (error === null) return readReply(value);
        if (isReplyError(error)) return new RedisReplyError(error.message);
        throw new LinkLost(error);
      });
    },
    close,
  };
}

function readReply(value: unknown): RedisReply {
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  if (Array.isArray(value)) return value.map(readReply);
  if (value instanceof Error) return new RedisReplyError(value.message);
  throw new LinkLost(`a reply of type ${typeof value}`);
}

function isReplyError(error: Error): boolean {
  return error.name === "ReplyError";
}
