/**
 * A WebSocket to a node.
 *
 * @module
 */

import type { WebEndpoint } from "./endpoint.ts";
import type { Channel, ChannelEvents, OpenChannel } from "./socket_transport.ts";
import { MAX_ANSWER_BYTES, TOO_LONG } from "./transport.ts";

/** Opens WebSockets to an endpoint. */
export function webSocketOpener(endpoint: WebEndpoint): OpenChannel {
  return (events, signal) => open(endpoint, events, signal);
}

/**
 * How long a node has to say goodbye. One that does not keeps the socket half closed, for which the
 * runtime has no harder way: it goes with the process.
 */
const GOODBYE_MS = 500;

function open(
  endpoint: WebEndpoint,
  events: ChannelEvents,
  signal: AbortSignal,
): Promise<Channel> {
  const socket = new WebSocket(endpoint.url, { headers: { ...endpoint.headers } });
  socket.binaryType = "arraybuffer";
  const gone = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<Channel>();
  const giveUp = (): void => socket.close();
  let why = "the connection was closed";
  socket.onopen = () => {
    signal.removeEventListener("abort", giveUp);
    opened.resolve({
      send: (text) => socket.send(text),
      close: async () => {
        if (socket.readyState !== WebSocket.CLOSED) socket.close();
        const timer = setTimeout(gone.resolve, GOODBYE_MS);
        await gone.promise;
        clearTimeout(timer);
      },
    });
  };
  socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    const length = typeof data === "string" ? data.length : data.byteLength;
    if (length > MAX_ANSWER_BYTES) {
      why = TOO_LONG;
      socket.close();
    } else {
      events.message(typeof data === "string" ? data : new TextDecoder().decode(data));
    }
  };
  socket.onerror = (event) => {
    why = event instanceof ErrorEvent && event.message !== "" ? event.message : why;
  };
  socket.onclose = () => {
    signal.removeEventListener("abort", giveUp);
    opened.reject(new Error(why));
    events.closed(why);
    gone.resolve();
  };
  signal.addEventListener("abort", giveUp);
  return opened.promise;
}
