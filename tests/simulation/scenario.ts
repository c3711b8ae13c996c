/**
 * What one seed decides before anything happens: the pool, its payees, the chain, and how often
 * what goes wrong. Each seed has its own few kinds of trouble, so that rare ones meet alone, too.
 *
 * @module
 */

import type { Address } from "../../domain/address.ts";
import type { Durability } from "../../domain/durability.ts";
import { shannon, wei } from "../../domain/money.ts";
import type { Policy } from "../../domain/policy.ts";
import { makePayees, type Payee, plainAddress, WALLET } from "./payees.ts";
import { Random } from "./random.ts";

/** What may befall a call of a port, as a probability of each call. */
export interface FaultRates {
  /** The process dies, before the effect, after it, or with the effect still under way. */
  readonly crash: number;
  /** The link to the ledger breaks, before or after the effect. */
  readonly ledgerLost: number;
  /** The node does not answer, before or after the effect, or the effect comes late. */
  readonly nodeLost: number;
  /** The question or its answer takes seconds. */
  readonly slow: number;
  /** The process stands still, for longer than a lease lives or not. */
  readonly freeze: number;
  /** One fact of an answer is unknown. */
  readonly unknown: number;
  /** One part of an answer comes from a node that is some blocks behind, or on another branch. */
  readonly stale: number;
  /** The node says of a transaction what is not so. */
  readonly lie: number;
  /** The disk or the signer refuses. */
  readonly refuse: number;
  /** The operator ends the run (SIGTERM). */
  readonly signal: number;
}

/** What may befall the chain and the pool, as a probability of each block. */
export interface WeatherRates {
  readonly reorg: number;
  readonly drop: number;
  readonly feeMove: number;
  readonly poolFull: number;
  readonly feeCap: number;
  readonly stranger: number;
  readonly credit: number;
  readonly contract: number;
  readonly badValue: number;
  /** The old payer pays somebody. */
  readonly goPayer: number;
  /** A transaction that was dropped or replaced is mined all the same: another node had it. */
  readonly otherPool: number;
  /** The ledger's server comes back with an older copy. */
  readonly ledgerLosesWrites: number;
  /** The ledger forgets its newest writes, and nobody sees it. */
  readonly ledgerRollsBack: number;
  /** The local journal is lost, and nothing else. */
  readonly diskLost: number;
  /** The old payer's resolver ends what it knows nothing about. */
  readonly goResolver: number;
  /** Something writes nonsense where all payments need a key, and somebody takes it away again. */
  readonly sharedValue: number;
  /** The ledger's server is started again, with all its writes. */
  readonly ledgerRestarts: number;
}

/** Everything that a seed decides before the start. */
export interface Scenario {
  readonly payees: readonly Payee[];
  readonly policy: Policy;
  readonly blockMs: number;
  readonly belowBaseFee: "waits" | "refused";
  readonly gasLimit: bigint;
  readonly fundsWei: bigint;
  /** How many payments a Go payer made before. */
  readonly earlier: number;
  readonly stormMs: number;
  /** Between two starts of the program. */
  readonly startEveryMs: number;
  /** The account to which no node takes a payment, whatever it offers; `null`: there is none. */
  readonly refusesTo: Address | null;
  /** Whether the node signs and sends in one step. */
  readonly nodeSigns: boolean;
  /** Whether a start waits for the end of the run before. */
  readonly overlap: boolean;
  /** Whether `resolve` is called while things still go wrong, too. */
  readonly resolvesInStorm: boolean;
  /** How many payees share a commit. */
  readonly batchSize: number;
  readonly faults: FaultRates;
  readonly weather: WeatherRates;
}

/** Draws a scenario. */
export function makeScenario(random: Random): Scenario {
  const payees = makePayees(random);
  const drawn = {
    payees,
    policy: makePolicy(random, WALLET),
    blockMs: random.int(700, 6_000),
    belowBaseFee: random.pick(["waits", "refused"]),
    gasLimit: BigInt(random.pick([30_000_000, 30_000_000, 63_000])),
    fundsWei: random.chance(0.8) ? 10n ** 24n : BigInt(random.int(1, 12)) * 10n ** 18n,
    earlier: random.chance(0.3) ? random.int(1, 3) : 0,
    stormMs: random.int(20, 120) * 1_000,
    startEveryMs: random.int(1_000, 25_000),
    nodeSigns: random.chance(0.1),
    overlap: random.chance(0.3),
    batchSize: random.pick([1, 2, 3, 100]),
    faults: drawRates(random, FAULT_RATES),
    weather: drawRates(random, WEATHER_RATES),
  };
  // A stream of its own, so that seeds without it keep the stories that they had before.
  const own = new Random(drawn.startEveryMs * 1_009 + drawn.blockMs);
  const goResolver = own.chance(0.15) ? own.pick([0.02, 0.1]) : 0;
  const refusesTo = own.chance(0.1) ? own.pick(RECIPIENTS) : null;
  const sharedValue = own.chance(0.1) ? own.pick([0.05, 0.2]) : 0;
  const kept = own.chance(0.1) ? own.pick(KEPT_BY_LEDGER) : null;
  const ledgerRestarts = kept !== null && own.chance(0.5) ? own.pick([0.05, 0.2]) : 0;
  const weather = asOneStory({ ...drawn.weather, goResolver, sharedValue, ledgerRestarts });
  const durability = kept === null || losesWrites(weather) ? drawn.policy.durability : kept;
  // A run that is frozen is of interest to others that go on.
  const overlap = drawn.overlap || (drawn.faults.freeze > 0 && own.chance(0.5));
  // What is sealed while a reorganisation takes blocks back may come again.
  const isSealable = weather.reorg === 0 || !losesWrites(weather);
  const resolvesInStorm = own.chance(0.3) && isSealable;
  const policy = { ...drawn.policy, durability };
  return { ...drawn, policy, refusesTo, overlap, resolvesInStorm, weather };
}

