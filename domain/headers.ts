/**
 * Block headers linked by parent hashes: the only thing that proves a block final. An answer "that
 * number has that hash" proves nothing, since a load-balanced node may be another one each time.
 *
 * @module
 */

import type { Hash } from "./address.ts";
import type { Wei } from "./money.ts";
import type { BlockRef } from "./payment.ts";

/** What is kept of a block. */
export interface Header extends BlockRef {
  /** The hash of the block below. */
  readonly parentHash: Hash;
  /** In unix seconds. */
  readonly time: number;
  /** The base fee in Wei a unit of gas (EIP-1559); `null` on a chain without. */
  readonly baseFeeWei: Wei | null;
}

/** Headers in ascending order, each the parent of the next, without a gap. */
export type HeaderRun = readonly Header[];

/** Whether headers form a {@linkcode HeaderRun}. */
export function isLinked(headers: readonly Header[]): boolean {
  return headers.every((header, index) => {
    const parent = headers[index - 1];
    return parent === undefined ||
      (header.number === parent.number + 1 && header.parentHash === parent.hash);
  });
}

/**
 * Adds newer headers to a run. They may overlap its end, and replace it where the chain was
 * reorganised. `undefined`: they do not link to it, so older ones have to be asked for too.
 */
export function extendRun(run: HeaderRun, newer: HeaderRun): HeaderRun | undefined {
  const first = newer[0];
  if (first === undefined) return run;
  if (!isLinked(newer)) return undefined;
  if (run.length === 0) return newer;
  const kept = run.filter((header) => header.number < first.number);
  const tip = kept.at(-1);
  if (tip === undefined || tip.hash !== first.parentHash) return undefined;
  return [...kept, ...newer];
}

/**
 * How deep a block lies in linked headers, counting itself: 1 in the newest block, 0 when it is in
 * none of the runs. A block that any honest node saw `confirmations` deep is final, so the
 * deepest run counts, also one that does not reach up to the head.
 *
 * @example
 * ```ts ignore
 * const isFinal = depthOf(receipt.block, runs) >= policy.confirmations;
 * ```
 */
export function depthOf(block: BlockRef, runs: readonly HeaderRun[]): number {
  let depth = 0;
  for (const run of runs) {
    const bottom = run[0];
    if (bottom === undefined) continue;
    const index = block.number - bottom.number;
    if (run[index]?.hash === block.hash) depth = Math.max(depth, run.length - index);
  }
  return depth;
}
