/**
 * Sees which commands a Redis is sent.
 *
 * @module
 */

import { Redis } from "ioredis";

/** What was seen since the watch began. */
export interface CommandWatch extends AsyncDisposable {
  /** The names of the commands, upper case; everything sent before the call is in it. */
  commands(): Promise<ReadonlySet<string>>;
}

/** Watches through MONITOR on a connection of its own. */
export async function watchCommands(port: number): Promise<CommandWatch> {
  const options = { port, host: "127.0.0.1", protocol: 2 } as const;
  const watcher = new Redis(options);
  const marker = new Redis(options);
  const seen = new Set<string>();
  const waiting = new Map<string, () => void>();
  const monitor = await watcher.monitor();
  monitor.on("monitor", (_time: string, args: string[]) => {
    seen.add((args[0] ?? "").toUpperCase());
    waiting.get(args[1] ?? "")?.();
  });
  return {
    async commands() {
      const mark = crypto.randomUUID();
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.set(mark, resolve);
      await marker.echo(mark);
      await promise;
      return new Set(seen);
    },
    async [Symbol.asyncDispose]() {
      monitor.disconnect();
      watcher.disconnect();
      await marker.quit();
    },
  };
}
