import { strictEqual } from "node:assert/strict";
import type { RedisLedger } from "../../adapters/redis/redis_ledger.ts";
import { type AttackedRedis, attackedRedis } from "../redis/attacked_redis.ts";
import { startRedis } from "../support/redis_server.ts";
import { armCut, CUTS } from "./cuts.ts";
import { FENCE_CALLS, LOCK_CALLS, PERSIST_CALLS, READER_CALLS } from "./ledger_calls.ts";
import { type CutLedgerHarness, ledgerCutTests } from "./ledger_cut_tests.ts";

/** How long the server may take to see that a connection was closed, in milliseconds. */
const GOODBYE_MS = 10_000;

ledgerCutTests(
  "Redis ledger",
  [...READER_CALLS, ...LOCK_CALLS, ...FENCE_CALLS],
  async () => harnessOf(await attackedRedis()),
);

ledgerCutTests("Redis ledger", PERSIST_CALLS, async () => {
  const attacked = await attackedRedis({
    args: ["--appendonly", "yes", "--appendfsync", "always"],
  });
  const harness = harnessOf(attacked);
  const args = ["--replicaof", "127.0.0.1", String(attacked.redis.port)];
  const replica = await startRedis({ args });
  while (await attacked.client.wait(1, 1_000) < 1);
  return {
    ...harness,
    async [Symbol.asyncDispose]() {
      await replica.stop();
      await harness[Symbol.asyncDispose]();
    },
  };
});

ledgerCutTests("Redis ledger for reading", READER_CALLS, async () => {
  const attacked = await attackedRedis();
  return {
    ...harnessOf(attacked),
    mendsItself: false,
    comesBack: false,
    ledger: (timeoutMs) => attacked.reader(timeoutMs === undefined ? {} : { timeoutMs }),
  };
});

function harnessOf(attacked: AttackedRedis): CutLedgerHarness<RedisLedger> {
  const { client, proxy } = attacked;
  return {
    cuts: CUTS,
    mendsItself: true,
    comesBack: true,
    ledger: (timeoutMs) => attacked.ledger(timeoutMs === undefined ? {} : { timeoutMs }),
    arm: (cut, nth) => armCut(proxy, cut, nth),
    seed: attacked.seed,
    dump: attacked.dump,
    expireLease: async () => void await client.del("eth:payments:lease"),
    async demandNoConnection() {
      const deadline = Date.now() + GOODBYE_MS;
      let connections = await countConnections();
      while (connections > 0 && Date.now() < deadline) connections = await countConnections();
      strictEqual(connections, 0, "connections that are left");
    },
    [Symbol.asyncDispose]: () => attacked[Symbol.asyncDispose](),
  };

  /** Those of ledgers: neither ours, which asks, nor a replica's. */
  async function countConnections(): Promise<number> {
    const list = String(await client.call("CLIENT", "LIST", "TYPE", "normal"));
    return list.trim().split("\n").filter((line) => !/\bcmd=client/.test(line)).length;
  }
}
