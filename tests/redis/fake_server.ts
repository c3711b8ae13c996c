/**
 * Servers that are no Redis, or none of the good kind.
 *
 * @module
 */

/** A server on 127.0.0.1. */
export interface FakeServer extends AsyncDisposable {
  readonly port: number;
}

/** What a server says to a request; `undefined`: nothing, for ever; `null`: it hangs up. */
export type Says = (request: string) => string | undefined | null;

/** How it listens. */
export interface FakeServerOptions {
  /** What it says as soon as somebody connects; `null`: it hangs up. */
  readonly first?: string | null;
  /** Its certificate and key, for TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** Starts a server that says the same to everybody. */
export function fakeServer(
  says: Says,
  { first, tls }: FakeServerOptions = {},
): FakeServer {
  const where = { hostname: "127.0.0.1", port: 0 };
  const listener: AsyncIterable<Deno.Conn> & Disposable & { readonly addr: Deno.Addr } =
    tls === undefined ? Deno.listen(where) : Deno.listenTls({ ...where, ...tls });
  const open = new Set<Deno.Conn>();
  const running: Promise<void>[] = [accept()];

  async function accept(): Promise<void> {
    for await (const conn of listener) running.push(talk(conn).catch(() => {}));
  }
  async function talk(conn: Deno.Conn): Promise<void> {
    open.add(conn);
    try {
      if (first === null) return;
      if (first !== undefined) await say(conn, first);
      const buffer = new Uint8Array(65_536);
      for (;;) {
        const length = await conn.read(buffer);
        if (length === null) return;
        const answer = says(new TextDecoder().decode(buffer.subarray(0, length)));
        if (answer === null) return;
        if (answer !== undefined) await say(conn, answer);
      }
    } finally {
      if (open.delete(conn)) conn.close();
    }
  }

  return {
    port: (listener.addr as Deno.NetAddr).port,
    async [Symbol.asyncDispose](): Promise<void> {
      listener[Symbol.dispose]();
      for (const conn of open) conn.close();
      open.clear();
      for (let index = 0; index < running.length; index++) await running[index];
    },
  };
}

/** A Redis that says OK and PONG, but for the commands whose answer is given. */
export function redisThat(answers: Readonly<Record<string, string>>): Says {
  return (request) =>
    [...request.matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g)]
      .map(([, name = ""]) => answers[name] ?? (name === "PING" ? "+PONG\r\n" : "+OK\r\n"))
      .join("");
}

async function say(conn: Deno.Conn, text: string): Promise<void> {
  await conn.write(new TextEncoder().encode(text));
}
