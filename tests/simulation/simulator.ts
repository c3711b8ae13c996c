/**
 * A simulation: the real domain and the real run loop, on ports in memory and a clock driven by
 * hand. One seed decides everything that happens.
 *
 * @module
 */

import { Fault } from "../../domain/fault.ts";
import type { RunReport } from "../../domain/report.ts";
import { runPayouts } from "../../app/run_payouts.ts";
import { checkEnd, checkHalt, isOpenEnd } from "./invariants.ts";
import { fillGaps, hasSomethingToSay, wordsOf, wordsOnHeld } from "./operator.ts";
import { isBroken } from "./nonsense.ts";
import { WALLET } from "./payees.ts";
import { portsOf } from "./ports.ts";
import { Process } from "./process.ts";
import { Random } from "./random.ts";
import { makeScenario, type Scenario } from "./scenario.ts";
import { Weather } from "./weather.ts";
import { KEYS, World } from "./world.ts";

/** What became of a seed. */
export interface Simulated {
  readonly seed: number;
  /** What was wrong; empty when nothing was. */
  readonly violations: readonly string[];
  /** How many runs were started. */
  readonly runs: number;
  /** What happened, for people; made when it is asked for. */
  readonly trace: () => string;
}

/** How a run ended. */
type Ending =
  | { readonly kind: "report"; readonly report: RunReport }
  | { readonly kind: "fault"; readonly fault: Fault }
  | { readonly kind: "died" };

/** How many runs after the storm must be enough. */
const CALM_RUNS = 12;

/** After this much time without an end, something is stuck. */
const PATIENCE_MS = 24 * 3_600_000;

/** Plays the story of a seed; `change` makes it another story, for tests. */
export async function simulate(
  seed: number,
  change: (scenario: Scenario) => Scenario = (same) => same,
): Promise<Simulated> {
  const random = new Random(seed);
  const world = new World(change(makeScenario(random)), random);
  const simulation = new Simulation(world);
  const played = simulation.play().catch((error: unknown) => {
    world.violated(error instanceof Error ? error.stack ?? error.message : String(error));
  }).finally(() => {
    world.going = false;
  });
  const end = world.clock.now() + PATIENCE_MS;
  while (world.going && world.clock.now() < end) await world.clock.advance(10_000);
  if (world.going) world.violated("the simulation does not end");
  world.going = false;
  void played;
  const violations = world.violations.map((what) => world.trace.inShort(what));
  return { seed, violations, runs: simulation.runs, trace: () => world.trace.text() };
}

class Simulation {
  runs = 0;
  readonly #world: World;
  readonly #weather: Weather;
  readonly #alive = new Map<Process, Promise<Ending>>();

  constructor(world: World) {
    this.#world = world;
    this.#weather = new Weather(world);
  }

  async play(): Promise<void> {
    const weather = this.#weather;
    void weather.blow();
    await this.#storm();
    weather.calm();
    this.#world.trace.add("world", "calm");
    await this.#becomeQuiet();
    checkEnd(this.#world);
  }

  async #storm(): Promise<void> {
    const { clock, scenario, random } = this.#world;
    const end = clock.now() + scenario.stormMs;
    while (clock.now() < end) {
      const ending = this.#start(this.#resolvesNow() ? RESOLVES : PAYS).ended;
      const patience = clock.sleep(random.int(500, 2 * scenario.startEveryMs));
      await (scenario.overlap ? patience : Promise.race([ending, clock.sleep(end - clock.now())]));
      await patience;
    }
  }

  /** An operator may look at any time: what they say then is interrupted like everything else. */
  #resolvesNow(): boolean {
    const { scenario, random } = this.#world;
    return scenario.resolvesInStorm && random.chance(0.3) && !this.#weather.goPayer.alive &&
      !isBroken(this.#world);
  }

