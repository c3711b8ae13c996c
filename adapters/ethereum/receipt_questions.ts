/**
 * Asks for receipts: all of a block's in one call where the block is mostly ours, the others each by
 * its hash.
 *
 * @module
 */

import type { Hash } from "../../domain/address.ts";
import { type Fact, valueOf } from "../../domain/fact.ts";
import type { Receipt } from "../../domain/ports/chain.ts";
import { factOf, isMethodMissing } from "./answers.ts";
import { decodeReceipt } from "./decoding/receipts.ts";
import type { RpcAnswer, RpcConnection } from "./rpc_connection.ts";

/** Where fewer of a block are ours, the others' logs would come along for little. */
const WORTH_A_BLOCK = 16;

/** Some MB each, when they are full. */
const BLOCKS_A_REQUEST = 4;

/** A block of which receipts are wanted. */
interface Place {
  readonly number: unknown;
  readonly wanted: readonly Hash[];
}

/** Asks one node for receipts. */
export class ReceiptQuestions {
  readonly #connection: RpcConnection;
  /** Whether it is known not to offer `eth_getBlockReceipts`. */
  #offersNoBlocks = false;

  /** Asks nothing yet. */
  constructor(connection: RpcConnection) {
    this.#connection = connection;
  }

  /**
   * One fact for each hash. `blocks` are answers to `eth_getBlockByNumber` with hashes: they tell
   * where to look, and are believed in nothing. What a block's answer lacks is asked for by its hash,
   * so that nothing is absent because an answer was short.
   */
  async ask(
    hashes: readonly Hash[],
    blocks: readonly RpcAnswer[],
  ): Promise<ReadonlyMap<Hash, Fact<Receipt>>> {
    const found = await this.#askBlocks(placesOf(hashes, blocks));
    const rest = hashes.filter((hash) => !found.has(hash));
    if (rest.length === 0) return found;
    const answers = await this.#connection.batch(
      rest.map((hash) => ({ method: "eth_getTransactionReceipt", params: [hash] })),
    );
    for (const [index, hash] of rest.entries()) {
      found.set(hash, factOf(answers[index], (result) => decodeReceipt(result, hash)));
    }
    return found;
  }

  async #askBlocks(places: readonly Place[]): Promise<Map<Hash, Fact<Receipt>>> {
    const found = new Map<Hash, Fact<Receipt>>();
    if (this.#offersNoBlocks || places.length === 0) return found;
    const answers = await this.#connection.batch(
      places.map(({ number }) => ({ method: "eth_getBlockReceipts", params: [number] })),
      { maxCalls: BLOCKS_A_REQUEST },
    );
    for (const [index, { wanted }] of places.entries()) {
      const answer = answers[index];
      if (answer?.kind === "error" && isMethodMissing(answer.error)) this.#offersNoBlocks = true;
      const entries = entriesOf(answer);
      for (const hash of wanted) {
        const receipt = factOf(
          { kind: "result", result: entries.get(hash) ?? null },
          (result) => decodeReceipt(result, hash),
        );
        if (valueOf(receipt) !== undefined) found.set(hash, receipt);
      }
    }
    return found;
  }
}

/** The blocks that are mostly made of these transactions. */
function placesOf(hashes: readonly Hash[], blocks: readonly RpcAnswer[]): readonly Place[] {
  const asked = new Set<unknown>(hashes);
  return blocks.flatMap((answer): Place[] => {
    const block = answer.kind === "result" ? Object(answer.result) : {};
    const all: readonly unknown[] = Array.isArray(block.transactions) ? block.transactions : [];
    const wanted = all.filter((hash): hash is Hash => asked.has(hash));
    const worth = wanted.length >= WORTH_A_BLOCK && 2 * wanted.length >= all.length;
    return worth ? [{ number: block.number, wanted }] : [];
  });
}

/** The entries of a list of receipts by the hash that they state; empty for anything else. */
function entriesOf(answer: RpcAnswer | undefined): ReadonlyMap<unknown, unknown> {
  const list: unknown = answer?.kind === "result" ? answer.result : undefined;
  if (!Array.isArray(list)) return new Map();
  return new Map(list.map((entry) => [Object(entry).transactionHash, entry]));
}
