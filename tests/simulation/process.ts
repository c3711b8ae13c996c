/**
 * One run of the program: alive, frozen or dead. A dead one does nothing any more: whatever it
 * waits for never comes, so that no `finally` of it reaches a port.
 *
 * @module
 */

import type { Clock } from "../../domain/ports/clock.ts";
import type { FaultRates } from "./scenario.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

/** What happens to one call of a port. */
export type Mishap =
  | "crash-before"
  | "crash-after"
  | "crash-late"
  | "lost-before"
  | "lost-after"
  | "lost-late";

/** A call of a port, on its way to where it takes effect. */
export interface Call<T> {
  /** What is called, for the trace. */
  readonly name: string;
  /** Whether it changes something: those are where faults hurt, so they meet more of them. */
  readonly writes: boolean;
  /** How often its link breaks. */
  readonly lostRate: number;
  readonly effect: () => T | Promise<T>;
  /** What the caller is told when the link broke. May throw. */
  readonly lost: () => T | Promise<T>;
}

/** How much more often a call that changes something meets a fault. */
const WRITES_WEIGH = 5;

/** A process. */
export class Process {
  readonly name: string;
  /** Whether the operator lets it use up nonces. */
  readonly seals: boolean;
  readonly random: Random;
  readonly clock: Clock;
  /** Resolves when it dies. */
  readonly died: Promise<void>;
  readonly #die: () => void;
  readonly #terminate = new AbortController();
  readonly #world: World;
  #dead = false;
  #frozenUntil = 0;

  /** Starts a process. */
  constructor(world: World, name: string, { seals = false } = {}) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.name = name;
    this.seals = seals;
    this.random = world.random.fork();
    this.died = promise;
    this.#die = resolve;
    this.#world = world;
    this.clock = {
      now: () => world.clock.now(),
      sleep: async (ms, signal) => {
        await world.clock.sleep(ms, signal);
        await this.pass();
      },
    };
  }

  /** Aborts when the operator ends it. */
  get signal(): AbortSignal {
    return this.#terminate.signal;
  }

  /** The rates of what goes wrong now; none when all is calm. */
  get rates(): FaultRates | undefined {
    return this.#world.stormy ? this.#world.scenario.faults : undefined;
  }

  /** Whether a fault of this rate happens now. */
  hit(rate: keyof FaultRates, weight = 1): boolean {
    const { rates } = this;
    return rates !== undefined && rates[rate] > 0 && this.random.chance(rates[rate] * weight);
  }

  /** Lets on who is alive and not frozen. */
  async pass(): Promise<void> {
    while (!this.#dead && this.#frozenUntil > this.#world.clock.now()) {
      await this.#world.clock.sleep(this.#frozenUntil - this.#world.clock.now());
    }
    if (this.#dead) await new Promise<never>(() => {});
  }

  /** Carries a call out, with what befalls it. */
  async call<T>(call: Call<T>): Promise<T> {
    const weight = call.writes ? WRITES_WEIGH : 1;
    this.#befall(call.name, weight);
    await this.pass();
    if (this.hit("slow")) await this.clock.sleep(this.random.int(100, 4_000));
    const mishap = this.#mishap(call, weight);
    if (mishap !== undefined) this.log(`${call.name}: ${mishap}`);
    if (mishap?.endsWith("late")) this.#later(call);
    if (mishap?.startsWith("crash") && mishap !== "crash-after") this.kill();
    await this.pass();
    if (mishap === "lost-before" || mishap === "lost-late") return call.lost();
    const answer = await call.effect();
    if (mishap === "crash-after") this.kill();
    this.#befall(call.name, weight);
    if (this.hit("slow")) await this.clock.sleep(this.random.int(100, 4_000));
    await this.pass();
    if (mishap === "lost-after") return call.lost();
    return answer;
  }

  /** Adds a line to the trace. */
  log(what: string | (() => string)): void {
    this.#world.trace.add(this.name, what);
  }

  /** SIGKILL, or the end of the machine. */
  kill(): void {
    if (!this.#dead) this.log("dies");
    this.#dead = true;
    this.#die();
  }

  #mishap(call: Call<unknown>, weight: number): Mishap | undefined {
    if (this.hit("crash", weight)) {
      return this.random.pick(["crash-before", "crash-after", "crash-late"]);
    }
    if (this.rates === undefined || !this.random.chance(call.lostRate)) return undefined;
    return this.random.pick(["lost-before", "lost-after", "lost-late"]);
  }

  /** Freezes it or ends it, perhaps. */
  #befall(where: string, weight: number): void {
    if (this.hit("freeze", weight)) {
      const ms = this.random.int(1_000, 40_000);
      this.log(`${where}: freezes for ${ms} ms`);
      this.#frozenUntil = this.#world.clock.now() + ms;
    }
    if (this.hit("signal") && !this.signal.aborted) {
      this.log(`${where}: is told to end`);
      this.#terminate.abort();
    }
  }

  /** The caller learns nothing of it, and it takes effect all the same, some seconds later. */
  #later(call: Call<unknown>): void {
    const ms = this.random.int(10, 25_000);
    const world = this.#world;
    void world.clock.sleep(ms).then(() => {
      this.log(`${call.name}: arrives late`);
      return call.effect();
    }).catch(() => {}); // Nobody hears what came of it.
  }
}