  /** Whoever still runs ends, or is killed; then run after run, until one has nothing to do. */
  async #becomeQuiet(): Promise<void> {
    const { random, clock, scenario } = this.#world;
    for (const [process, ended] of this.#alive) {
      if (random.chance(0.3)) process.kill();
      else await ended;
    }
    let ending: Ending | undefined;
    for (let run = 0; run < CALM_RUNS; run++) {
      if (this.#world.hasGoRows()) await this.#start({ debits: false }).ended;
      await this.#lookAfter(ending);
      // Whose orphan ends in a run is paid by the next one, and of whom is held the operator speaks before it.
      const hasMore = this.#world.orphaned.size > 0 || wordsOnHeld(this.#world).length > 0;
      ending = await this.#start().ended;
      if (isDiscontinuous(ending)) checkHalt(this.#world, describe(ending));
      if (isQuiet(ending) && !hasMore) return;
      const anHourIsLong = ending.kind === "fault" && ending.fault.kind === "continuity";
      await clock.sleep(anHourIsLong ? 600_000 : 2 * scenario.blockMs);
    }
    if (isOpenEnd(this.#world)) return;
    this.#world.violated(`not quiet after ${CALM_RUNS} calm runs: ${describe(ending)}`);
  }

  /** The operator looks, once the old payer is dead, and says what only they can. */
  async #lookAfter(ending: Ending | undefined): Promise<void> {
    if (this.#weather.goPayer.alive) return;
    fillGaps(this.#world);
    const { store } = this.#world;
    if (store.fields(KEYS.held).has(WALLET)) checkHalt(this.#world, "the wallet is held");
    if (!isDiscontinuous(ending) && !hasSomethingToSay(this.#world)) return;
    await this.#start(RESOLVES).ended;
  }

  /** The lock of an old payer of which the operator says that it died. */
  #deadGoPayer(): string | null {
    const { stormy, random, store } = this.#world;
    if (this.#weather.goPayer.alive || (stormy && random.chance(0.5))) return null;
    const lock = store.text(KEYS.lock);
    return lock?.startsWith("paydirt:") ? null : lock;
  }

  #start({ debits, resolves }: Start = PAYS): { readonly ended: Promise<Ending> } {
    const world = this.#world;
    const process = new Process(world, `run-${++this.runs}`, { seals: resolves === true });
    const { waitLimitMs } = world.scenario.policy;
    const policy = {
      ...world.scenario.policy,
      waitLimitMs: world.stormy ? waitLimitMs : 3_600_000,
    };
    const signal = process.signal;
    const overGoPayer = this.#deadGoPayer();
    // The old payer may come back under a lock of the same name: the word was about that one, too.
    if (overGoPayer !== null) world.deadLocks.add(overGoPayer);
    process.log(debits ? "starts" : "starts to resolve");
    const run = runPayouts(portsOf(world, process), policy, {
      signal,
      debits,
      ...(resolves ? { words: wordsOf(world) } : {}),
      batchSize: world.scenario.batchSize,
      ...(overGoPayer === null ? {} : { overGoPayer }),
    })
      .then(
        (report): Ending => ({ kind: "report", report }),
        (error: unknown): Ending => {
          if (error instanceof Fault) return { kind: "fault", fault: error };
          throw error;
        },
      );
    const died = process.died.then((): Ending => ({ kind: "died" }));
    const ended = Promise.race([run, died]).catch((error: unknown): Ending => {
      const what = error instanceof Error ? error.stack ?? error.message : String(error);
      world.violated(`${process.name} threw what is no fault: ${what}`);
      return { kind: "died" };
    }).then((ending) => {
      this.#alive.delete(process);
      process.log(`ends: ${describe(ending)}`);
      return ending;
    });
    this.#alive.set(process, ended);
    return { ended };
  }
}

/** How a run is started. */
interface Start {
  readonly debits: boolean;
  /** Whether the operator speaks for what the ledger does not know. */
  readonly resolves?: boolean;
}

const PAYS: Start = { debits: true };
const RESOLVES: Start = { debits: false, resolves: true };

/** A run that refused to debit anybody before an operator has looked. */
function isDiscontinuous(ending: Ending | undefined): boolean {
  return ending?.kind === "report"
    ? ending.report.stopped?.kind === "continuity"
    : ending?.kind === "fault" && ending.fault.kind === "continuity";
}

/** Nothing was done, and nothing is left that time could change. */
function isQuiet(ending: Ending): boolean {
  if (ending.kind !== "report") return false;
  const { paid, creditedBack, stopped } = ending.report;
  return paid.length === 0 && creditedBack.length === 0 && stopped === null;
}

function describe(ending: Ending | undefined): string {
  switch (ending?.kind) {
    case "report": {
      const { paid, creditedBack, inFlight, held, stopped } = ending.report;
      const counts = [paid, creditedBack, inFlight, held].map(({ length }) => length);
      return `paid, credited back, in flight, held: ${counts}; stopped: ${stopped?.kind ?? "no"}`;
    }
    case "fault":
      return `${ending.fault.kind}: ${ending.fault.message}`;
    case "died":
      return "died";
    case undefined:
      return "no run";
    default:
      return ending satisfies never;
  }
}
