/**
 * Ports of this machine that nobody listens on.
 *
 * @module
 */

/**
 * A TCP port of 127.0.0.1 that was free a moment ago. Somebody else may take it before it is used:
 * who starts a server on it tries again with another one when the server cannot bind.
 */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
