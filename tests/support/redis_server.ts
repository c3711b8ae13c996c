/**
 * A real Redis for a test: of its own, on a free port, in a folder of its own, gone afterwards.
 *
 * @module
 */

import { freePort } from "../../adapters/anvil/free_port.ts";

/** How the server is set up. */
export interface RedisOptions {
  /** The password that clients must give (`requirepass`). */
  readonly password?: string;
  /** Whether it listens on a unix socket too. */
  readonly unixSocket?: boolean;
  /** More of its settings as flags: `["--maxmemory-policy", "allkeys-lru"]`. */
  readonly args?: readonly string[];
}

/** A running Redis. */
export interface TestRedis extends AsyncDisposable {
  /** The port on 127.0.0.1; the same after a restart. */
  readonly port: number;
  /** `127.0.0.1:port`, as a pool's config names it. */
  readonly endpoint: string;
  /** `redis://…`, with the password when there is one. */
  readonly url: string;
  /** The path of the unix socket, when one was asked for. */
  readonly socket?: string;
  /** The server's folder, where its files (`appendonly`, …) and its log are. */
  readonly folder: string;
  /** Sends its process a signal: `SIGSTOP` freezes it, `SIGCONT` lets it go on. */
  signal(name: Deno.Signal): void;
  /** Ends it at once, as a crash does; what it did not write to its folder is lost. */
  kill(): Promise<void>;
  /** Kills it if it runs, and starts it again on the same port and folder. */
  restart(): Promise<void>;
  /** Ends it and removes its folder. Calling it again does nothing more. */
  stop(): Promise<void>;
}

/** The names under which systems ship the server. */
const SERVERS = ["redis-server", "valkey-server"];
const MAX_ATTEMPTS = 5;
const READY_WITHIN_MS = 20_000;
const POLL_MS = 10;

/** The one line that installs what is missing. */
export const INSTALL_REDIS = "apt-get update && apt-get install -y redis-server";

/** The path of `redis-server` or `valkey-server` on the `PATH`, or `undefined`. */
export async function findRedisServer(): Promise<string | undefined> {
  for (const name of SERVERS) {
    for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
      const found = await Deno.stat(`${folder}/${name}`).catch(() => undefined);
      if (found?.isFile) return `${folder}/${name}`;
    }
  }
  return undefined;
}

/**
 * Starts a Redis that keeps nothing on disk, unless `args` say otherwise, and waits until it serves.
 *
 * ```ts ignore
 * await using redis = await startRedis({ password: "secret" });
 * ```
 *
 * @throws {Error} when no server is installed (with the line that installs it), or none starts.
 */
export async function startRedis(options: RedisOptions = {}): Promise<TestRedis> {
  const binary = await findRedisServer();
  if (binary === undefined) {
    throw new Error(`Cannot test against Redis: no server on the PATH. Run: ${INSTALL_REDIS}`);
  }
  const folder = await Deno.makeTempDir({ prefix: "paydirt-redis-" });
  try {
    for (let attempt = 1;; attempt++) {
      const port = freePort();
      const server = await serve(binary, port, folder, options);
      if ("process" in server) return testRedis(binary, port, folder, server.process, options);
      if (!/address already in use/i.test(server.log) || attempt === MAX_ATTEMPTS) {
        throw new Error(`Cannot start ${binary} on port ${port}: ${server.log.trim()}`);
      }
    }
  } catch (error) {
    await Deno.remove(folder, { recursive: true });
    throw error;
  }
}

function testRedis(
  binary: string,
  port: number,
  folder: string,
  first: RedisProcess,
  options: RedisOptions,
): TestRedis {
  let running: RedisProcess | undefined = first;
  let stopped = false;

  async function kill(): Promise<void> {
    const process = running;
    running = undefined;
    await process?.kill();
  }
  async function restart(): Promise<void> {
    await kill();
    const server = await serve(binary, port, folder, options);
    if ("log" in server) throw new Error(`Cannot restart ${binary} on port ${port}: ${server.log}`);
    running = server.process;
  }
  async function stop(): Promise<void> {
    if (stopped) return;
    stopped = true;
    await kill();
    await Deno.remove(folder, { recursive: true });
  }

  const login = options.password === undefined ? "" : `:${encodeURIComponent(options.password)}@`;
  return {
    port,
    endpoint: `127.0.0.1:${port}`,
    url: `redis://${login}127.0.0.1:${port}`,
    ...(options.unixSocket && { socket: `${folder}/redis.sock` }),
    folder,
    signal: (name) => running?.signal(name),
    kill,
    restart,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** One process of the server. */
interface RedisProcess {
  signal(name: Deno.Signal): void;
  kill(): Promise<void>;
}

/** Starts one process and waits until it says that it serves; the log when it does not come to that. */
async function serve(
  binary: string,
  port: number,
  folder: string,
  options: RedisOptions,
): Promise<{ readonly process: RedisProcess } | { readonly log: string }> {
  const logfile = `${folder}/redis.log`;
  await Deno.writeTextFile(logfile, "");
  const child = new Deno.Command(binary, {
    args: [
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--logfile", logfile],
      ...["--save", "", "--appendonly", "no", "--daemonize", "no"],
      ...(options.password === undefined ? [] : ["--requirepass", options.password]),
      ...(options.unixSocket ? ["--unixsocket", `${folder}/redis.sock`] : []),
      ...(options.args ?? []),
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let over = false;
  const ended = child.output().then(({ stdout, stderr }) => {
    over = true;
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  });
  async function kill(): Promise<void> {
    if (!over) child.kill("SIGKILL");
    await ended;
  }

  const deadline = Date.now() + READY_WITHIN_MS;
  while (!over && Date.now() < deadline) {
    if (/ready to accept connections/i.test(await Deno.readTextFile(logfile))) {
      return { process: { signal: (name) => child.kill(name), kill } };
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  await kill();
  return { log: await ended + await Deno.readTextFile(logfile) };
}