/** Where a ledger keeps what is sent, without a local journal. */
const KEPT_BY_LEDGER: readonly [Durability, ...Durability[]] = [
  { kind: "aof" },
  { kind: "replicas", count: 1 },
];

/** The first accounts of every pool. */
const RECIPIENTS = [plainAddress(0), plainAddress(1), plainAddress(2)] as const;

/**
 * An old payer on a ledger that loses writes pays twice by itself: that is not our story. What such a
 * ledger forgot is still known to other nodes: that is.
 */
function asOneStory(weather: WeatherRates): WeatherRates {
  if (losesWrites(weather)) {
    const otherPool = Math.max(weather.otherPool, 0.5);
    const others = { goPayer: 0, goResolver: 0, diskLost: 0, sharedValue: 0, ledgerRestarts: 0 };
    return { ...weather, ...others, otherPool };
  }
  // The old payer would pay once more what its resolver credited back.
  if (weather.goResolver > 0) return { ...weather, goPayer: 0, sharedValue: 0 };
  // It dies of nonsense, in the middle of what it writes.
  return weather.goPayer > 0 ? { ...weather, sharedValue: 0 } : weather;
}

/** Whether the ledger forgets what was written. */
export function losesWrites(weather: WeatherRates): boolean {
  return weather.ledgerLosesWrites > 0 || weather.ledgerRollsBack > 0;
}

type Choices = readonly [number, ...number[]];

const FAULT_RATES: { readonly [Kind in keyof FaultRates]: Choices } = {
  crash: [0.001, 0.003, 0.01, 0.03],
  ledgerLost: [0.003, 0.01, 0.03],
  nodeLost: [0.01, 0.05, 0.2],
  slow: [0.01, 0.05, 0.2],
  freeze: [0.002, 0.01, 0.02],
  unknown: [0.01, 0.05, 0.2],
  stale: [0.02, 0.1, 0.4],
  lie: [0.05, 0.2],
  refuse: [0.01, 0.05],
  signal: [0.002, 0.01],
};

type DrawnWeather = Exclude<keyof WeatherRates, "goResolver" | "sharedValue" | "ledgerRestarts">;

const WEATHER_RATES: { readonly [Kind in DrawnWeather]: Choices } = {
  reorg: [0.03, 0.15, 0.4],
  drop: [0.05, 0.2, 0.5],
  feeMove: [0.05, 0.3],
  poolFull: [0.05, 0.2],
  feeCap: [0.02],
  stranger: [0.02, 0.1],
  credit: [0.05, 0.3],
  contract: [0.05],
  badValue: [0.02],
  goPayer: [0.2, 0.5],
  otherPool: [0.05, 0.3],
  ledgerLosesWrites: [0.02, 0.06, 0.2],
  ledgerRollsBack: [0.05, 0.2],
  diskLost: [0.02],
};

/** How often a seed has a kind of trouble at all; half of them for those that are not named. */
const SELDOM: Readonly<Record<string, number>> = {
  feeCap: 0.1,
  stranger: 0.15,
  badValue: 0.15,
  goPayer: 0.25,
  ledgerLosesWrites: 0.2,
  ledgerRollsBack: 0.1,
  diskLost: 0.15,
  signal: 0.2,
  lie: 0.4,
  refuse: 0.3,
};

function drawRates<Kind extends string>(
  random: Random,
  choices: Readonly<Record<Kind, Choices>>,
): Readonly<Record<Kind, number>> {
  const kinds = Object.keys(choices) as Kind[];
  const rates = kinds.map((kind) => {
    const has = random.chance(SELDOM[kind] ?? 0.5);
    const rate = random.pick(choices[kind]);
    return [kind, has ? rate : 0];
  });
  return Object.fromEntries(rates);
}

function makePolicy(random: Random, wallet: Address): Policy {
  const ceilingWei = random.chance(0.5) ? null : wei(BigInt(random.int(20, 60)) * 10n ** 9n);
  return {
    wallet,
    chainId: random.chance(0.5) ? 1337n : null,
    requirePeers: 0,
    thresholdShannon: shannon(500_000_000n),
    gas: random.chance(0.85)
      ? { kind: "auto" }
      : { kind: "fixed", gas: 60_000n, gasPriceWei: wei(20n * 10n ** 9n) },
    ceilingWei,
    tipWei: random.chance(0.8) ? null : wei(2n * 10n ** 9n),
    confirmations: random.int(2, 6),
    maxInFlight: random.pick([1, 2, 4, 16]),
    bumpAfterBlocks: random.int(2, 6),
    cancelAfterBlocks: random.int(4, 12),
    maxPaymentShannon: null,
    maxTotalShannon: null,
    durability: { kind: "journal" },
    waitLimitMs: random.int(20, 300) * 1_000,
  };
}
