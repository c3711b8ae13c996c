/**
 * Answers from an older view of the chain: a node that lags behind, or is still on a branch that
 * the others left.
 *
 * @module
 */

import type { Address, Hash } from "../../domain/address.ts";
import { ABSENT, type Fact, present, unknown } from "../../domain/fact.ts";
import type { Header } from "../../domain/headers.ts";
import { wei } from "../../domain/money.ts";
import type {
  BlockRange,
  LookedUpTransaction,
  Receipt,
  ScannedBlock,
} from "../../domain/ports/chain.ts";
import type { ChainView } from "./world.ts";

/** The headers of a range, where the view has them all. */
export function headersOf(view: ChainView, { from, to }: BlockRange): Fact<readonly Header[]> {
  const headers = view.slice(from, to + 1).map(({ header }) => header);
  return headers.length === to - from + 1 ? present(headers) : unknown(`no block ${to}`);
}

/** A receipt. */
export function receiptIn(view: ChainView, hash: Hash): Fact<Receipt> {
  const block = view.findLast(({ outcomes }) => outcomes.has(hash));
  const outcome = block?.outcomes.get(hash);
  if (block === undefined || outcome === undefined) return ABSENT;
  const { number, hash: blockHash } = block.header;
  return present({ hash, block: { number, hash: blockHash }, ...outcome });
}

/** A transaction that may be in a newer block than the view has: then it has no block there. */
export function knownTo(
  view: ChainView,
  fact: Fact<LookedUpTransaction>,
): Fact<LookedUpTransaction> {
  if (fact.kind !== "present") return fact;
  const block = view.findLast(({ outcomes }) => outcomes.has(fact.value.hash))?.header;
  return block === undefined
    ? ABSENT
    : present({ ...fact.value, block: { number: block.number, hash: block.hash } });
}

/** How much an account had sent at the view's end, or at one of its blocks. */
export function nonceIn(view: ChainView, account: Address, number?: number): Fact<number> {
  if (number !== undefined && number >= view.length) return unknown(`no state of block ${number}`);
  const blocks = number === undefined ? view : view.slice(0, number + 1);
  let sent = 0;
  for (const { transactions } of blocks) {
    for (const { from } of transactions) if (from === account) sent++;
  }
  return present(sent);
}

/** A block with what an account sent in it. */
export function scannedIn(
  view: ChainView,
  account: Address,
  number: number,
): ScannedBlock | undefined {
  const block = view[number];
  if (block === undefined) return undefined;
  const { header } = block;
  const sent = block.transactions.filter(({ from }) => from === account)
    .map(({ hash, nonce, to, valueWei, data }) => {
      const place = { number, hash: header.hash };
      return { hash, nonce, to, valueWei: wei(valueWei), data, block: place };
    });
  return { header, sent };
}
