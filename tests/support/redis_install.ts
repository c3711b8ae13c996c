/**
 * Puts a Redis on a machine that has none, for the tests.
 *
 * @module
 */

import { findRedisServer, INSTALL_REDIS } from "./redis_server.ts";

/** Where Debian asks whether a package may start its service. */
const SERVICE_POLICY = "/usr/sbin/policy-rc.d";
const NO_SERVICE_STARTS = "#!/bin/sh\nexit 101\n";

/**
 * Makes sure that a Redis server is on the `PATH`. As root on a Debian it installs one, after saying
 * so, and without starting Debian's own service: the tests start their servers themselves.
 *
 * @throws {Error} with the one line that installs it, when it cannot be installed from here.
 */
export async function ensureRedisServer(): Promise<void> {
  if (await findRedisServer() !== undefined) return;
  if (Deno.uid() !== 0 || !await exists("/usr/bin/apt-get")) {
    throw new Error(
      "Cannot test against Redis: neither redis-server nor valkey-server is on the PATH. Run: " +
        (Deno.build.os === "darwin" ? "brew install redis" : asRoot(INSTALL_REDIS)),
    );
  }
  console.error(`No Redis server here. Installing one: ${INSTALL_REDIS}`);
  await withoutServiceStarts(installRedis);
  if (await findRedisServer() === undefined) {
    throw new Error(`Cannot find redis-server after: ${INSTALL_REDIS}`);
  }
}

async function installRedis(): Promise<void> {
  const { code } = await new Deno.Command("/bin/sh", {
    args: ["-c", `{ ${INSTALL_REDIS}; } >&2`],
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdin: "null",
  }).spawn().status;
  if (code !== 0) throw new Error(`Cannot install Redis: exit ${code} of ${INSTALL_REDIS}`);
}

/** Does something while no package may start a service; a policy that stands already is kept. */
async function withoutServiceStarts(action: () => Promise<void>): Promise<void> {
  if (await exists(SERVICE_POLICY)) return await action();
  await Deno.writeTextFile(SERVICE_POLICY, NO_SERVICE_STARTS, { mode: 0o755, createNew: true });
  try {
    await action();
  } finally {
    await Deno.remove(SERVICE_POLICY);
  }
}

function asRoot(line: string): string {
  return line.replaceAll("apt-get", "sudo apt-get");
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
