/**
 * The socket that a node opens for programs of its own machine (IPC).
 *
 * @module
 */

import { JsonSplitter } from "./json_splitter.ts";
import type { Channel, ChannelEvents, OpenChannel } from "./socket_transport.ts";

/** Opens connections to the socket at a path. */
export function ipcOpener(path: string): OpenChannel {
  return (events) => open(path, events);
}

async function open(path: string, events: ChannelEvents): Promise<Channel> {
  const connection = await Deno.connect({ transport: "unix", path });
  const reading = read(connection, events);
  const writer = connection.writable.getWriter();
  return {
    // What cannot be written is told by the reading end, which ends with the connection.
    send: (text) => void writer.write(new TextEncoder().encode(text)).catch(() => undefined),
    close: async () => {
      await writer.abort().catch(() => undefined); // It was lost before.
      await reading;
    },
  };
}

async function read(connection: Deno.UnixConn, events: ChannelEvents): Promise<void> {
  const splitter = new JsonSplitter();
  const decoder = new TextDecoder();
  let why = "the connection was closed";
  try {
    for await (const chunk of connection.readable) {
      for (const text of splitter.push(decoder.decode(chunk, { stream: true }))) {
        events.message(text);
      }
    }
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
  }
  events.closed(why);
}
