import { Redis } from "ioredis";
import { openRedisLedger } from "../../app/redis_ledger.ts";
import { putKeys, readKeys } from "../support/redis_keys.ts";
import { startRedis } from "../support/redis_server.ts";
import { ledgerContract } from "./ledger_contract.ts";
import type { LedgerHarness } from "./ledger_fixtures.ts";

ledgerContract("Redis ledger", async (): Promise<LedgerHarness> => {
  const stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis());
  const client = new Redis({ host: "127.0.0.1", port: redis.port, protocol: 2 });
  stack.defer(async () => void await client.quit());
  const endpoint = { kind: "tcp", host: "127.0.0.1", port: redis.port, tls: false } as const;
  return {
    ledger: () =>
      openRedisLedger({ endpoint, database: 0, durability: { kind: "journal" } }, "eth"),
    seed: (dump) => putKeys(client, dump),
    dump: () => readKeys(client),
    expireLease: async () => void await client.del("eth:payments:lease"),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
});
