/**
 * What a misfortune acts upon: the pool, the links of the program, and its runs.
 *
 * @module
 */

import type { CliResult } from "../support/cli_process.ts";
import { startTcpProxy } from "../support/tcp_proxy.ts";
import type { Intercepted } from "../support/tcp_proxy.ts";
import { intercept, type Links, pause } from "./moment.ts";
import { ProgramRun } from "./program_run.ts";
import type { Moment, RoundPlan } from "./schedule.ts";
import type { World } from "./world.ts";

/** What Deno answers for a process that was killed. */
export const KILLED = 137;

/** A round as it happens. */
export class Scene implements AsyncDisposable {
  readonly world: World;
  readonly links: Links;
  /** What happened, a line each. */
  readonly story: string[] = [];
  /** What must not have happened. */
  readonly violations: string[] = [];
  /** How many moments came before their run had ended. */
  struck = 0;
  readonly #runs: ProgramRun[] = [];
  readonly #acts: Promise<void>[] = [];
  readonly #start = performance.now();
  readonly #meetsLease: boolean;

  /** Opens the links. */
  constructor(world: World, { meetsLease }: Pick<RoundPlan, "meetsLease">) {
    this.world = world;
    this.#meetsLease = meetsLease;
    this.links = { redis: startTcpProxy(world.redis.port), node: startTcpProxy(world.node.port) };
  }

  /** Starts the program. Where no other run lives, the lease of a dead one has lapsed by then. */
  async start(command: readonly string[] = ["pay"]): Promise<ProgramRun> {
    if (!this.#meetsLease && this.#runs.every(({ isOver }) => isOver)) {
      await this.world.look((client) => client.del("eth:payments:lease"));
    }
    const run = new ProgramRun(command, this.world.configPath);
    this.#runs.push(run);
    return run;
  }

  /** How many runs there were. */
  get runs(): number {
    return this.#runs.length;
  }

  /** Does something with the request that a moment of a run is told by, if it comes to that. */
  with(
    run: ProgramRun,
    at: Pick<Moment, "sign" | "nth">,
    act: (request: Intercepted) => Promise<void>,
  ): void {
    this.#when(at, () => run.isOver, (request) => {
      this.struck++;
      return act(request);
    });
  }

  /** Does something at a moment of the round's first run, if it comes to that. */
  atFirst(at: Moment, act: () => Promise<void>): void {
    const isOver = (): boolean => this.#runs[0]?.isOver ?? false;
    this.#when(at, isOver, (request) => passAndAct(request, at, act));
  }

  /** Does something at a moment of a run, if it comes to that. */
  at(run: ProgramRun, at: Moment, act: () => Promise<void>): void {
    this.with(run, at, (request) => passAndAct(request, at, act));
  }

  /** Resolves at a moment of a run, or when it has ended. */
  async reach(run: ProgramRun, at: Moment): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.at(run, at, () => Promise.resolve(resolve()));
    await Promise.race([promise, run.ended]);
  }

  /** Waits for a run's end, which must be one of these, and for what is being done to it. */
  async end(run: ProgramRun, expected: readonly number[]): Promise<CliResult> {
    const result = await run.ended;
    await Promise.all(this.#acts.splice(0));
    const { code, stderr } = result;
    this.tell(`run ${this.#runs.indexOf(run) + 1} ends with ${code}\n${stderr}`);
    if (!expected.includes(code)) {
      this.violations.push(`a run ended with ${code}, expected ${expected.join(" or ")}`);
    }
    if (run.isStuck) this.violations.push("a run did not come to an end");
    if (/hit a bug/.test(stderr)) this.violations.push("a run hit a bug");
    return result;
  }

  #when(
    at: Pick<Moment, "sign" | "nth">,
    isOver: () => boolean,
    act: (request: Intercepted) => Promise<void>,
  ): void {
    void intercept(this.links, at, isOver).then((request) => {
      const doing = act(request);
      doing.catch(() => {}); // Told where it is waited for.
      this.#acts.push(doing);
    });
  }

  /** Adds to the story. */
  tell(what: string): void {
    const seconds = (performance.now() - this.#start) / 1000;
    this.story.push(`${seconds.toFixed(2).padStart(6)} s  ${what}`);
  }

  /** Kills what runs, also what is frozen, and closes the links. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const run of this.#runs) run.signal("SIGKILL");
    await Promise.all(this.#runs.map(({ ended }) => ended));
    await this.links.redis[Symbol.asyncDispose]();
    await this.links.node[Symbol.asyncDispose]();
  }
}

async function passAndAct(
  request: Intercepted,
  { afterMs }: Moment,
  act: () => Promise<void>,
): Promise<void> {
  request.pass();
  await pause(afterMs);
  await act();
}
