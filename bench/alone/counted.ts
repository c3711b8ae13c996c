/**
 * Connections that count what goes over the wire.
 *
 * @module
 */

import type { Transport } from "../../adapters/ethereum/connection/transport.ts";
import type { RedisConnection } from "../../adapters/redis/connection.ts";

/** What went over the wires. */
export interface RoundTrips {
  /** Requests to the node, a batch as one. */
  requests: number;
  /** Round trips to Redis without the scan, a pipeline as one. */
  redis: number;
}

/** Counts requests. */
export function countedTransport(transport: Transport, counts: RoundTrips): Transport {
  return {
    exchange(request, signal) {
      counts.requests++;
      return transport.exchange(request, signal);
    },
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}

/** Counts round trips but for those that read the miners. */
export function countedConnection(
  connection: RedisConnection,
  counts: RoundTrips,
): RedisConnection {
  return {
    send(commands) {
      const [first] = commands;
      if (first?.[0] !== "SCAN" && first?.[0] !== "HGET") counts.redis++;
      return connection.send(commands);
    },
    close: () => connection.close(),
  };
}
