/**
 * A pool for end-to-end tests: a ledger in a real Redis, a wallet on a real chain, a config file.
 *
 * @module
 */

import { Redis } from "ioredis";
import { startAnvil, type TestAnvil } from "./anvil.ts";
import { startRedis, type TestRedis } from "./redis_server.ts";
import type { AnvilOptions } from "../../adapters/anvil/anvil_process.ts";

/** The first account of anvil, and its key: known to everybody. */
export const WALLET = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";

/** The key of {@linkcode WALLET}. */
export const WALLET_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

/** A miner and what the pool owes it, in Shannon. */
export interface Miner {
  readonly login: string;
  readonly balance: bigint;
}

/** A pool that a test can pay. */
export interface TestPool extends AsyncDisposable {
  readonly redis: TestRedis;
  readonly anvil: TestAnvil;
  /** A connection for looking past the program. */
  readonly client: Redis;
  readonly configPath: string;
  readonly folder: string;
  /** Writes the config anew, with other values in `payouts`. */
  configure(payouts: Readonly<Record<string, unknown>>): Promise<void>;
  /** Credits miners as the pool's unlocker does. */
  credit(miners: readonly Miner[]): Promise<void>;
}

/** Starts Redis and anvil and writes a config that names them. */
export async function startPool(
  payouts: Readonly<Record<string, unknown>> = {},
  chain: AnvilOptions = { blockTimeSeconds: 1 },
): Promise<TestPool> {
  const stack = new AsyncDisposableStack();
  try {
    const redis = stack.use(await startRedis());
    const anvil = stack.use(await startAnvil(chain));
    const folder = await Deno.makeTempDir({ prefix: "paydirt-pool-" });
    stack.defer(() => Deno.remove(folder, { recursive: true }));
    const client = new Redis({ port: redis.port, host: "127.0.0.1", protocol: 2 });
    stack.defer(async () => void await client.quit());
    const configPath = `${folder}/config.json`;
    const configure = (more: Readonly<Record<string, unknown>>): Promise<void> =>
      Deno.writeTextFile(
        configPath,
        JSON.stringify({
          coin: "eth",
          redis: { endpoint: redis.endpoint, poolSize: 10, database: 0, password: "" },
          payouts: { ...CLASSIC_PAYOUTS, daemon: anvil.url, ...payouts, ...more },
        }),
      );
    await configure({});
    const resources = stack.move();
    return {
      redis,
      anvil,
      client,
      configPath,
      folder,
      configure,
      credit: (miners) => credit(client, miners),
      [Symbol.asyncDispose]: () => resources.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** The Go module's own keys, and few confirmations so that a test ends soon. */
export const CLASSIC_PAYOUTS = {
  enabled: true,
  requirePeers: 0,
  interval: "120m",
  timeout: "10s",
  address: WALLET,
  gas: "21000",
  gasPrice: "50000000000",
  autoGas: true,
  threshold: 500000000,
  bgsave: false,
  confirmations: 2,
};

async function credit(client: Redis, miners: readonly Miner[]): Promise<void> {
  const pipeline = client.pipeline();
  for (const { login, balance } of miners) {
    pipeline.hincrby(`eth:miners:${login}`, "balance", String(balance));
    pipeline.hincrby("eth:finances", "balance", String(balance));
  }
  for (const [error] of await pipeline.exec() ?? []) if (error) throw error;
}

/** Miners with addresses and balances of their own, all above the usual threshold. */
export function manyMiners(count: number): readonly Miner[] {
  return Array.from({ length: count }, (_, index) => ({
    login: `0x${(0xa11ce000 + index).toString(16).padStart(40, "0")}`,
    balance: 500_000_001n + BigInt(index) * 1_234_567n,
  }));
}
