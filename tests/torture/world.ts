/**
 * Where rounds are played: a Redis, a chain, a config, and what the pool owes to whom.
 *
 * @module
 */

import { Redis } from "ioredis";
import { CLASSIC_PAYOUTS } from "../support/pool.ts";
import { startRedis, type TestRedis } from "../support/redis_server.ts";
import { Random } from "../simulation/random.ts";
import { LastingNode } from "./lasting_node.ts";
import type { Links } from "./moment.ts";
import { SYNC_EACH_WRITE } from "./redis_data.ts";
import { CONFIRMATIONS, type PoolPlan, type RoundPlan } from "./schedule.ts";

/** A pool's Redis and chain, and its claims. */
export class World implements AsyncDisposable {
  readonly redis: TestRedis;
  readonly node: LastingNode;
  readonly folder: string;
  /** What was credited to whom, each time, in Shannon. */
  readonly credits: Map<string, bigint[]> = new Map();
  /** Whether nonces may have been used up by transfers of nothing from the wallet to itself. */
  mayHaveSealed = false;
  readonly #resources: AsyncDisposable;
  #made = 0;

  private constructor(
    parts: { readonly redis: TestRedis; readonly node: LastingNode; readonly folder: string },
    resources: AsyncDisposable,
  ) {
    this.redis = parts.redis;
    this.node = parts.node;
    this.folder = parts.folder;
    this.#resources = resources;
  }

  /** Starts both servers. */
  static async start({ transfersPerBlock }: PoolPlan): Promise<World> {
    await using stack = new AsyncDisposableStack();
    const redis = stack.use(await startRedis({ args: SYNC_EACH_WRITE }));
    const node = stack.use(await LastingNode.start(transfersPerBlock));
    const folder = await Deno.makeTempDir({ prefix: "paydirt-torture-" });
    stack.defer(() => Deno.remove(folder, { recursive: true }));
    return new World({ redis, node, folder }, stack.move());
  }

  /** The config of every run. */
  get configPath(): string {
    return `${this.folder}/config.json`;
  }

  /** The local journal of every run. */
  get journalPath(): string {
    return `${this.folder}/config.journal`;
  }

  /** Writes the config: a round has its own proxies and its own window. */
  async configure(links: Links, { window, bumpAfter }: RoundPlan): Promise<void> {
    const config = {
      coin: "eth",
      redis: { endpoint: `127.0.0.1:${links.redis.port}` },
      payouts: {
        ...CLASSIC_PAYOUTS,
        daemon: `http://127.0.0.1:${links.node.port}`,
        timeout: "2s",
        confirmations: CONFIRMATIONS,
        maxInFlight: window,
        waitLimit: "60s",
        signer: { kind: "key", env: "WALLET_KEY" },
        fees: { bumpAfter },
      },
    };
    await Deno.writeTextFile(this.configPath, JSON.stringify(config));
  }

  /** Credits miners as the pool's unlocker does: some new ones, and some who were paid before. */
  async credit(payees: number, random: Random): Promise<void> {
    const known = [...this.credits.keys()];
    const logins = new Set<string>();
    while (logins.size < payees) {
      const isKnown = known.length > 0 && random.chance(0.2);
      const login = isKnown ? known[random.int(0, known.length - 1)] : undefined;
      logins.add(login ?? newLogin(this.#made++));
    }
    await this.look(async (client) => {
      const multi = client.multi();
      for (const login of logins) {
        const amount = BigInt(random.int(MIN_SHANNON, MAX_SHANNON));
        this.credits.set(login, [...this.credits.get(login) ?? [], amount]);
        multi.hincrby(`eth:miners:${login}`, "balance", String(amount));
        multi.hincrby("eth:finances", "balance", String(amount));
      }
      for (const [error] of await multi.exec() ?? []) if (error) throw error;
    });
  }

  /** Uses a connection past the proxies, made for this: no link outlives its server. */
  async look<T>(use: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis({ port: this.redis.port, host: "127.0.0.1", protocol: 2 });
    try {
      return await use(client);
    } finally {
      await client.quit();
    }
  }

  /** Ends both servers. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources[Symbol.asyncDispose]();
  }
}

/** More than the threshold: everybody who is credited is to be paid. */
const MIN_SHANNON = 500_000_001;
const MAX_SHANNON = 2_000_000_000;

function newLogin(index: number): string {
  return `0x${(0xa11ce000 + index).toString(16).padStart(40, "0")}`;
}
