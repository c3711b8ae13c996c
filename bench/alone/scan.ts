/**
 * Reads what a ledger owes in one of three ways, and answers how long that took.
 *
 * @module
 */

import { getAddress } from "ethers/address";
import { Redis } from "ioredis";
import { memoryChain, MemoryNode } from "../../adapters/memory/mod.ts";
import { makePlan } from "../../app/make_plan.ts";
import { openRedisReader } from "../../app/redis_ledger.ts";
import { sortLeftovers } from "../../domain/leftovers.ts";
import { wei } from "../../domain/money.ts";
import { benchPolicy, THRESHOLD } from "../policy.ts";
import { answer, costSoFar } from "./answer.ts";

/** What is read, and how. */
export interface ScanInput {
  /** `plan` as `pay` does; `bare`: SCAN and pipelined HGET; `single`: one HGET after the other. */
  readonly way: "plan" | "bare" | "single";
  /** The port of the Redis on 127.0.0.1. */
  readonly port: number;
  /** After how many miners `single` ends. */
  readonly sample: number;
}

/** What reading took. */
export interface ScanResult {
  /** From the first command to the last reply, or to the finished plan. */
  readonly ms: number;
  /** How many miners were read. */
  readonly miners: number;
  /** How many of them are to be paid. */
  readonly payees: number;
  /** The most memory that the process ever held. */
  readonly peakRssMiB: number;
}

type Counts = Pick<ScanResult, "miners" | "payees">;

const PAGE = 1_000;

/** As `pay` makes its plan. Gas is fixed, since no chain is measured here. */
async function plan({ port }: ScanInput): Promise<() => Promise<Counts>> {
  const endpoint = { kind: "tcp", host: "127.0.0.1", port, tls: false } as const;
  const ledger = await openRedisReader(
    { endpoint, database: 0, durability: { kind: "journal" } },
    "eth",
  );
  const node = new MemoryNode({ clock: { now: () => Date.now() } });
  const policy = benchPolicy(64);
  node.fund(policy.wallet, 10n ** 30n);
  const chain = memoryChain(node);
  const ports = { ledger, chain, checksum: getAddress };
  return async () => {
    const { covered, skipped, belowThreshold } = await makePlan(ports, {
      policy: { ...policy, gas: { kind: "fixed", gas: 21_000n, gasPriceWei: wei(1n) } },
      ceilingWei: wei(1n),
      tip: await chain.tip(policy.wallet),
      leftovers: sortLeftovers(await ledger.obligations()),
    });
    const payees = covered.length;
    return { miners: payees + skipped.length + belowThreshold, payees };
  };
}

/** The least that reading all balances can be: it keeps nothing and checks nothing. */
async function bare({ port }: ScanInput): Promise<() => Promise<Counts>> {
  const redis = await connect(port);
  return async () => {
    let [cursor, miners, payees] = ["0", 0, 0];
    do {
      const [next, keys] = await redis.scan(cursor, "MATCH", "eth:miners:*", "COUNT", PAGE);
      const pipeline = redis.pipeline();
      for (const key of keys) pipeline.hget(key, "balance");
      for (const [, balance] of await pipeline.exec() ?? []) {
        if (BigInt(String(balance)) > THRESHOLD) payees++;
      }
      miners += keys.length;
      cursor = next;
    } while (cursor !== "0");
    return { miners, payees };
  };
}

/** As the Go payers: one round trip a miner. */
async function single({ port, sample }: ScanInput): Promise<() => Promise<Counts>> {
  const redis = await connect(port);
  return async () => {
    let [cursor, miners, payees] = ["0", 0, 0];
    do {
      const [next, keys] = await redis.scan(cursor, "MATCH", "eth:miners:*", "COUNT", PAGE);
      for (const key of keys) {
        const balance = await redis.hget(key, "balance");
        if (BigInt(String(balance)) > THRESHOLD) payees++;
      }
      miners += keys.length;
      cursor = next;
    } while (cursor !== "0" && miners < sample);
    return { miners, payees };
  };
}

async function connect(port: number): Promise<Redis> {
  const redis = new Redis({ port, host: "127.0.0.1", protocol: 2, lazyConnect: true });
  await redis.connect();
  return redis;
}

const WAYS = { plan, bare, single };

if (import.meta.main) {
  await answer(async (input: ScanInput): Promise<ScanResult> => {
    const read = await WAYS[input.way](input);
    const started = performance.now();
    const counts = await read();
    const ms = performance.now() - started;
    return { ms, ...counts, peakRssMiB: costSoFar().peakRssMiB };
  });
}
