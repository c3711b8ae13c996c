/**
 * JSON-RPC over a socket that carries messages both ways: WebSocket and IPC.
 *
 * @module
 */

import { readJson, type Transport, type WireAnswer, type WireRequest } from "./transport.ts";

/** An open socket. */
export interface Channel {
  send(text: string): void;
  /** Closes it, and waits until it is closed. */
  close(): Promise<void>;
}

/** What a socket reports. */
export interface ChannelEvents {
  /** One whole JSON value came. */
  message(text: string): void;
  /** Nothing comes any more. */
  closed(why: string): void;
}

/** Opens a socket. Rejects with an error for people; the signal gives up. */
export type OpenChannel = (events: ChannelEvents, signal: AbortSignal) => Promise<Channel>;

/** A request that waits for its answer. */
interface Waiting {
  readonly ids: readonly number[];
  settle(answer: WireAnswer): void;
}

/**
 * Opens the socket when it is first needed, and again after it was lost. One that owes an answer for
 * too long counts as lost: behind a link that is cut silently it would never speak again.
 */
export class SocketTransport implements Transport {
  readonly #open: OpenChannel;
  readonly #waiting = new Set<Waiting>();
  readonly #closing = new Set<Promise<void>>();
  #channel: Promise<Channel> | undefined;

  /** Connects to nothing yet. */
  constructor(open: OpenChannel) {
    this.#open = open;
  }

  exchange(request: WireRequest, signal: AbortSignal): Promise<WireAnswer> {
    return new Promise((resolve) => {
      const giveUp = (): void => {
        waiting.settle({ kind: "silence", why: String(signal.reason) });
        this.#hangUp();
      };
      const waiting: Waiting = {
        ids: request.ids,
        settle: (answer) => {
          this.#waiting.delete(waiting);
          signal.removeEventListener("abort", giveUp);
          resolve(answer);
        },
      };
      this.#waiting.add(waiting);
      if (signal.aborted) return giveUp();
      signal.addEventListener("abort", giveUp);
      this.#connected(signal)
        .then((channel) => channel.send(request.text))
        .catch((error) => waiting.settle({ kind: "silence", why: textOf(error) }));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#hangUp();
    await Promise.all(this.#closing);
  }

  #connected(signal: AbortSignal): Promise<Channel> {
    if (this.#channel !== undefined) return this.#channel;
    const isCurrent = (): boolean => this.#channel === opening;
    const lose = (why: string): void => {
      if (!isCurrent()) return;
      this.#channel = undefined;
      this.#settleAll({ kind: "silence", why });
    };
    const opening = this.#open({
      message: (text) => {
        if (isCurrent()) this.#deliver(text);
      },
      closed: lose,
    }, signal);
    this.#channel = opening;
    opening.catch((error) => lose(textOf(error)));
    return opening;
  }

  #hangUp(): void {
    if (this.#channel === undefined) return;
    const closing = this.#channel
      .then((channel) => channel.close(), () => undefined) // One that never opened is closed.
      .finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
    this.#channel = undefined;
    this.#settleAll({ kind: "silence", why: "the connection was closed" });
  }

  #deliver(text: string): void {
    const answer = readJson(text);
    if (answer.kind !== "json") return this.#settleAll(answer); // No saying whose it was.
    this.#addressee(answer.value)?.settle(answer);
  }

  /** Whose answer it is. Nobody's: one that came too late, or a notification. */
  #addressee(value: unknown): Waiting | undefined {
    const entries = Array.isArray(value) ? value : [value];
    const ids = new Set(entries.map((entry) => entry?.id));
    for (const waiting of this.#waiting) {
      if (waiting.ids.some((id) => ids.has(id))) return waiting;
    }
    const refusal = !Array.isArray(value) && Boolean(entries[0]?.error);
    // A request that the node could not read is answered without an id; requests are read in order.
    return refusal && entries[0].id == null ? this.#waiting.values().next().value : undefined;
  }

  #settleAll(answer: WireAnswer): void {
    for (const waiting of [...this.#waiting]) waiting.settle(answer);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
