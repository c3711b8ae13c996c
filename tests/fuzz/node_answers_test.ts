import { ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { BatchingConnection } from "../../adapters/ethereum/connection/batching_connection.ts";
import { JsonRpcChain } from "../../adapters/ethereum/json_rpc_chain.ts";
import { openNodeSigner } from "../../adapters/ethereum/signers/node_signer.ts";
import { runPayouts } from "../../app/run_payouts.ts";
import type { RunPorts } from "../../app/run.ts";
import { wei } from "../../domain/money.ts";
import { Fault } from "../../domain/fault.ts";
import type { Policy } from "../../domain/policy.ts";
import type { RunReport } from "../../domain/report.ts";
import { describeEvent } from "../../adapters/terminal/plain_log.ts";
import { describeRun } from "../../app/text_report.ts";
import { runToJson } from "../../app/json_report.ts";
import { WALLET } from "../simulation/payees.ts";
import { miner, SMALL_POLICY, SmallPool } from "../simulation/small_pool.ts";
import { KEYS } from "../simulation/world.ts";
import { type Answering, BadWire, type Spoiling, spoilings } from "./bad_wire.ts";
import { fuzzTest } from "./fuzz.ts";
import { assertTrue, type Pool, receivedBy } from "./pool_truth.ts";
import { RpcNode, rpcSigner } from "./rpc_node.ts";
import { assertFault, faultOr } from "./told.ts";

const PAYEES = 5;
const OWED = 600_000_000n;
const CONTRACT = miner(1);
const POLICY: Policy = {
  ...SMALL_POLICY,
  chainId: 1337n,
  confirmations: 3,
};

/** Longer than any run waits for anything. */
const MAX_SECONDS = 900;

/** What happens to the chain itself at a second of a run. */
interface Event {
  readonly second: number;
  readonly kind: "reorg" | "lost mempool" | "dear gas" | "no block" | "a contract refuses coins";
}

/** A run that is to go wrong. */
interface BadRun {
  readonly spoiled: readonly Spoiling[];
  readonly events: readonly Event[];
  readonly waitLimitMs: number;
}

const badRuns: fc.Arbitrary<BadRun> = fc.record({
  spoiled: fc.array(spoilings, { minLength: 1, maxLength: 6 }),
  events: fc.array(
    fc.record({
      second: fc.nat(40),
      kind: fc.constantFrom<Event["kind"]>(
        "reorg",
        "lost mempool",
        "dear gas",
        "no block",
        "a contract refuses coins",
      ),
    }),
    { maxLength: 4 },
  ),
  waitLimitMs: fc.constantFrom(3_000, 10_000, 60_000),
});

for (const [signs, who] of [["here", "a node"], ["there", "a node that signs"]] as const) {
  fuzzTest(
    `a run with ${who}, which answers anything, ends, and pays nobody twice or for nothing`,
    {
      runs: 60,
      arbitrary: fc.array(badRuns, { minLength: 1, maxLength: 3 }),
      check: (bad) => payThrough(bad, signs),
    },
  );
}

/** Who has the wallet's key: Paydirt itself, or the node. */
type Signs = "here" | "there";

/** Runs over a bad wire, then over a good one until everybody is paid. */
async function payThrough(bad: readonly BadRun[], signs: Signs): Promise<void> {
  const small = new SmallPool(PAYEES);
  small.node.setCode(CONTRACT, "accepts");
  const owed = new Map(Array.from({ length: PAYEES }, (_, index) => [miner(index), OWED]));
  const pool: Pool = { store: small.store, node: small.node, owed };
  for (const one of bad) {
    await runOnce(small, one, signs);
    assertTrue(pool);
  }
  for (let tries = 0; tries < 3; tries++) {
    const good = { spoiled: [], events: [], waitLimitMs: 600_000 };
    const report = await runOnce(small, good, signs);
    assertTrue(pool);
    ok(report !== undefined, "a run over a good wire came to no report");
  }
  const held = small.store.fields(KEYS.held);
  for (const login of owed.keys()) {
    if (held.has(login) || small.node.code(login) === "reverts") continue;
    strictEqual(receivedBy(pool, login), OWED, `${login} is not paid`);
  }
  ok(!held.has(WALLET), `the wallet is held: ${held.get(WALLET)}`);
}

/** The report of a run; none where it ended with a fault. */
async function runOnce(
  small: SmallPool,
  { spoiled, events, waitLimitMs }: BadRun,
  signs: Signs,
): Promise<RunReport | undefined> {
  const node = new RpcNode(small.node, signs === "there" ? WALLET : undefined);
  const connection = new BatchingConnection(new BadWire(watched(node, small), spoiled), {
    name: "http://node",
    secrets: [],
    timeoutMs: 10_000,
  });
  await using chain = new JsonRpcChain(connection);
  const signer = signs === "here"
    ? rpcSigner(WALLET)
    : await faultOr(openNodeSigner(connection, { wallet: WALLET, chainId: 1337n }));
  if (signer instanceof Fault) return undefined;
  const ports: RunPorts = small.ports({
    chain,
    signer,
    report: (event) => void describeEvent(event),
  });
  let ended = false;
  const running = runPayouts(ports, { ...POLICY, waitLimitMs }).finally(() => ended = true);
  running.catch(() => {}); // Told below.
  for (let second = 0; !ended; second++) {
    ok(second < MAX_SECONDS, "the run does not end");
    await small.clock.advance(1_000);
    const now = events.filter((event) => event.second === second).map(({ kind }) => kind);
    happen(small, now);
    if (!now.includes("no block")) small.node.mine();
  }
  try {
    const report = await running;
    describeRun(report);
    JSON.stringify(runToJson(report));
    return report;
  } catch (error) {
    assertFault(error);
    return undefined;
  }
}

/** A node to which nothing is sent that is not in the ledger's journal. */
function watched(node: RpcNode, { store }: SmallPool): Answering {
  return {
    answer(method, params) {
      if (method === "eth_sendRawTransaction") {
        const records = [...store.fields(KEYS.journal).values()];
        ok(records.some((record) => record.includes(`"${params[0]}"`)), "sent without a record");
      }
      return node.answer(method, params);
    },
  };
}

function happen({ node }: SmallPool, kinds: readonly Event["kind"][]): void {
  if (kinds.includes("lost mempool")) {
    node.mempool().forEach(({ hash }) => node.dropFromMempool(hash));
  }
  if (kinds.includes("a contract refuses coins")) node.setCode(CONTRACT, "reverts");
  if (kinds.includes("reorg")) node.reorg(POLICY.confirmations - 1);
  if (kinds.includes("dear gas")) node.setBaseFee(wei(10n ** 11n));
}
