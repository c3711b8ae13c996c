/**
 * Scans final blocks for the wallet's own transactions.
 *
 * @module
 */

import type { Address } from "../domain/address.ts";
import { type Fact, present, unknown } from "../domain/fact.ts";
import { Fault } from "../domain/fault.ts";
import { depthOf, type Header, isLinked } from "../domain/headers.ts";
import type { BlockRange, Chain, MinedTransaction } from "../domain/ports/chain.ts";
import type { Looking } from "./run.ts";

/** How many blocks a scan reads, at the most: about two weeks of 12 s blocks. */
export const MAX_SCANNED_BLOCKS = 100_000;

/** Whose transactions are looked for, and where. */
export interface Scanner {
  readonly chain: Chain;
  readonly wallet: Address;
  readonly signal?: AbortSignal;
}

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
  const { ports: { chain }, policy: { wallet }, signal } = run;
  const scanned = await scanTo({ chain, wallet, signal }, top.hash, { from, to: top.number });
  return scanned.kind === "present" ? present(scanned.value.sent) : scanned;
}

/** What a scan of a range found. */
export interface Scanned {
  /** The oldest block of the range. */
  readonly first: Header;
  readonly sent: readonly MinedTransaction[];
}

/** Scans a range whose newest block must have this hash. */
export async function scanTo(
  { chain, wallet, signal }: Scanner,
  topHash: string,
  range: BlockRange,
): Promise<Fact<Scanned>> {
  const sent: MinedTransaction[] = [];
  let first: Header | undefined;
  let last: Header | undefined;
  try {
    for await (const block of chain.scan(wallet, range, signal)) {
      if (last !== undefined && !isLinked([last, block.header])) {
        return unknown("blocks do not link");
      }
      first ??= block.header;
      last = block.header;
      sent.push(...block.sent);
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return unknown(error.message);
  }
  return first !== undefined && first.number === range.from && last?.hash === topHash
    ? present({ first, sent })
    : unknown("the scan did not reach the final block");
}
