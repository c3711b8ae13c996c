/**
 * A link between a client and a server that breaks exactly where a test wants it.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/** A request that the proxy has stopped. The link waits until the test says what becomes of it. */
export interface Intercepted {
  /** Lets it through, as if nothing had been. */
  pass(): void;
  /** Loses it: the server never sees it, and the link breaks. */
  cutBefore(): void;
  /** Lets the server carry it out, loses the answer, and breaks the link. Resolves when it is done. */
  cutAfter(): Promise<void>;
  /**
   * Lets the server carry it out and breaks the link at the first bytes of the answer: for servers
   * that drop a request when its client's side ends, as HTTP servers do. Resolves when it is done.
   */
  cutAtAnswer(): Promise<void>;
  /** As {@linkcode cutAtAnswer}, but half of what came first of the answer gets through. */
  cutWithinAnswer(): Promise<void>;
  /** Breaks the client's side; the server's side stays open, and the request in the wire. */
  hold(): Held;
  /** Lets the server carry it out and swallows this answer and all later ones. The link stays. */
  silence(): void;
}

/** A request that is still in the wire while its client believes the link broken. */
export interface Held {
  /** Lets it arrive, and answers what the server said. */
  deliver(): Promise<string>;
}

/** What a wire carries. */
export interface WireOptions {
  /**
   * The length of the first request in these bytes, as text, or `undefined` while it is not whole;
   * without it every chunk is one.
   */
  readonly lengthOfRequest?: (text: string) => number | undefined;
  /**
   * Whether the server has carried a request out when it begins to answer. Redis gives more: it ends
   * what it has read before it hangs up in its turn.
   */
  readonly answersWhenDone?: boolean;
}

/** One that waits for its request. */
export interface Trap {
  readonly wants: (request: string) => boolean;
  readonly spring: (intercepted: Intercepted) => void;
}

/** What a link is made from. */
export interface LinkOptions extends WireOptions {
  readonly client: Deno.Conn;
  readonly server: Deno.Conn;
  readonly catchRequest: (text: string) => Trap | undefined;
}

/** A client's connection and its twin to the server. */
export class Link {
  /** Whether a request waits for the test's word. */
  isStopped = false;
  readonly #client: Deno.Conn;
  readonly #server: Deno.Conn;
  readonly #options: LinkOptions;
  /** What the server said that the client does not hear; `undefined` while it hears everything. */
  #unheard: string | undefined;
  /** Told when the server says something that the client does not hear. */
  #onUnheard: (chunk: Uint8Array) => void = () => {};
  #answered: Promise<void> = Promise.resolve();
  /** Lets a request that is still stopped go, when everything ends. */
  #giveUp: () => void = () => {};

  constructor(options: LinkOptions) {
    this.#client = options.client;
    this.#server = options.server;
    this.#options = options;
  }

  async run(): Promise<void> {
    this.#answered = this.#forwardAnswers();
    await this.#forwardRequests();
    await this.#answered;
    this.break();
  }

  break(): void {
    this.#giveUp();
    close(this.#client);
    close(this.#server);
  }

  async #forwardRequests(): Promise<void> {
    for await (const request of this.#requests()) {
      const trap = this.#options.catchRequest(textOf(request));
      if (trap === undefined) await write(this.#server, request);
      else if (!await this.#stop(request, trap)) return;
    }
    // The client is gone; the server may still have answers in hand.
    close(this.#server);
  }

  async *#requests(): AsyncGenerator<Uint8Array> {
    const { lengthOfRequest = (text: string) => text.length } = this.#options;
    let rest: Uint8Array = new Uint8Array();
    for await (const chunk of chunksOf(this.#client)) {
      rest = joined(rest, chunk);
      while (rest.length > 0) {
        const length = lengthOfRequest(textOf(rest));
        if (length === undefined) break;
        yield rest.subarray(0, length);
        rest = rest.subarray(length);
      }
    }
  }

  async #forwardAnswers(): Promise<void> {
    for await (const chunk of chunksOf(this.#server)) {
      if (this.#unheard === undefined) await write(this.#client, chunk);
      else {
        this.#unheard += textOf(chunk);
        this.#onUnheard(chunk);
      }
    }
    close(this.#client);
  }

  /** Waits for the test's word; answers whether the link lives on. */
  #stop(chunk: Uint8Array, trap: Trap): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.isStopped = true;
    this.#giveUp = () => resolve(false);
    const carryOutAndAnswer = async (): Promise<void> => {
      const answered = this.#nextUnheard();
      await write(this.#server, chunk);
      await answered;
      this.break();
    };
    const carryOut = async (): Promise<string> => {
      if (this.#options.answersWhenDone) {
        await carryOutAndAnswer();
        return this.#unheard ?? "";
      }
      await write(this.#server, chunk);
      // The server reads to the end, carries everything out, and hangs up.
      await this.#server.closeWrite();
      await this.#answered;
      resolve(false);
      return this.#unheard ?? "";
    };
    trap.spring({
      pass: () => void write(this.#server, chunk).then(() => resolve(true)),
      cutBefore: () => this.break(),
      cutAfter: async () => {
        this.#unheard = "";
        await carryOut();
      },
      cutAtAnswer: async () => {
        this.#unheard = "";
        await carryOutAndAnswer();
      },
      cutWithinAnswer: async () => {
        this.#unheard = "";
        const answered = this.#nextUnheard();
        await write(this.#server, chunk);
        const answer = await answered;
        await write(this.#client, answer.subarray(0, answer.length / 2));
        this.break();
      },
      hold: () => {
        this.#unheard = "";
        close(this.#client);
        return { deliver: carryOut };
      },
      silence: () => {
        this.#unheard = "";
        void write(this.#server, chunk).then(() => resolve(true));
      },
    });
    return promise.finally(() => this.isStopped = false);
  }

  /** What the server says next that the client does not hear; nothing when it hangs up. */
  #nextUnheard(): Promise<Uint8Array> {
    const { promise, resolve } = Promise.withResolvers<Uint8Array>();
    this.#onUnheard = resolve;
    return Promise.race([promise, this.#answered.then(() => new Uint8Array())]);
  }
}

function joined(some: Uint8Array, more: Uint8Array): Uint8Array {
  if (some.length === 0) return more;
  const whole = new Uint8Array(some.length + more.length);
  whole.set(some);
  whole.set(more, some.length);
  return whole;
}

async function* chunksOf(conn: Deno.Conn): AsyncGenerator<Uint8Array> {
  for (;;) {
    const buffer = new Uint8Array(65_536);
    const length = await conn.read(buffer).catch(() => null);
    if (length === null) return;
    yield buffer.subarray(0, length);
  }
}

async function write(conn: Deno.Conn, chunk: Uint8Array): Promise<void> {
  try {
    for (let sent = 0; sent < chunk.length;) sent += await conn.write(chunk.subarray(sent));
  } catch {
    // The other side is gone: its own reader notices.
  }
}

function close(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // It is closed already.
  }
}

/** Byte for byte, so that no chunk ends within a character. */
function textOf(chunk: Uint8Array): string {
  // TextDecoder takes "latin1" for windows-1252, which has other characters from 0x80 to 0x9f.
  return Buffer.from(chunk).toString("latin1");
}
