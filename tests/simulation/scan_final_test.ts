import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Hash } from "../../domain/address.ts";
import { type Fact, valueOf } from "../../domain/fact.ts";
import { wei } from "../../domain/money.ts";
import type { Chain, MinedTransaction } from "../../domain/ports/chain.ts";
import { newWatch, observe } from "../../app/observe.ts";
import type { Looking } from "../../app/run.ts";
import { scanFinal } from "../../app/scan_final.ts";
import { WALLET } from "./payees.ts";
import { miner, SMALL_POLICY, SmallPool } from "./small_pool.ts";

Deno.test("scanFinal() reads no block that a reorganisation may still take away", async () => {
  const pool = new SmallPool(0);
  const hash = pool.send(miner(0), 5n);
  const found: (readonly Hash[])[] = [];
  for (let depth = 1; depth <= SMALL_POLICY.confirmations; depth++) {
    pool.node.mine();
    found.push((valueOf(await scan(pool, pool.chain)) ?? []).map((each) => each.hash));
  }
  deepStrictEqual(found, [[], [], [hash]]);
});

Deno.test("scanFinal() does not know where a node left a block out, or had one of another branch", async () => {
  const pool = new SmallPool(0);
  pool.send(miner(0), 5n);
  pool.node.mine(6);
  const hole: Chain = {
    ...pool.chain,
    async *scan(...question) {
      for await (const block of pool.chain.scan(...question)) {
        if (block.header.number !== 6) yield block;
      }
    },
  };
  const branch: Chain = {
    ...pool.chain,
    async *scan(...question) {
      for await (const block of pool.chain.scan(...question)) {
        const { number } = block.header;
        const hash = `0x${"b".repeat(64)}` as Hash;
        yield number === 6 ? { header: { ...block.header, hash }, sent: [] } : block;
      }
    },
  };
  strictEqual((await scan(pool, pool.chain)).kind, "present");
  strictEqual((await scan(pool, hole)).kind, "unknown");
  strictEqual((await scan(pool, branch)).kind, "unknown");
});

async function scan(pool: SmallPool, chain: Chain): Promise<Fact<readonly MinedTransaction[]>> {
  const looking: Looking = {
    ports: pool.ports({ chain }),
    policy: { ...SMALL_POLICY, ceilingWei: wei(1n) },
    watch: newWatch(await pool.chain.tip(WALLET)),
    signal: new AbortController().signal,
    inFlight: new Map(),
  };
  await observe(looking);
  return await scanFinal(looking, 1);
}
