/**
 * Measures a run that pays on a real chain: against what its blocks allow, and what goes over the
 * wires.
 *
 * @module
 */

import { manyMiners, startPool, type TestPool, WALLET_KEY } from "../tests/support/pool.ts";
import { assertPaidExactlyOnce } from "../tests/support/reconcile.ts";
import { runAlone } from "./alone/answer.ts";
import type { PayInput, PayResult } from "./alone/pay.ts";
import { atLeast, atMost, type Figure } from "./figure.ts";

/** How large the measurement is. */
export interface PaySize {
  /** How many are paid in blocks of 30 M gas, and again in blocks of 1 G. */
  readonly payees: number;
  /** How many are paid with the window that a config has which does not name one. */
  readonly payeesByDefault: number;
}

const BLOCK_SECONDS = 1;
const CONFIRMATIONS = 2;
const TRANSFER_GAS = 21_000;
const REQUESTS_A_HEAD = 4;
const BALANCE_COINS = 1_000_000;

/** Blocks as the main chain had them for years, and blocks that hold a whole run. */
const USUAL = { gasLimit: 30_000_000 };
const LARGE = { gasLimit: 1_000_000_000 };

/** Pays in usual blocks, in large ones, and with the default window. */
export async function measurePayments(size: PaySize): Promise<readonly Figure[]> {
  const { payees, payeesByDefault } = size;
  const few = await payOnce({ ...USUAL, payees: payees / 10, maxInFlight: payees });
  const usual = await payOnce({ ...USUAL, payees, maxInFlight: payees });
  const large = await payOnce({ ...LARGE, payees, maxInFlight: payees });
  const byDefault = await payOnce({ ...USUAL, payees: payeesByDefault });
  return [
    ...blockFigures(usual, payees),
    {
      name: "pay/rate",
      what: `${payees} payments in blocks of 1 G gas, from process start to the last broadcast`,
      value: payees / large.lastSentMs * 1_000,
      unit: "payments/s",
      bar: atLeast(1_000),
    },
    {
      name: "pay/default-window",
      what: `${payeesByDefault} payments with the default window, to the end, in blocks' need`,
      value: byDefault.endedMs / neededMs(payeesByDefault),
      unit: "×",
      bar: atMost(1.3),
    },
    ...roundTripFigures(few, usual),
  ];
}

function blockFigures(usual: Paid, payees: number): readonly Figure[] {
  return [{
    name: "pay/time",
    what:
      `${payees} payments in blocks of 30 M gas, from process start to the end, in blocks' need`,
    value: usual.endedMs / neededMs(payees),
    unit: "×",
    bar: atMost(1.3),
  }, {
    name: "pay/fullness",
    what: "gas used of the blocks between the first and the last of ours",
    value: usual.fullness * 100,
    unit: "%",
    bar: atLeast(95),
  }, {
    name: "pay/first",
    what: "the first payment leaves after the plan within",
    value: (usual.firstSentMs - usual.plannedMs) / 1_000,
    unit: "s",
    bar: atMost(1),
  }, {
    name: "pay/peak-rss",
    what: "peak memory of the process that pays",
    value: usual.peakRssMiB,
    unit: "MiB",
    bar: null,
  }, {
    name: "pay/cpu",
    what: "processor time of the process that pays",
    value: usual.cpuSeconds / payees * 1_000,
    unit: "ms/payment",
    bar: null,
  }];
}

/** Of two runs of different size, so that what every run needs once does not count. */
function roundTripFigures(few: Paid, many: Paid): readonly Figure[] {
  const payments = many.paid - few.paid;
  const besideHeads = ({ requests, heads }: Paid): number => requests - REQUESTS_A_HEAD * heads;
  return [{
    name: "round-trips/redis",
    what: "further payments for each further round trip to Redis",
    value: payments / Math.max(1, many.redis - few.redis),
    unit: "payments",
    bar: atLeast(25),
  }, {
    name: "round-trips/node",
    what: "further payments for each further JSON-RPC request, 4 a head not counted",
    value: payments / Math.max(1, besideHeads(many) - besideHeads(few)),
    unit: "payments",
    bar: atLeast(50),
  }];
}

/** What the blocks themselves need: those that hold the payments, and those on top of the last. */
function neededMs(payees: number): number {
  const blocks = Math.ceil(payees / Math.floor(USUAL.gasLimit / TRANSFER_GAS));
  return (blocks + CONFIRMATIONS) * BLOCK_SECONDS * 1_000;
}

interface Paid extends PayResult {
  /** Which part of the gas was used in the blocks between the first and the last of ours. */
  readonly fullness: number;
}

/** Pays everyone and checks that everyone was paid once. */
async function payOnce(from: {
  readonly payees: number;
  readonly gasLimit: number;
  readonly maxInFlight?: number;
}): Promise<Paid> {
  const { payees, gasLimit, maxInFlight } = from;
  await using pool = await startPool(
    {
      signer: { kind: "key", env: KEY_VARIABLE },
      confirmations: CONFIRMATIONS,
      ...(maxInFlight === undefined ? {} : { maxInFlight }),
    },
    { blockTimeSeconds: BLOCK_SECONDS, gasLimit, balanceCoins: BALANCE_COINS },
  );
  const miners = manyMiners(payees);
  await pool.credit(miners);
  Deno.env.set(KEY_VARIABLE, WALLET_KEY);
  const input: PayInput = { configPath: pool.configPath, startedAt: Date.now() };
  const result = await runAlone<PayResult>("pay.ts", input);
  await assertPaidExactlyOnce(pool, miners, { balanceCoins: BALANCE_COINS });
  return { ...result, fullness: await fullnessOf(pool) };
}

const KEY_VARIABLE = "PAYDIRT_BENCH_KEY";

/** The mean of all blocks between the first and the last that hold a transaction; 1 without any. */
async function fullnessOf(pool: TestPool): Promise<number> {
  const head = Number(await pool.anvil.rpc("eth_blockNumber"));
  const shares: number[] = [];
  for (let number = 1; number <= head; number++) {
    const block = await pool.anvil.rpc("eth_getBlockByNumber", [`0x${number.toString(16)}`, false]);
    shares.push(Number(block.gasUsed) / Number(block.gasLimit));
  }
  const first = shares.findIndex((share) => share > 0);
  const last = shares.findLastIndex((share) => share > 0);
  const between = shares.slice(first + 1, last);
  if (between.length === 0) return 1;
  return between.reduce((sum, share) => sum + share, 0) / between.length;
}
