/**
 * Gathers the facts about everything in flight: the tip in one round trip, then, for a new head,
 * headers and receipts in another.
 *
 * @module
 */

import type { Hash } from "../domain/address.ts";
import type { Facts } from "../domain/decide.ts";
import { type Fact, present, valueOf } from "../domain/fact.ts";
import { depthOf, extendRun, type HeaderRun, isLinked } from "../domain/headers.ts";
import { attemptHashes } from "../domain/payment.ts";
import type { BlockRange, ChainAnswer, Receipt, Tip } from "../domain/ports/chain.ts";
import type { ChainWatch, Looking } from "./run.ts";

/** How often the node is asked for a new head, in milliseconds. */
export const POLL_MS = 500;

/** How many older blocks are asked for around leftovers at one head, at the most. */
const MAX_OLDER_HEADERS = 2_000;

/** How many headers a run keeps beyond those that finality needs. */
const SPARE_HEADERS = 64;

/** A watch that has seen nothing but the tip. */
export function newWatch(tip: Tip, lookedAt = 0): ChainWatch {
  return {
    tip,
    lookedAt,
    main: [],
    older: [],
    receipts: new Map(),
    spenders: new Map(),
    soughtInVain: new Set(),
  };
}

/** Looks at the tip. `true`: there is a head that what is in flight was not observed at. */
export async function lookAtTip(run: Looking): Promise<boolean> {
  const tip = await run.ports.chain.tip(run.policy.wallet);
  const seen = run.inFlight.size === 0 ? run.watch.tip.head : run.watch.main.at(-1);
  const changed = tip.head.hash !== seen?.hash;
  run.watch.tip = tip;
  run.watch.lookedAt = run.ports.clock.now();
  return changed;
}

/** Gathers the facts at the current tip. */
export async function observe(run: Looking): Promise<Facts> {
  const { watch } = run;
  const { number } = watch.tip.head;
  const answer = await ask(run, missingHeaders(run), receiptsToAsk(run));
  if (!takeHeaders(watch, answer)) {
    const depth = run.policy.confirmations + SPARE_HEADERS;
    const again = await ask(run, { from: Math.max(0, number - depth), to: number }, []);
    const headers = valueOf(again.headers) ?? [];
    watch.main = isLinked(headers) ? headers : [];
  }
  trim(run);
  keepReceipts(watch, answer.receipts);
  await lookAtOlderBlocks(run);
  return factsOf(watch, answer);
}

function ask(
  run: Looking,
  headers: BlockRange | null,
  receipts: readonly Hash[],
): Promise<ChainAnswer> {
  const { head } = run.watch.tip;
  return run.ports.chain.observe({
    wallet: run.policy.wallet,
    headers,
    receipts,
    finalNumber: Math.max(0, head.number - run.policy.confirmations + 1),
  });
}

/** The headers between what is known and the tip; deep enough for finality where nothing is. */
function missingHeaders(run: Looking): BlockRange {
  const { main, tip } = run.watch;
  const { number } = tip.head;
  const deep = Math.max(0, number - run.policy.confirmations - SPARE_HEADERS);
  const last = main.at(-1);
  const from = last === undefined || last.number >= number
    ? Math.max(0, number - run.policy.confirmations)
    : last.number + 1;
  return { from: Math.max(from, deep), to: number };
}

/** Receipts of attempts whose nonce is spent and whose block is not known on our chain. */
function receiptsToAsk(run: Looking): readonly Hash[] {
  const { watch } = run;
  const latest = valueOf(watch.tip.latestNonce);
  if (latest === undefined) return [];
  const runs = [watch.main, ...watch.older];
  return [...run.inFlight.values()]
    .filter(({ payment }) => payment.nonce < latest)
    .filter(({ payment }) => !attemptHashes(payment).some((hash) => isPlaced(watch, hash, runs)))
    .flatMap(({ payment }) => attemptHashes(payment));
}

function isPlaced(watch: ChainWatch, hash: Hash, runs: readonly HeaderRun[]): boolean {
  const receipt = watch.receipts.get(hash);
  return receipt !== undefined && depthOf(receipt.block, runs) > 0;
}

/** `false`: the new headers do not link to the known ones, or did not come. */
function takeHeaders(watch: ChainWatch, answer: ChainAnswer): boolean {
  const headers = valueOf(answer.headers);
  if (headers === undefined) return false;
  const extended = extendRun(watch.main, headers);
  if (extended === undefined) return false;
  watch.main = extended;
  return true;
}

/** Drops headers that no receipt in flight needs any more. */
function trim(run: Looking): void {
  const { watch } = run;
  const bottom = watch.tip.head.number - 2 * (run.policy.confirmations + SPARE_HEADERS);
  if ((watch.main[0]?.number ?? bottom) < bottom) {
    watch.main = watch.main.filter(({ number }) => number >= bottom);
  }
}

function keepReceipts(watch: ChainWatch, receipts: ReadonlyMap<Hash, Fact<Receipt>>): void {
  for (const [hash, fact] of receipts) {
    if (fact.kind === "present") watch.receipts.set(hash, fact.value);
    if (fact.kind === "absent") watch.receipts.delete(hash);
  }
}

/**
 * Leftovers may have been mined long before the headers that are watched. A block is as final when
 * a linked run of `confirmations` headers stands on it, wherever that run ends.
 */
async function lookAtOlderBlocks(run: Looking): Promise<void> {
  const { watch } = run;
  const bottom = watch.main[0]?.number;
  if (bottom === undefined) return;
  const blocks = new Set<number>();
  for (const { payment } of run.inFlight.values()) {
    for (const hash of attemptHashes(payment)) {
      const block = watch.receipts.get(hash)?.block;
      if (block === undefined || block.number >= bottom) continue;
      if (depthOf(block, watch.older) < run.policy.confirmations) blocks.add(block.number);
    }
  }
  const ranges = rangesAround([...blocks], run.policy.confirmations, MAX_OLDER_HEADERS);
  const runs = await Promise.all(ranges.map(async (range): Promise<HeaderRun> => {
    const headers = valueOf((await ask(run, range, [])).headers) ?? [];
    return isLinked(headers) ? headers : [];
  }));
  watch.older = [...watch.older, ...runs.filter((headers) => headers.length > 0)];
}

/** Ranges of `length` blocks from each number on, joined where they touch, `limit` blocks in all. */
export function rangesAround(
  numbers: readonly number[],
  length: number,
  limit: number,
): readonly BlockRange[] {
  const ranges: { from: number; to: number }[] = [];
  let total = 0;
  for (const from of numbers.toSorted((a, b) => a - b)) {
    const to = from + length - 1;
    const last = ranges.at(-1);
    const joins = last !== undefined && from <= last.to + 1;
    total += joins ? to - last.to : length;
    if (total > limit) break;
    if (joins) last.to = to;
    else ranges.push({ from, to });
  }
  return ranges;
}

function factsOf(watch: ChainWatch, answer: ChainAnswer): Facts {
  const receipts = new Map<Hash, Fact<Receipt>>(answer.receipts);
  for (const [hash, receipt] of watch.receipts) {
    if (receipts.get(hash)?.kind !== "present") receipts.set(hash, present(receipt));
  }
  return {
    runs: [watch.main, ...watch.older],
    latestNonce: watch.tip.latestNonce,
    pendingNonce: watch.tip.pendingNonce,
    finalNonce: answer.finalNonce,
    receipts,
    spenders: watch.spenders,
  };
}
