import { deepStrictEqual } from "node:assert/strict";
import {
  memoryChain,
  memoryLedger,
  MemoryLedgerStore,
  MemoryNode,
  VirtualClock,
} from "../../adapters/memory/mod.ts";
import { makePlan, type PlanInput } from "../../app/make_plan.ts";
import { sortLeftovers } from "../../domain/leftovers.ts";
import { wei } from "../../domain/money.ts";
import type { MinerAccount } from "../../domain/ports/ledger.ts";
import { WALLET } from "../simulation/payees.ts";
import { miner, SMALL_POLICY } from "../simulation/small_pool.ts";

/** Makes a plan of accounts as a ledger tells them. */
async function planOf(
  pages: readonly (readonly MinerAccount[])[],
  more: Pick<PlanInput, "onBelow"> = {},
) {
  const clock = new VirtualClock();
  const node = new MemoryNode({ clock });
  node.fund(WALLET, 10n ** 21n);
  const chain = memoryChain(node);
  const empty = memoryLedger(new MemoryLedgerStore(), { clock, prefix: "eth" });
  async function* miners(): AsyncGenerator<readonly MinerAccount[]> {
    yield* pages;
  }
  const ports = { ledger: { miners }, chain, checksum: (address: string) => address };
  return await makePlan(ports, {
    policy: SMALL_POLICY,
    ceilingWei: wei(10n ** 10n),
    tip: await chain.tip(WALLET),
    leftovers: sortLeftovers(await empty.obligations()),
    ...more,
  });
}

function account(login: string, balance: string): MinerAccount {
  return { login, balance, wrongType: null };
}

Deno.test("makePlan() plans a login once that the ledger tells twice, as it was told first", async () => {
  const { covered, skipped } = await planOf([
    [account(miner(1), "600000000"), account(miner(1), "600000000")],
    [account("worker", "700000000"), account(miner(2), "600000001")],
    [account(miner(1), "900000000"), account("worker", "700000000")],
  ]);
  deepStrictEqual(
    covered.map(({ login, amountShannon }) => [login, amountShannon]),
    [[miner(1), 600_000_000n], [miner(2), 600_000_001n]],
  );
  deepStrictEqual(skipped.map(({ login }) => login), ["worker"]);
});

Deno.test("makePlan() plans a login that was below the threshold when it was told first", async () => {
  const { covered, belowThreshold } = await planOf([
    [account(miner(1), "499999999")],
    [account(miner(1), "600000000")],
  ]);
  deepStrictEqual(covered.map(({ login }) => login), [miner(1)]);
  deepStrictEqual(belowThreshold, 1);
});

Deno.test("makePlan() tells of each login below the threshold once, and of none that it plans", async () => {
  const told: string[] = [];
  const { covered, belowThreshold } = await planOf([
    [account(miner(1), "1"), account(miner(2), "600000000")],
    [account(miner(1), "600000000"), account(miner(3), "3"), account(miner(2), "0")],
  ], { onBelow: (login) => told.push(login) });
  deepStrictEqual(told, [miner(1), miner(3)]);
  deepStrictEqual(covered.map(({ login }) => login), [miner(2)]);
  deepStrictEqual(belowThreshold, 2);
});
