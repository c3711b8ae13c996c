/**
 * A run of the real program, started as cron would.
 *
 * @module
 */

import { type CliResult, resultOf, spawnCli } from "../support/cli_process.ts";
import { WALLET_KEY } from "../support/pool.ts";

/** A run that may be killed and frozen. */
export class ProgramRun {
  /** What it left. */
  readonly ended: Promise<CliResult>;
  readonly #child: Deno.ChildProcess;
  #isOver = false;

  /** Starts it. */
  constructor(command: readonly string[], configPath: string) {
    const args = [...command, "--json", "--verbose", "--config", configPath];
    this.#child = spawnCli(args, { WALLET_KEY });
    this.ended = resultOf(this.#child).finally(() => this.#isOver = true);
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
