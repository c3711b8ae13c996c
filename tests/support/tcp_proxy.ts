/**
 * A proxy between a client and a server that breaks the link exactly where a test wants it.
 *
 * @module
 */

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

/** A proxy on 127.0.0.1. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** Every request so far, as text, in order. */
  readonly requests: readonly string[];
  /** Stops the next request that holds this text, or that this says yes to. */
  intercept(wanted: string | ((request: string) => boolean)): Promise<Intercepted>;
  /**
   * Breaks every link but those whose request is stopped, and each new one as soon as it is made, until
   * it comes up again.
   */
  goDown(): void;
  comeUp(): void;
}

/** What a wire carries. */
export interface WireOptions {
  /** Whether these bytes, as text, are a whole request; without it every chunk is one. */
  readonly isWhole?: (text: string) => boolean;
  /**
   * Whether the server has carried a request out when it begins to answer. Redis gives more: it ends
   * what it has read before it hangs up in its turn.
   */
  readonly answersWhenDone?: boolean;
}

/** Chooses the n-th request from now on; the first is number 0. */
export function nthRequest(nth: number): () => boolean {
  let seen = 0;
  return () => seen++ === nth;
}

/** One that waits for its request. */
interface Trap {
  readonly wants: (request: string) => boolean;
  readonly spring: (intercepted: Intercepted) => void;
}

/** Starts a proxy to a server on 127.0.0.1. */
export function startTcpProxy(serverPort: number, options: WireOptions = {}): TcpProxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let isDown = false;
  const traps: Trap[] = [];
  const requests: string[] = [];
  const links = new Set<Link>();
  const running: Promise<void>[] = [accept()];

  async function accept(): Promise<void> {
    for await (const client of listener) running.push(connect(client));
  }
  async function connect(client: Deno.Conn): Promise<void> {
    const server = await Deno.connect({ hostname: "127.0.0.1", port: serverPort })
      .catch(() => undefined);
    if (server === undefined) return client.close();
    const link = new Link({ client, server, catchRequest, ...options });
    links.add(link);
    if (isDown) link.break();
    await link.run();
    links.delete(link);
  }
  function catchRequest(text: string): Trap | undefined {
    requests.push(text);
    const index = traps.findIndex(({ wants }) => wants(text));
    return index < 0 ? undefined : traps.splice(index, 1)[0];
  }

  return {
    port: listener.addr.port,
    requests,
    intercept: (wanted) => {
      const wants = typeof wanted === "string" ? (text: string) => text.includes(wanted) : wanted;
      return new Promise((spring) => traps.push({ wants, spring }));
    },
    goDown: () => {
      isDown = true;
      for (const link of links) if (!link.isStopped) link.break();
    },
    comeUp: () => {
      isDown = false;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      for (const link of links) link.break();
      // Connections that were being accepted meanwhile are in the list by now.
      for (let index = 0; index < running.length; index++) await running[index];
    },
  };
}

/** What a link is made from. */
interface LinkOptions extends WireOptions {
  readonly client: Deno.Conn;
  readonly server: Deno.Conn;
  readonly catchRequest: (text: string) => Trap | undefined;
}

/** A client's connection and its twin to the server. */
class Link {
  /** Whether a request waits for the test's word. */
  isStopped = false;
  readonly #client: Deno.Conn;
  readonly #server: Deno.Conn;
  readonly #options: LinkOptions;
  /** What the server said that the client does not hear; `undefined` while it hears everything. */
  #unheard: string | undefined;
  /** Told when the server says something that the client does not hear. */
  #onUnheard: () => void = () => {};
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
    const { isWhole = () => true, catchRequest } = this.#options;
    let request: Uint8Array = new Uint8Array();
    for await (const chunk of chunksOf(this.#client)) {
      request = joined(request, chunk);
      const text = textOf(request);
      if (!isWhole(text)) continue;
      const trap = catchRequest(text);
      if (trap === undefined) await write(this.#server, request);
      else if (!await this.#stop(request, trap)) return;
      request = new Uint8Array();
    }
    // The client is gone; the server may still have answers in hand.
    close(this.#server);
  }

  async #forwardAnswers(): Promise<void> {
    for await (const chunk of chunksOf(this.#server)) {
      if (this.#unheard === undefined) await write(this.#client, chunk);
      else {
        this.#unheard += textOf(chunk);
        this.#onUnheard();
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
      const { promise: heard, resolve: onUnheard } = Promise.withResolvers<void>();
      this.#onUnheard = onUnheard;
      await write(this.#server, chunk);
      await Promise.race([heard, this.#answered]);
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
  return new TextDecoder("latin1").decode(chunk);
}
