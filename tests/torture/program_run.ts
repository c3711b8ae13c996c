/**
 * A run of the real program, started as cron would.
 *
 * @module
 */

import { type CliResult, resultOf, spawnCli } from "../support/cli_process.ts";
import { WALLET_KEY } from "../support/pool.ts";

/** After this no run is alive, by its own bounds: `waitLimit`, leases and time-outs. */
const LONGEST_RUN_MS = 240_000;

/** A run that may be killed and frozen. */
export class ProgramRun {
  /** What it left. */
  readonly ended: Promise<CliResult>;
  readonly #child: Deno.ChildProcess;
  #isOver = false;
  #isStuck = false;

  /** Starts it. */
  constructor(command: readonly string[], configPath: string) {
    const args = [...command, "--json", "--verbose", "--config", configPath];
    this.#child = spawnCli(args, { WALLET_KEY });
    const watchdog = setTimeout(() => this.#isStuck = this.signal("SIGKILL"), LONGEST_RUN_MS);
    this.ended = resultOf(this.#child).finally(() => {
      clearTimeout(watchdog);
      this.#isOver = true;
    });
  }

  /** Whether it did not come to an end by itself. */
  get isStuck(): boolean {
    return this.#isStuck;
  }

  /** Whether it has ended. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Sends it a signal, and answers whether it was there to get it. */
  signal(name: "SIGKILL" | "SIGSTOP" | "SIGCONT"): boolean {
    if (this.#isOver) return false;
    try {
      this.#child.kill(name);
      return true;
    } catch (error) {
      if (error instanceof TypeError) return false; // It ended a moment ago.
      throw error;
    }
  }
}
