/**
 * What happens in which round. Pure: the same seed gives the same schedule.
 *
 * @module
 */

import { Random } from "../simulation/random.ts";

/** What a run says that a moment can be told by. */
export const SIGNS = ["redis", "node", "exec", "send"] as const;

/** A request to Redis, a request to the node, a write to Redis, a send to the node. */
export type Sign = typeof SIGNS[number];

/** A moment of a run: this long after it said something for so many times. */
export interface Moment {
  readonly sign: Sign;
  /** 1 is the first. */
  readonly nth: number;
  readonly afterMs: number;
}

/** Something bad that happens to a run. */
export type Misfortune =
  /** SIGKILL. `isUnsaid`: what it was about to say at that moment never leaves. */
  | { readonly kind: "kill"; readonly at: Moment; readonly isUnsaid: boolean }
  /** SIGSTOP until its lease has lapsed and another run pays; `null`: until that one has ended. */
  | { readonly kind: "frozen-run"; readonly at: Moment; readonly thawAt: Moment | null }
  /** Another run is started while it runs. */
  | { readonly kind: "two-runs"; readonly afterMs: number }
  /** The link to Redis breaks around a write. */
  | {
    readonly kind: "redis-cut";
    readonly nth: number;
    readonly how: RedisCutHow;
  }
  /** It is killed, and its write arrives at a moment of the next run. */
  | { readonly kind: "late-write"; readonly nth: number; readonly arrivesAt: Moment }
  /** The link to the node breaks around a send or a question. */
  | {
    readonly kind: "node-cut";
    readonly sign: "send" | "node";
    readonly nth: number;
    readonly how: "before" | "after" | "untold";
  }
  /** Redis is killed and comes back with everything: it syncs each write. */
  | { readonly kind: "redis-killed"; readonly at: Moment }
  /** At a write of the run Redis goes back to an earlier one; `null`: to before the run. */
  | {
    readonly kind: "redis-restored";
    readonly from: number | null;
    readonly at: number;
    /** Whether the run dies with it. */
    readonly killsRun: boolean;
    readonly wayOut: WayOut;
  }
  /** Redis does not answer for a while. */
  | { readonly kind: "redis-frozen"; readonly at: Moment; readonly forMs: number }
  /** The node comes back with its blocks and without its mempool. */
  | { readonly kind: "node-restarted"; readonly at: Moment }
  /** The node does not answer for a while. */
  | { readonly kind: "node-frozen"; readonly at: Moment; readonly forMs: number }
  /** The newest blocks are replaced by empty ones. */
  | { readonly kind: "reorg"; readonly at: Moment; readonly depth: number }
  /** The run is killed, and the local journal ends within its last line, or is gone. */
  | { readonly kind: "journal-damaged"; readonly at: Moment; readonly how: "torn" | "gone" };

/** Before it arrives, after it was applied, without being told, or it arrives this much later. */
export type RedisCutHow = "before" | "after" | "untold" | { readonly lateMs: number };

/** What the operator does about debits that Redis has lost. */
export type WayOut =
  /** Brings the newer data back. */
  | { readonly kind: "newest" }
  /** Has none, and runs `resolve`, which may be killed; or has lost the local journal, too. */
  | {
    readonly kind: "resolve";
    readonly hasJournal: boolean;
    readonly killedAt: Moment | null;
  };

/** A kind of misfortune. */
export type Kind = Misfortune["kind"];

/** One round: payees, and what happens while they are paid. */
export interface RoundPlan {
  /** 0 is the first. */
  readonly index: number;
  /** What the round is about. */
  readonly kind: Kind;
  readonly payees: number;
  /** `payouts.maxInFlight`. */
  readonly window: number;
  /** `payouts.fees.bumpAfter`. */
  readonly bumpAfter: number;
  /** Each strikes a run of its own, in this order. */
  readonly misfortunes: readonly [Misfortune, ...Misfortune[]];
  /** Miners who are credited while the first run pays, as the pool's unlocker does. */
  readonly late: { readonly payees: number; readonly at: Moment } | null;
  /** Whether a run that follows a dead one waits for its lease, or is started when it has lapsed. */
  readonly meetsLease: boolean;
  /** Where the round's amounts come from. */
  readonly amountSeed: number;
}

/** A Redis and a chain, and the rounds that are played on them. */
export interface PoolPlan {
  /** How many transfers a block holds. */
  readonly transfersPerBlock: number;
  readonly rounds: readonly RoundPlan[];
}

/** `payouts.confirmations` of every round. Reorganisations stay below it. */
export const CONFIRMATIONS = 3;

/** How many rounds one pool lives: what earlier ones left is the history of the later ones. */
export const ROUNDS_OF_POOL = 5;

/** What {@linkcode DECK} rounds are about: each kind at least once. */
const DECK_OF_KINDS: readonly [Kind, ...Kind[]] = [
  ...["kill", "kill"] as const,
  ...["redis-cut", "redis-cut", "late-write", "node-cut"] as const,
  ...["redis-killed", "redis-restored", "redis-frozen"] as const,
  ...["node-restarted", "node-frozen", "reorg"] as const,
  ...["journal-damaged", "frozen-run", "two-runs"] as const,
];

/** In any so many rounds from a multiple of it on, every kind occurs. */
export const DECK = DECK_OF_KINDS.length;

/** Every kind. */
export const KINDS: ReadonlySet<Kind> = new Set(DECK_OF_KINDS);

