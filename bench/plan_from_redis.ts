/**
 * Measures a plan from Redis beside the least that reading all balances can take.
 *
 * @module
 */

import { Redis } from "ioredis";
import { startRedis } from "../tests/support/redis_server.ts";
import { runAlone } from "./alone/answer.ts";
import type { ScanInput, ScanResult } from "./alone/scan.ts";
import { atLeast, atMost, type Figure, median } from "./figure.ts";
import { watchPings } from "./pings.ts";
import { seedMiners, seedOthers } from "./seed.ts";

/** How large the measurement is. */
export interface PlanSize {
  /** How many miners the pool has. */
  readonly miners: number;
  /** How many of them are to be paid. */
  readonly payees: number;
  /** How many other keys there are in the second round; 0: there is none. */
  readonly others: number;
  /** How many miners are read one by one, each time; 0: that is not measured. */
  readonly sample: number;
  /** How often all are timed, in turns; the median ratio counts. */
  readonly tries: number;
}

/** What a command may take Redis, in microseconds. */
const SLOW_MICROSECONDS = 5_000;

/** Times plans against bare loops, one after the other on one server. */
export async function measurePlan(size: PlanSize): Promise<readonly Figure[]> {
  await using redis = await startRedis();
  await using client = new Client(redis.port);
  await seedMiners(client.redis, size);
  const alone = await compare(client, size);
  const figures: Figure[] = [
    {
      name: "plan/time",
      what: `plan of ${size.miners} miners, ${size.payees} of them to be paid, in bare loops`,
      value: alone.ratio,
      unit: "×",
      bar: atMost(1.5),
    },
    {
      name: "plan/against-single",
      what: "a round trip for each miner would take, in plans",
      value: alone.singleRatio,
      unit: "×",
      bar: atLeast(6),
    },
    {
      name: "plan/bare-against-single",
      what: "the same in bare loops",
      value: alone.bareSingleRatio,
      unit: "×",
      bar: null,
    },
    {
      name: "plan/peak-rss",
      what: "peak memory of the process that plans",
      value: alone.peakRssMiB,
      unit: "MiB",
      bar: atMost(256),
    },
    {
      name: "plan/bare-rss",
      what: "peak memory of the bare loop",
      value: alone.bareRssMiB,
      unit: "MiB",
      bar: null,
    },
    {
      name: "plan/slow-commands",
      what: "commands of the plan that took Redis 5 ms or more",
      value: alone.slowPerMille,
      unit: "‰",
      bar: atMost(1),
    },
    {
      name: "plan/ping",
      what: "999 of 1,000 PINGs beside the plan were answered within",
      value: alone.pingMs,
      unit: "ms",
      bar: null,
    },
  ];
  if (size.others === 0) return figures;
  await seedOthers(client.redis, size.others);
  const crowded = await compare(client, { ...size, sample: 0 });
  return [...figures, {
    name: "plan/time-among-others",
    what: `the same among ${size.others} other keys, in bare loops`,
    value: crowded.ratio,
    unit: "×",
    bar: atMost(1.5),
  }, {
    name: "plan/peak-rss-among-others",
    what: "peak memory of the process that plans among them",
    value: crowded.peakRssMiB,
    unit: "MiB",
    bar: atMost(256),
  }];
}

interface Comparison {
  /** The plan in bare loops. */
  readonly ratio: number;
  /** A round trip for each miner, in plans and in bare loops. */
  readonly singleRatio: number;
  readonly bareSingleRatio: number;
  readonly peakRssMiB: number;
  readonly bareRssMiB: number;
  readonly slowPerMille: number;
  readonly pingMs: number;
}

/** Bare loop, plan and single questions in turns, each in a process of its own. */
async function compare(client: Client, size: PlanSize): Promise<Comparison> {
  const tries: Comparison[] = [];
  for (let count = 0; count < size.tries; count++) {
    const bare = await client.scan("bare", 0);
    const { plan, ...server } = await planBesidePings(client);
    const singleMs = size.sample === 0 ? NaN : await client.singleMs(size);
    if (plan.miners !== size.miners || plan.payees !== size.payees) {
      throw new Error(`Planned ${plan.payees} of ${plan.miners} miners`);
    }
    tries.push({
      ratio: plan.ms / bare.ms,
      singleRatio: singleMs / plan.ms,
      bareSingleRatio: singleMs / bare.ms,
      peakRssMiB: plan.peakRssMiB,
      bareRssMiB: bare.peakRssMiB,
      ...server,
    });
  }
  const middle = (of: keyof Comparison): number => median(tries.map((each) => each[of]));
  return {
    ratio: middle("ratio"),
    singleRatio: middle("singleRatio"),
    bareSingleRatio: middle("bareSingleRatio"),
    peakRssMiB: middle("peakRssMiB"),
    bareRssMiB: middle("bareRssMiB"),
    slowPerMille: middle("slowPerMille"),
    pingMs: middle("pingMs"),
  };
}

/** A plan, and how its server was meanwhile. */
async function planBesidePings(client: Client): Promise<
  Pick<Comparison, "slowPerMille" | "pingMs"> & { readonly plan: ScanResult }
> {
  await client.forgetSlow();
  await using pings = watchPings(client.port);
  const plan = await client.scan("plan", 0);
  return { plan, pingMs: await pings.within(0.999), slowPerMille: await client.slowPerMille() };
}

/** The server, asked from here. */
class Client implements AsyncDisposable {
  readonly port: number;
  readonly redis: Redis;

  constructor(port: number) {
    this.port = port;
    this.redis = new Redis({ port, host: "127.0.0.1", protocol: 2 });
  }

  scan(way: ScanInput["way"], sample: number): Promise<ScanResult> {
    const input: ScanInput = { way, port: this.port, sample };
    return runAlone<ScanResult>("scan.ts", input);
  }

  /** What a round trip for each miner takes, from a sample. */
  async singleMs({ miners, sample }: PlanSize): Promise<number> {
    const read = await this.scan("single", sample);
    return read.ms / read.miners * miners;
  }

  /** From here on slow commands are counted. */
  async forgetSlow(): Promise<void> {
    await this.redis.config("SET", "slowlog-log-slower-than", SLOW_MICROSECONDS);
    await this.redis.config("SET", "slowlog-max-len", 1_000_000);
    await this.redis.slowlog("RESET");
    await this.redis.config("RESETSTAT");
  }

  async slowPerMille(): Promise<number> {
    const slow = Number(await this.redis.slowlog("LEN"));
    const stats = await this.redis.info("commandstats");
    const calls = [...stats.matchAll(/^cmdstat_(?:scan|hget):calls=(\d+)/gm)]
      .reduce((sum, [, count]) => sum + Number(count), 0);
    return slow / calls * 1_000;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.redis.quit();
  }
}
