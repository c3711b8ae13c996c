/**
 * Packs calls into requests of bounded size, a few in flight at a time, each bounded in time.
 *
 * @module
 */

import type { BatchOptions, RpcAnswer, RpcCall, RpcConnection } from "../rpc_connection.ts";
import { matchAnswers } from "./batch_answers.ts";
import { presentable } from "./endpoint.ts";
import type { Transport, WireRequest } from "./transport.ts";

/** How a connection is bounded. */
export interface ConnectionOptions {
  /** Where the node is, for people. */
  readonly name: string;
  /** What no message may hold. */
  readonly secrets: readonly string[];
  /** How long a request may take. */
  readonly timeoutMs: number;
  /** Calls a request; {@linkcode MAX_CALLS} when not given. */
  readonly maxCalls?: number;
}

/**
 * As many as share a commit, so that a batch of sends is one request. Geth takes 1,000 calls a request
 * by default, Besu and Nethermind 1,024; Erigon takes 100, refuses the first and is asked for fewer.
 */
export const MAX_CALLS = 200;

/** What the proxies that stand before nodes take by default is 1 MiB (nginx). */
const MAX_REQUEST_CHARACTERS = 512 * 1024;

/** Two keep the node busy while answers travel: 7,200 sends a second instead of 1,600. */
const MAX_IN_FLIGHT = 2;

/** Calls with the places where their answers belong. */
interface Piece {
  readonly calls: readonly RpcCall[];
  readonly from: number;
}

/** A connection over any transport. */
export class BatchingConnection implements RpcConnection {
  readonly name: string;
  readonly #transport: Transport;
  readonly #options: ConnectionOptions;
  readonly #queue: (() => void)[] = [];
  #maxCalls: number;
  #inFlight = 0;
  #nextId = 1;

  /** Takes the transport over: it is disposed of with the connection. */
  constructor(transport: Transport, options: ConnectionOptions) {
    this.name = options.name;
    this.#transport = transport;
    this.#options = options;
    this.#maxCalls = options.maxCalls ?? MAX_CALLS;
  }

  async batch(
    calls: readonly RpcCall[],
    options: BatchOptions = {},
  ): Promise<readonly RpcAnswer[]> {
    const answers: RpcAnswer[] = new Array(calls.length);
    const maxCalls = Math.min(options.maxCalls ?? this.#maxCalls, this.#maxCalls);
    let silence: string | undefined; // A dead node is waited for once, not once a request.
    const askOne = async (piece: Piece): Promise<readonly RpcAnswer[] | "smaller"> => {
      const why = `not asked: ${silence}`;
      if (silence !== undefined) return piece.calls.map(() => ({ kind: "silence", why }));
      const answered = await this.#ask(piece.calls, options.signal);
      const first = answered === "smaller" ? undefined : answered[0];
      if (first?.kind === "silence") silence = first.why;
      return answered;
    };
    const ask = async (piece: Piece): Promise<void> => {
      const { calls, from } = piece;
      const answered = await this.#inTurn(() => askOne(piece));
      if (answered === "smaller") {
        await askAll(split(calls, Math.min(this.#maxCalls, calls.length - 1), from));
      } else {
        answered.forEach((answer, index) => answers[from + index] = this.#present(answer));
      }
    };
    const askAll = async (pieces: readonly Piece[]): Promise<void> => {
      if (options.inOrder) { for (const piece of pieces) await ask(piece); }
      else await Promise.all(pieces.map(ask));
    };
    await askAll(split(calls, maxCalls, 0));
    return answers;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport[Symbol.asyncDispose]();
  }

  async #ask(
    calls: readonly RpcCall[],
    signal: AbortSignal | undefined,
  ): Promise<readonly RpcAnswer[] | "smaller"> {
    const request = this.#write(calls);
    const answer = await this.#exchange(request, signal);
    const matched = answer.kind === "json" ? matchAnswers(answer.value, request.ids) : answer;
    switch (matched.kind) {
      case "answers":
        return matched.answers;
      case "refused":
      case "too-large":
        if (calls.length > 1) {
          this.#maxCalls = Math.min(this.#maxCalls, Math.ceil(calls.length / 2));
          return "smaller";
        }
        return [{ kind: "nonsense", why: matched.why }];
      case "silence":
      case "nonsense":
        return calls.map(() => matched);
    }
  }

  /** A single call goes alone: some nodes take no batches at all. */
  #write(calls: readonly RpcCall[]): WireRequest {
    const ids = calls.map(() => this.#nextId++);
    const entries = calls.map((call, index) => ({ jsonrpc: "2.0", id: ids[index], ...call }));
    return { text: JSON.stringify(entries.length === 1 ? entries[0] : entries), ids };
  }

  async #exchange(request: WireRequest, signal: AbortSignal | undefined) {
    const { timeoutMs } = this.#options;
    const bound = new AbortController();
    const giveUp = (): void => bound.abort("given up");
    const timer = setTimeout(() => bound.abort(`no answer within ${timeoutMs} ms`), timeoutMs);
    signal?.addEventListener("abort", giveUp);
    if (signal?.aborted) giveUp();
    try {
      return await this.#transport.exchange(request, bound.signal);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
    }
  }

  /** Runs when one of the places in flight is free, in the order of the calls. */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inFlight === MAX_IN_FLIGHT) {
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    } else {
      this.#inFlight++;
    }
    try {
      return await work();
    } finally {
      const next = this.#queue.shift(); // It takes the place over.
      if (next === undefined) this.#inFlight--;
      else next();
    }
  }

  #present(answer: RpcAnswer): RpcAnswer {
    const { secrets } = this.#options;
    switch (answer.kind) {
      case "result":
        return answer;
      case "error": {
        const { code, message, data } = answer.error;
        const shownData = data === null ? null : presentable(data, secrets);
        return {
          kind: "error",
          error: { code, message: presentable(message, secrets), data: shownData },
        };
      }
      case "silence":
      case "nonsense":
        return { kind: answer.kind, why: presentable(answer.why, secrets) };
    }
  }
}

/** Cuts calls into requests of bounded length, counted in calls and in characters. */
function split(calls: readonly RpcCall[], maxCalls: number, from: number): readonly Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  let characters = 0;
  calls.forEach((call, index) => {
    const length = JSON.stringify(call.params).length + call.method.length + 64;
    const full = index - start >= maxCalls || characters + length > MAX_REQUEST_CHARACTERS;
    if (full && index > start) {
      pieces.push({ calls: calls.slice(start, index), from: from + start });
      start = index;
      characters = 0;
    }
    characters += length;
  });
  if (start < calls.length) pieces.push({ calls: calls.slice(start), from: from + start });
  return pieces;
}
