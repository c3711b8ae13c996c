/**
 * A proxy between clients and a server that breaks links exactly where a test wants it.
 *
 * @module
 */

import { type Intercepted, Link, type Trap, type WireOptions } from "./proxied_link.ts";

export type { Held, Intercepted, WireOptions } from "./proxied_link.ts";

/** A proxy for any number of clients. */
export interface LinkProxy extends AsyncDisposable {
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
  /** How many links there are now. */
  countLinks(): number;
}

/** A proxy on 127.0.0.1. */
export interface TcpProxy extends LinkProxy {
  readonly port: number;
}

/** A proxy on a socket of this machine. */
export interface UnixProxy extends LinkProxy {
  readonly path: string;
}

/** Chooses the n-th request from now on; the first is number 0. */
export function nthRequest(nth: number): () => boolean {
  let seen = 0;
  return () => seen++ === nth;
}

/** Starts a proxy to a server on 127.0.0.1. */
export function startTcpProxy(serverPort: number, options: WireOptions = {}): TcpProxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = () => Deno.connect({ hostname: "127.0.0.1", port: serverPort });
  return { ...startProxy(listener, open, options), port: listener.addr.port };
}

/** Starts a proxy to the server that listens on a socket; it listens on one beside it. */
export function startUnixProxy(serverPath: string, options: WireOptions = {}): UnixProxy {
  const path = `${serverPath}.proxy`;
  const listener = Deno.listen({ transport: "unix", path });
  const open = () => Deno.connect({ transport: "unix", path: serverPath });
  return { ...startProxy(listener, open, options), path };
}

function startProxy(
  listener: Deno.Listener | Deno.UnixListener,
  open: () => Promise<Deno.Conn>,
  options: WireOptions,
): LinkProxy {
  let isDown = false;
  const traps: Trap[] = [];
  const requests: string[] = [];
  const links = new Set<Link>();
  const running: Promise<void>[] = [accept()];

  async function accept(): Promise<void> {
    for await (const client of listener) running.push(connect(client));
  }
  async function connect(client: Deno.Conn): Promise<void> {
    const server = await open().catch(() => undefined);
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
    countLinks: () => links.size,
    async [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      for (const link of links) link.break();
      // Connections that were being accepted meanwhile are in the list by now.
      for (let index = 0; index < running.length; index++) await running[index];
    },
  };
}
