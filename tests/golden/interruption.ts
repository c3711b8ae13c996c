/**
 * The faults of the interrupted recordings (`e*`, `f*`, `k*`, and g3, which was killed, too), each at
 * the point of Paydirt's own street that corresponds to where it struck the recorded payer.
 *
 * @module
 */

import { startTcpProxy } from "../support/tcp_proxy.ts";
import { isSend } from "./recorded_node.ts";

/** Where a fault strikes. */
export type Point =
  /** At a send whose answer the recording has lost, or made up: there it says what became of it. */
  | { readonly kind: "send" }
  /** While the first payment waits for its block. */
  | { readonly kind: "waiting" }
  /** At the first request to Redis that holds this text. */
  | {
    readonly kind: "redis";
    readonly request: string;
    readonly becomes: "lost" | "applied, and its answer lost";
  };

/** What else happens there. */
export type Way =
  /** Nothing: the program meets the fault and goes on as it can. */
  | "goes on"
  /** The program is told to stop (SIGTERM). */
  | "is stopped"
  /** The program dies (SIGKILL). */
  | "is killed";

/** Everything about an interrupted recording that is told only in words. */
export interface Interruption {
  readonly point: Point;
  readonly ways: readonly Way[];
  /** How many stages it strikes, from the first one on. */
  readonly stages?: number;
  /** How many payments may ride together; without it all of them. */
  readonly maxInFlight?: number;
}

const LOCK = "EXEC"; // The first one takes it.
const DEBIT = "HINCRBY"; // With it, in one MULTI: the nonce and the signed bytes.
const END = "ZREM"; // Settled, or credited back.

const SURVIVED: readonly Way[] = ["goes on", "is stopped"];
const KILLED: readonly Way[] = ["is killed"];

/** By recording. */
export const INTERRUPTIONS: Readonly<Record<string, Interruption>> = {
  "e1-send-answer-lost-tx-mined": { point: { kind: "send" }, ways: SURVIVED },
  "e2-send-lost-before-node": { point: { kind: "send" }, ways: SURVIVED },
  // Without a block nobody gets any further: the run has to be stopped.
  "e3-send-answer-lost-tx-in-mempool": { point: { kind: "send" }, ways: ["is stopped"] },
  "e4-send-refused-by-node": { point: { kind: "send" }, ways: SURVIVED },
  "e6-zero-hash-from-node": { point: { kind: "send" }, ways: SURVIVED },
  "f1-crash-between-send-and-hash-record": { point: { kind: "send" }, ways: KILLED },
  "f2-crash-before-write-payment": {
    point: { kind: "redis", request: END, becomes: "lost" },
    ways: KILLED,
  },
  "f3-crash-before-debit": {
    point: { kind: "redis", request: DEBIT, becomes: "lost" },
    ways: KILLED,
  },
  "f4-crash-before-nonce-record": {
    point: { kind: "redis", request: DEBIT, becomes: "applied, and its answer lost" },
    ways: KILLED,
  },
  "f5-debit-answer-lost": {
    point: { kind: "redis", request: DEBIT, becomes: "applied, and its answer lost" },
    ways: SURVIVED,
  },
  "f7-lock-answer-lost": {
    point: { kind: "redis", request: LOCK, becomes: "applied, and its answer lost" },
    ways: SURVIVED,
  },
  "g3-resolve-after-revert": {
    point: { kind: "redis", request: END, becomes: "lost" },
    ways: KILLED,
  },
  "k1-sigterm-between-payees": {
    point: { kind: "waiting" },
    ways: ["is stopped"],
    maxInFlight: 1,
  },
  "k2-transaction-never-mined": {
    point: { kind: "waiting" },
    ways: ["is stopped"],
    stages: 2,
  },
};

/** Whether a fault struck the recorded payer at one of its commands. */
export function isInterrupted(recording: string): boolean {
  return Object.hasOwn(INTERRUPTIONS, recording);
}

/** A fault that lies in wait. */
export interface Ambush extends AsyncDisposable {
  /** Where Redis is for the program. */
  readonly redisEndpoint: string;
  /** Told of every call to the node before it is answered. */
  readonly onCall: (method: string) => Promise<void>;
  /** Told of the send whose recorded answer was none, or made up. */
  readonly onFaultySend: () => Promise<void>;
  /** Whether the program has met it. */
  readonly hasStruck: () => boolean;
}

/** Lays a fault in wait; `strike` is what else happens there, before anything is answered. */
export function layAmbush(
  point: Point,
  redisPort: number,
  strike: () => Promise<void>,
): Ambush {
  const proxy = startTcpProxy(redisPort);
  let isSent = false;
  let isOver = false;
  async function once(): Promise<void> {
    if (isOver) return;
    isOver = true;
    await strike();
  }
  async function atRedis(request: string, becomes: string): Promise<void> {
    const stopped = await proxy.intercept(request);
    await once();
    if (becomes === "lost") stopped.cutBefore();
    else await stopped.cutAfter();
  }
  if (point.kind === "redis") void atRedis(point.request, point.becomes);
  return {
    redisEndpoint: `127.0.0.1:${proxy.port}`,
    onCall: async (method) => {
      if (point.kind === "waiting" && isSent && !isSend(method)) await once();
      isSent ||= isSend(method);
    },
    onFaultySend: async () => {
      if (point.kind === "send") await once();
    },
    hasStruck: () => isOver,
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}
