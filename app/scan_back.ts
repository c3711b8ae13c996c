/**
 * Looks for transactions of the wallet by their nonces, from the newest final block backwards. Such a
 * scan is complete when it has found them all, however many blocks that took.
 *
 * @module
 */

import { type Fact, present, unknown, valueOf } from "../domain/fact.ts";
import { type Header, isLinked } from "../domain/headers.ts";
import type { MinedTransaction, Tip } from "../domain/ports/chain.ts";
import { MAX_SCANNED_BLOCKS, type Scanner, scanTo } from "./scan_final.ts";

/** How many blocks the first look takes; each further one takes four times as many. */
const FIRST_LOOK = 500;

/** The newest final block below a tip, found by linked headers. */
export async function newestFinal(
  { chain, wallet }: Scanner,
  { tip, confirmations }: { readonly tip: Tip; readonly confirmations: number },
): Promise<Fact<Header>> {
  const { number, hash } = tip.head;
  const from = number - confirmations + 1;
  if (from < 0) return unknown("no block is final yet");
  const question = { wallet, headers: { from, to: number }, receipts: [], finalNumber: from };
  const headers = valueOf((await chain.observe(question)).headers);
  const [final] = headers ?? [];
  return headers !== undefined && final !== undefined && isLinked(headers) &&
      headers.at(-1)?.hash === hash
    ? present(final)
    : unknown("the node did not report linked headers up to its head");
}

/**
 * The wallet's transactions with these nonces, at or below a final block. Unknown when one of them is
 * not found in {@linkcode MAX_SCANNED_BLOCKS} blocks.
 */
export async function scanBack(
  scanner: Scanner,
  final: Header,
  nonces: ReadonlySet<number>,
): Promise<Fact<ReadonlyMap<number, MinedTransaction>>> {
  const looked = await lookBack(scanner, final, nonces);
  const missing = [...nonces].find((nonce) => valueOf(looked)?.has(nonce) === false);
  if (missing === undefined) return looked;
  const count = Math.min(final.number + 1, MAX_SCANNED_BLOCKS);
  return unknown(`nonce ${missing} is not in the newest ${count} final blocks`);
}

/** The same, with those alone that {@linkcode MAX_SCANNED_BLOCKS} blocks have. */
export async function lookBack(
  scanner: Scanner,
  final: Header,
  nonces: ReadonlySet<number>,
): Promise<Fact<ReadonlyMap<number, MinedTransaction>>> {
  const found = new Map<number, MinedTransaction>();
  const bottom = Math.max(0, final.number - MAX_SCANNED_BLOCKS + 1);
  let [to, topHash, count] = [final.number, final.hash as string, FIRST_LOOK];
  while (found.size < nonces.size && to >= bottom) {
    const from = Math.max(bottom, to - count + 1);
    const scanned = await scanTo(scanner, topHash, { from, to });
    if (scanned.kind !== "present") return unknown(whyOf(scanned));
    for (const transaction of scanned.value.sent) {
      if (nonces.has(transaction.nonce)) found.set(transaction.nonce, transaction);
    }
    [to, topHash, count] = [from - 1, scanned.value.first.parentHash, count * 4];
  }
  return present(found);
}

function whyOf(fact: Fact<unknown>): string {
  return fact.kind === "unknown" ? fact.why : "nobody said";
}
