/**
 * Scans final blocks for the wallet's own transactions.
 *
 * @module
 */

import { type Fact, present, unknown } from "../domain/fact.ts";
import { Fault } from "../domain/fault.ts";
import { depthOf, type Header, isLinked } from "../domain/headers.ts";
import type { MinedTransaction } from "../domain/ports/chain.ts";
import type { Looking } from "./run.ts";

/** How many blocks a scan reads, at the most: about two weeks of 12 s blocks. */
export const MAX_SCANNED_BLOCKS = 100_000;

/**
 * The wallet's transactions in all final blocks from a number on. Present only when the scan was
 * complete: every block linked to the next, and the last one final in the headers of this run.
 */
export async function scanFinal(
  run: Looking,
  from: number,
): Promise<Fact<readonly MinedTransaction[]>> {
  const { main } = run.watch;
  const top = main.findLast((header) => depthOf(header, [main]) >= run.policy.confirmations);
  if (top === undefined) return unknown("no block is final yet");
  if (top.number < from) return unknown("no block since then is final yet");
  if (top.number - from >= MAX_SCANNED_BLOCKS) {
    return unknown(`more than ${MAX_SCANNED_BLOCKS} blocks to scan`);
  }
  const sent: MinedTransaction[] = [];
  let last: Header | undefined;
  try {
    const range = { from, to: top.number };
    for await (const block of run.ports.chain.scan(run.policy.wallet, range, run.signal)) {
      if (last !== undefined && !isLinked([last, block.header])) {
        return unknown("blocks do not link");
      }
      last = block.header;
      sent.push(...block.sent);
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return unknown(error.message);
  }
  return last?.hash === top.hash
    ? present(sent)
    : unknown("the scan did not reach the final block");
}
