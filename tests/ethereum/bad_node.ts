/**
 * Nodes that answer in ways no node should.
 *
 * @module
 */

/** A server that answers requests as a test wants. */
export interface BadNode extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** The bodies that came, in order. */
  readonly bodies: string[];
  /** The requests' `authorization` headers, in order. */
  readonly authorizations: (string | null)[];
}

/** An entry of a JSON-RPC request. */
export interface Asked {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** Starts a node that gives each request to `respond`. */
export function startBadNode(
  respond: (body: string, request: Request) => Response | Promise<Response>,
): BadNode {
  const bodies: string[] = [];
  const authorizations: (string | null)[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => undefined },
    async (request) => {
      authorizations.push(request.headers.get("authorization"));
      const body = await request.text();
      bodies.push(body);
      return await respond(body, request);
    },
  );
  const { port } = server.addr;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    bodies,
    authorizations,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Starts a node that answers every call of a request by itself, in the order and number asked. */
export function startAnsweringNode(answer: (call: Asked) => unknown): BadNode {
  return startBadNode(async (body) => {
    const asked: Asked | Asked[] = JSON.parse(body);
    const one = async (call: Asked): Promise<unknown> => ({
      jsonrpc: "2.0",
      id: call.id,
      ...await answer(call) as object,
    });
    return Response.json(
      Array.isArray(asked) ? await Promise.all(asked.map(one)) : await one(asked),
    );
  });
}

/** A body that sends a piece again and again, until nobody reads any more. */
export function endless(piece: string, everyMs: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(piece);
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new ReadableStream({
    pull(controller) {
      if (everyMs === 0) return controller.enqueue(bytes);
      return new Promise((resolve) => {
        timer = setTimeout(() => {
          controller.enqueue(bytes);
          resolve();
        }, everyMs);
      });
    },
    cancel() {
      clearTimeout(timer);
    },
  });
}

/** Answers to a request: to each call its first parameter. */
export function echo(body: string): { id: unknown; result: unknown }[] {
  const asked: Asked | Asked[] = JSON.parse(body);
  return [asked].flat().map(({ id, params }) => ({ id, result: params[0] }));
}
