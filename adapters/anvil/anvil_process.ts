/**
 * A development chain in a process of its own: anvil, a real EVM node, for the demo and the tests.
 *
 * @module
 */

import { freePort } from "./free_port.ts";

/** How the chain is set up. What is not given is anvil's own default. */
export interface AnvilOptions {
  /** Seconds between blocks. Without it every transaction is mined at once: never send batches so. */
  readonly blockTimeSeconds?: number;
  /** Blocks come only when asked for, by `evm_mine`. */
  readonly noMining?: boolean;
  /** The chain id; anvil's is 31337. */
  readonly chainId?: number;
  /** How much gas a block holds; anvil's is 30,000,000. */
  readonly gasLimit?: number;
  /** The base fee of the first block in Wei. */
  readonly baseFeeWei?: bigint;
  /** How many unlocked accounts there are; anvil's is 10. */
  readonly accounts?: number;
  /** What each of them owns, in whole coins; anvil's is 10,000. */
  readonly balanceCoins?: number;
  /** The rules of the chain: `london`, `cancun`, …; `berlin` and older have no base fee. */
  readonly hardfork?: string;
  /** The port to listen on. Without it a free one. */
  readonly port?: number;
  /** Flags of anvil that have no name here. */
  readonly args?: readonly string[];
}

/** A running anvil. */
export interface AnvilProcess extends AsyncDisposable {
  /** Its JSON-RPC endpoint over HTTP; the same address with `ws:` speaks WebSocket. */
  readonly url: string;
  /** The port on 127.0.0.1. */
  readonly port: number;
  /** Sends its process a signal: `SIGSTOP` freezes it, `SIGCONT` lets it go on. */
  signal(name: Deno.Signal): void;
  /**
   * Ends it, and waits until it is gone. Calling it again does nothing more. At `SIGTERM` it writes
   * its blocks down first, where `--state` names a file for them.
   */
  stop(how?: "SIGKILL" | "SIGTERM"): Promise<void>;
}

/** anvil as npm ships it for Linux on x86-64. It is fetched when it is first asked for. */
const ANVIL_PACKAGE = "@foundry-rs/anvil-linux-amd64";
const MAX_ATTEMPTS = 5;
const READY_WITHIN_MS = 30_000;
const ANSWER_WITHIN_MS = 1_000;
const POLL_MS = 20;

/**
 * The path of an anvil that runs on this machine: the environment variable `ANVIL`, or the one from
 * npm, or `anvil` on the `PATH`. `undefined` when there is none.
 */
export async function findAnvil(): Promise<string | undefined> {
  const named = Deno.env.get("ANVIL");
  if (named) return named;
  return await anvilFromNpm() ?? await anvilOnPath();
}

/**
 * Starts an anvil and waits until it answers.
 *
 * @throws {AnvilError} when there is none on this machine, or it does not start.
 */
export async function startAnvilProcess(options: AnvilOptions = {}): Promise<AnvilProcess> {
  const binary = await findAnvil();
  if (binary === undefined) {
    throw new AnvilError(
      "Cannot find anvil: npm has it for Linux on x86-64; elsewhere install Foundry, or name the " +
        "binary in the environment variable ANVIL",
    );
  }
  for (let attempt = 1;; attempt++) {
    const port = options.port ?? freePort();
    const anvil = launch(binary, port, options);
    if (await answers(anvil)) return anvil;
    const { code, stderr } = await anvil.ended;
    const lostTheRace = options.port === undefined && /address already in use/i.test(stderr);
    if (!lostTheRace || attempt === MAX_ATTEMPTS) {
      throw new AnvilError(
        `Cannot start ${binary} on port ${port}: exit ${code}: ${stderr.trim()}`,
      );
    }
  }
}

/** A launched anvil, which may not answer yet, or never. */
interface Launched extends AnvilProcess {
  readonly ended: Promise<{ readonly code: number; readonly stderr: string }>;
  hasEnded(): boolean;
}

function launch(binary: string, port: number, options: AnvilOptions): Launched {
  const child = new Deno.Command(binary, {
    args: flags(port, options),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let over = false;
  const ended = child.output().then(({ code, stderr }) => {
    over = true;
    return { code, stderr: new TextDecoder().decode(stderr) };
  });
  async function stop(how: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<void> {
    if (!over) child.kill(how);
    await ended;
  }
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    ended,
    hasEnded: () => over,
    signal: (name) => child.kill(name),
    stop,
    [Symbol.asyncDispose]: () => stop(),
  };
}

function flags(port: number, options: AnvilOptions): string[] {
  const named: [string, { toString(): string } | undefined][] = [
    ["--block-time", options.blockTimeSeconds],
    ["--chain-id", options.chainId],
    ["--gas-limit", options.gasLimit],
    ["--block-base-fee-per-gas", options.baseFeeWei],
    ["--accounts", options.accounts],
    ["--balance", options.balanceCoins],
    ["--hardfork", options.hardfork],
  ];
  return [
    ...["--host", "127.0.0.1", "--port", String(port), "--silent", "--no-request-size-limit"],
    ...named.flatMap(([flag, value]) => value === undefined ? [] : [flag, value.toString()]),
    ...(options.noMining ? ["--no-mining"] : []),
    ...(options.args ?? []),
  ];
}

/** Whether it comes to answer; not when it ends, or stays silent (then it is ended). */
async function answers(anvil: Launched): Promise<boolean> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!anvil.hasEnded() && Date.now() < deadline) {
    if (await speaksJsonRpc(anvil.url)) return !anvil.hasEnded();
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  await anvil.stop();
  return false;
}

async function speaksJsonRpc(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS), // Somebody else's port may never answer.
    });
    return typeof (await response.json()).result === "string";
  } catch {
    return false; // Nobody listens yet: asked again until the deadline.
  }
}

async function anvilFromNpm(): Promise<string | undefined> {
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") return undefined;
  const manifest = `${ANVIL_PACKAGE}/package.json`; // By a name, so that it loads only here.
  try {
    await import(manifest, { with: { type: "json" } });
  } catch (cause) {
    if (cause instanceof TypeError) return undefined; // No such package can be had here.
    throw cause;
  }
  return new URL(import.meta.resolve(`${ANVIL_PACKAGE}/bin/anvil`)).pathname;
}

async function anvilOnPath(): Promise<string | undefined> {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    const candidate = `${folder}/anvil`;
    const found = await Deno.stat(candidate).catch((error: unknown) => {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
        return undefined;
      }
      throw error;
    });
    if (found?.isFile) return candidate;
  }
  return undefined;
}

/** There is no anvil, or it does not start. The message says what to do. */
export class AnvilError extends Error {
  override name = "AnvilError";
}
