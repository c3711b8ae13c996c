/**
 * A real chain that can be restarted: its blocks last, its mempool does not.
 *
 * @module
 */

import { startAnvil, type TestAnvil } from "../support/anvil.ts";
import { untilItStarts } from "./until_it_starts.ts";

const GAS_OF_TRANSFER = 21_000;

/** A chain with blocks of 0.2 seconds. */
export class LastingNode implements AsyncDisposable {
  readonly #transfersPerBlock: number;
  readonly #folder: string;
  #anvil: TestAnvil;

  private constructor(anvil: TestAnvil, folder: string, transfersPerBlock: number) {
    this.#anvil = anvil;
    this.#folder = folder;
    this.#transfersPerBlock = transfersPerBlock;
  }

  /** Starts it, with a folder of its own. */
  static async start(transfersPerBlock: number): Promise<LastingNode> {
    const folder = await Deno.makeTempDir({ prefix: "paydirt-node-" });
    try {
      const anvil = await startAnvil(optionsOf(folder, transfersPerBlock));
      return new LastingNode(anvil, folder, transfersPerBlock);
    } catch (error) {
      await Deno.remove(folder, { recursive: true });
      throw error;
    }
  }

  /** The port on 127.0.0.1; the same after a restart. */
  get port(): number {
    return this.#anvil.port;
  }

  /** Where a test asks it, past the program and its proxy. */
  get url(): string {
    return this.#anvil.url;
  }

  /** Calls a method of it. @throws {Error} when it answers an error. */
  async call(method: string, params: readonly unknown[] = []): Promise<void> {
    await this.#anvil.rpc(method, params);
  }

  /** Freezes it, or lets it go on. */
  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#anvil.signal(name);
  }

  /** Ends it and starts it anew with its blocks, and without what waited in its mempool. */
  async restart(): Promise<void> {
    const { port } = this;
    await this.#anvil.stop("SIGTERM");
    const options = { ...optionsOf(this.#folder, this.#transfersPerBlock), port };
    this.#anvil = await untilItStarts(() => startAnvil(options));
  }

  /** Ends it and forgets its blocks. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#anvil.stop();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

function optionsOf(folder: string, transfersPerBlock: number) {
  return {
    blockTimeSeconds: 0.2,
    gasLimit: transfersPerBlock * GAS_OF_TRANSFER,
    args: ["--state", `${folder}/state.json`],
  };
}
