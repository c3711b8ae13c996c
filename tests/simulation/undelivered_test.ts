import assert from "node:assert/strict";
import {
  awaitAround,
  type LedgerMethod,
  memoryChain,
  memoryLedger,
  type Seam,
} from "../../adapters/memory/mod.ts";
import { Fault } from "../../domain/fault.ts";
import type { LocalJournal } from "../../domain/ports/local_journal.ts";
import { SmallPool } from "./small_pool.ts";

Deno.test("what the disk did not take is never sent, also when the node falls silent meanwhile", async () => {
  const pool = new SmallPool(3);
  const { clock, journal } = pool;
  let appended = 0;
  let isSilent = false;
  const localJournal: LocalJournal = {
    name: journal.name,
    read: () => journal.read(),
    prepare: () => journal.prepare(),
    rotate: () => journal.rotate(),
    async append(payments) {
      if (++appended === 1) return await journal.append(payments);
      isSilent = true;
      await clock.sleep(700);
      throw new Fault("journal", "The disk does not answer");
    },
  };
  const slowly: Seam<LedgerMethod> = async (method, effect) => {
    if (method === "commit") await clock.sleep(600);
    return await awaitAround(method, effect);
  };
  const chain = memoryChain(pool.node, {
    seam: (method, effect) => {
      if (method !== "tip" || !isSilent) return awaitAround(method, effect);
      isSilent = false;
      return Promise.reject(new Fault("chain-unreachable", "The node does not answer"));
    },
  });
  const ledger = memoryLedger(pool.store, { clock, prefix: "eth", seam: slowly });
  const ports = pool.ports({ ledger, chain, localJournal });
  const { stopped } = await pool.run({ ports, options: { batchSize: 1 } });
  assert.deepEqual([stopped?.kind, isSilent, appended], ["fault", false, 2]);
  assert.deepEqual([pool.count("debited"), pool.count("sent")], [2, 1]);
});
