/**
 * Looks through whole blocks for a wallet's transactions.
 *
 * @module
 */

import type { Address } from "../../domain/address.ts";
import { Fault } from "../../domain/fault.ts";
import { isLinked } from "../../domain/headers.ts";
import type { BlockRange, ScannedBlock } from "../../domain/ports/chain.ts";
import { need } from "./answers.ts";
import { BLOCK_METHOD, blockCall, blockNumbers } from "./calls.ts";
import { decodeScanned } from "./decoding/headers.ts";
import type { RpcAnswer, RpcConnection } from "./rpc_connection.ts";

/** Full blocks a request: some 10 MB on the busiest chain. */
const BLOCKS_A_REQUEST = 20;

/** Two requests ride together. */
const BLOCKS_A_PAGE = 2 * BLOCKS_A_REQUEST;

/**
 * Every block of a range in ascending order, each the parent of the next, with the wallet's
 * transactions. A block that is missing from its page is asked for once more. Ends with the
 * signal's reason when it aborts.
 *
 * @throws {Fault} `chain-unreachable`, `chain-nonsense`: the scan is not complete.
 */
export async function* scanBlocks(
  connection: RpcConnection,
  wallet: Address,
  { range, signal }: { readonly range: BlockRange; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<ScannedBlock> {
  let parent: ScannedBlock | undefined;
  for (let from = range.from; from <= range.to; from += BLOCKS_A_PAGE) {
    signal?.throwIfAborted();
    const numbers = blockNumbers({
      from,
      to: Math.min(range.to, from + BLOCKS_A_PAGE - 1),
    });
    const answers = await askPage(connection, numbers, signal);
    signal?.throwIfAborted();
    for (const [index, number] of numbers.entries()) {
      const question = { of: connection.name, method: `${BLOCK_METHOD} ${number}` };
      const block = need(
        answers[index],
        question,
        (result) => decodeScanned(result, number, wallet),
      );
      if (parent !== undefined && !isLinked([parent.header, block.header])) {
        throw new Fault(
          "chain-nonsense",
          `Cannot scan ${connection.name}: block ${number} is not a child of the block before it ` +
            "(a reorganisation, or several nodes behind one address): run again",
        );
      }
      parent = block;
      yield block;
    }
  }
}

async function askPage(
  connection: RpcConnection,
  numbers: readonly number[],
  signal: AbortSignal | undefined,
): Promise<readonly RpcAnswer[]> {
  const bound = signal === undefined ? {} : { signal };
  const calls = numbers.map((number) => blockCall(number, "whole"));
  const answers = await connection.batch(calls, { ...bound, maxCalls: BLOCKS_A_REQUEST });
  const missing = calls.filter((_, index) => !isBlock(answers[index]));
  if (missing.length === 0 || signal?.aborted) return answers;
  const again = [...await connection.batch(missing, { ...bound, maxCalls: 1 })];
  return answers.map((answer) => isBlock(answer) ? answer : again.shift() ?? answer);
}

function isBlock(answer: RpcAnswer | undefined): boolean {
  return answer?.kind === "result" && answer.result !== null;
}