/** The pools and rounds of a seed. More rounds of the same seed begin with the same ones. */
export function scheduleOf(seed: number, rounds: number): readonly PoolPlan[] {
  const random = new Random(seed);
  const plans: RoundPlan[] = [];
  while (plans.length < rounds) {
    for (const kind of shuffled(DECK_OF_KINDS, random)) {
      plans.push(planRound(plans.length, kind, random.fork()));
    }
  }
  const pools = new Random(seed ^ 0x706f6f6c);
  return chunksOf(plans.slice(0, rounds), ROUNDS_OF_POOL).map((ofPool) => ({
    transfersPerBlock: pools.pick([1_428, 1_428, 12]),
    rounds: ofPool,
  }));
}

function planRound(index: number, kind: Kind, random: Random): RoundPlan {
  const payees = random.int(51, 65);
  const window = random.pick([16, 32, 64]);
  const batches = payees / window;
  const kinds = withKills(kind, random);
  return {
    index,
    kind,
    payees,
    window,
    bumpAfter: random.pick([3, 10]),
    misfortunes: [
      draw(kinds[0], new Moments(random, batches / kinds.length)),
      ...kinds.slice(1).map((each) => draw(each, new Moments(random, batches / kinds.length))),
    ],
    late: DOWN.has(kind) || random.chance(0.5)
      ? null
      : { payees: random.int(1, 6), at: new Moments(random, batches).asking() },
    meetsLease: random.chance(0.05),
    amountSeed: random.int(0, 2 ** 32 - 1),
  };
}

/** While Redis is down or goes back nobody is credited: that would be lost, or be done twice. */
const DOWN: ReadonlySet<Kind> = new Set(["redis-killed", "redis-restored", "redis-frozen"]);

/** A round of kills has two to four; every other one of the others begins with one. */
function withKills(kind: Kind, random: Random): readonly [Kind, ...Kind[]] {
  if (kind === "kill") return [kind, ...Array.from({ length: random.int(1, 3) }, () => kind)];
  return random.chance(0.5) ? ["kill", kind] : [kind];
}

function draw(kind: Kind, moments: Moments): Misfortune {
  const { random } = moments;
  const at = moments.any();
  switch (kind) {
    case "kill":
      return { kind, at, isUnsaid: random.chance(0.3) };
    case "frozen-run":
      return { kind, at, thawAt: random.chance(0.25) ? null : moments.writing() };
    case "two-runs":
      return { kind, afterMs: random.int(0, 2_500) };
    case "redis-cut":
      return {
        kind,
        nth: moments.nth("exec"),
        how: random.pick<RedisCutHow>([
          ...["before", "after", "after", "untold"] as const,
          { lateMs: random.int(0, 1_500) },
        ]),
      };
    case "late-write":
      return { kind, nth: moments.nth("exec"), arrivesAt: moments.any() };
    case "node-cut": {
      const sign = random.pick(["send", "send", "send", "node"]);
      const how = random.pick(["before", "after", "after", "untold"]);
      return { kind, sign, nth: moments.nth(sign), how };
    }
    case "redis-killed":
      return { kind, at };
    case "redis-restored":
      return {
        kind,
        from: random.chance(0.4) ? null : random.int(1, 3),
        at: random.int(3, 7),
        killsRun: random.chance(0.5),
        wayOut: random.chance(0.3) ? { kind: "newest" } : {
          kind: "resolve",
          hasJournal: random.chance(0.6),
          killedAt: random.chance(0.5) ? moments.writing() : null,
        },
      };
    case "redis-frozen":
      return { kind, at, forMs: random.pick([300, 1_500, 6_000]) };
    case "node-restarted":
      return { kind, at: moments.writing() };
    case "node-frozen":
      return { kind, at, forMs: random.pick([300, 1_500, 4_500]) };
    case "reorg":
      return { kind, at: moments.writing(), depth: random.int(1, CONFIRMATIONS - 1) };
    case "journal-damaged":
      return { kind, at: moments.writing(), how: random.pick(["torn", "gone"]) };
    default:
      return kind satisfies never;
  }
}

/** Moments of runs that pay in so many batches: most of them come before a run has ended. */
class Moments {
  readonly random: Random;
  readonly #counts: Readonly<Record<Sign, number>>;

  constructor(random: Random, batches: number) {
    this.random = random;
    // As many as a run was seen to say when nothing disturbs it.
    this.#counts = {
      redis: Math.ceil(14 + 8 * batches),
      node: Math.ceil(8 + 4 * batches),
      exec: Math.ceil(3 + 2 * batches),
      send: Math.ceil(batches),
    };
  }

  nth(sign: Sign): number {
    return this.random.int(1, this.#counts[sign]);
  }

  any(): Moment {
    return this.#at(this.random.pick(SIGNS));
  }

  /** Around anything that is said to Redis. */
  asking(): Moment {
    return this.#at("redis");
  }

  /** Around a write or a send. */
  writing(): Moment {
    return this.#at(this.random.pick(["exec", "send"]));
  }

  #at(sign: Sign): Moment {
    const afterMs = this.random.chance(0.5) ? 0 : this.random.int(1, 300);
    return { sign, nth: this.nth(sign), afterMs };
  }
}

function shuffled<T>(list: readonly T[], random: Random): readonly T[] {
  const rest = [...list];
  return list.map(() => rest.splice(random.int(0, rest.length - 1), 1)).flat();
}

function chunksOf<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(list.length / size);
  return Array.from({ length: count }, (_, index) => list.slice(index * size, (index + 1) * size));
}
