/**
 * A real chain that can be restarted: its blocks last, its mempool does not.
 *
 * @module
 */

import { startAnvil, type TestAnvil } from "../support/anvil.ts";
import { pause } from "./moment.ts";
import { untilItStarts } from "./until_it_starts.ts";

const GAS_OF_TRANSFER = 21_000;
const BLOCK_MS = 200;

/**
 * A chain with blocks of 0.2 seconds. They are asked for one by one: an anvil that makes one by itself
 * while others are replaced, or while it writes its state down, may lose it for good.
 */
export class LastingNode implements AsyncDisposable {
  readonly #transfersPerBlock: number;
  readonly #folder: string;
  readonly #mining: Promise<void>;
  /** The end of the queue: blocks are made and replaced one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #anvil: TestAnvil;
  #isOver = false;

  private constructor(anvil: TestAnvil, folder: string, transfersPerBlock: number) {
    this.#anvil = anvil;
    this.#folder = folder;
    this.#transfersPerBlock = transfersPerBlock;
    this.#mining = this.#mine();
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

  /** Puts empty blocks in the place of the newest ones. What these held is in no mempool. */
  async replaceBlocks(depth: number): Promise<void> {
    await this.#inTurn(() => this.#anvil.rpc("anvil_reorg", [depth, []]));
  }

  /** Freezes it, or lets it go on. */
  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#anvil.signal(name);
  }

  /** Ends it and starts it anew with its blocks, and without what waited in its mempool. */
  async restart(): Promise<void> {
    const { port } = this;
    const options = { ...optionsOf(this.#folder, this.#transfersPerBlock), port };
    await this.#inTurn(async () => {
      await this.#anvil.stop("SIGTERM");
      this.#anvil = await untilItStarts(() => startAnvil(options));
    });
  }

  /** Ends it and forgets its blocks. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#anvil.stop();
    await this.#mining;
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #mine(): Promise<void> {
    while (!this.#isOver) {
      await pause(BLOCK_MS);
      await this.#inTurn(() => this.#anvil.rpc("evm_mine")).catch(() => {
        // It is being restarted, or the round is over.
      });
    }
  }

  #inTurn(task: () => Promise<unknown>): Promise<unknown> {
    const turn = this.#turn.then(task);
    this.#turn = turn.catch(() => {/* Whoever asked was told. */});
    return turn;
  }
}

function optionsOf(folder: string, transfersPerBlock: number) {
  return {
    noMining: true,
    gasLimit: transfersPerBlock * GAS_OF_TRANSFER,
    args: ["--state", `${folder}/state.json`],
  };
}
