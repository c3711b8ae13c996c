/**
 * Uses up nonces that a payment of which nobody knows may hold, with transfers of nothing from the
 * wallet to itself: afterwards such a payment is either in the chain's final blocks or can never be.
 *
 * @module
 */

import type { Hex } from "../domain/address.ts";
import { valueOf } from "../domain/fact.ts";
import { bumpFees, chooseFees, type Fees, raiseToCeiling, TRANSFER_GAS } from "../domain/fees.ts";
import { wei } from "../domain/money.ts";
import type { BlockRange } from "../domain/ports/chain.ts";
import type { BytesSigner, TransferRequest } from "../domain/ports/signer.ts";
import { COMMIT_SIZE } from "./commit.ts";
import { observe } from "./observe.ts";
import { nextHead, tolerateNode } from "./pay_loop.ts";
import { feeQuote } from "./preflight.ts";
import { type Run, stopDebits } from "./run.ts";

/** What is offered for gas, since which head, and the bytes that were signed for it, by nonce. */
interface Offer {
  readonly fees: Fees;
  readonly since: number;
  readonly signed: Map<number, Hex>;
}

/**
 * Sends until every nonce of the range (both inclusive) is spent in a final block; `false` when the
 * run ends before. Nothing of it is written down: a transfer of nothing may be made twice, and a
 * run that dies here is simply begun anew.
 */
export async function seal(run: Run, range: BlockRange): Promise<boolean> {
  const { clock } = run.ports;
  const deadline = clock.now() + run.policy.waitLimitMs;
  let offer: Offer | undefined;
  let isFinal = false;
  while (!run.signal.aborted && clock.now() < deadline) {
    await tolerateNode(run, async () => {
      isFinal = (valueOf((await observe(run)).finalNonce) ?? 0) > range.to;
      if (isFinal) return;
      const last = offer;
      offer = await offerNow(run, last);
      if (offer !== undefined) await fill(run, range, { offer, isNew: offer !== last });
    });
    if (isFinal) return true;
    await nextHead(run, deadline);
  }
  if (!run.signal.aborted) stopDebits(run, { kind: "wait-limit" });
  return false;
}

/** The same offer for some blocks, then a higher one: what was lost may be in the way. */
async function offerNow(run: Run, last: Offer | undefined): Promise<Offer | undefined> {
  const since = run.watch.tip.head.number;
  if (last !== undefined && since - last.since < run.policy.bumpAfterBlocks) return last;
  const { ceilingWei } = run.policy;
  const fees = last === undefined
    ? chooseFees(await feeQuote(run.ports.chain, run.policy), ceilingWei)
    : bumpFees(last.fees, ceilingWei) ?? raiseToCeiling(last.fees, ceilingWei);
  if (fees !== undefined) return { fees, since, signed: new Map() };
  if (last === undefined) {
    run.ports.report({ kind: "trouble", detail: "gas costs more than the ceiling: waiting" });
  }
  return last;
}

/** Sends what the node does not have; with a new offer, everything that is not spent yet. */
async function fill(
  run: Run,
  range: BlockRange,
  { offer, isNew }: { readonly offer: Offer; readonly isNew: boolean },
): Promise<void> {
  const { latestNonce, pendingNonce } = run.watch.tip;
  const first = valueOf(isNew ? latestNonce : pendingNonce) ?? valueOf(latestNonce);
  if (first === undefined) return;
  // Also below the range: what a reorg takes out of the chain again was lost like the others.
  for (let from = first; from <= range.to; from += COMMIT_SIZE) {
    const to = Math.min(range.to, from + COMMIT_SIZE - 1);
    await send(run, Array.from({ length: to - from + 1 }, (_, index) => from + index), offer);
  }
}

async function send(run: Run, nonces: readonly number[], offer: Offer): Promise<void> {
  const { signer, chain } = run.ports;
  const requests = nonces.map((nonce) => requestFor(run, nonce, offer.fees));
  if (signer.kind === "sends") {
    for (const request of requests) await signer.send(request);
    return;
  }
  await sign(signer, requests, offer.signed);
  await chain.broadcast(nonces.flatMap((nonce) => offer.signed.get(nonce) ?? []));
}

async function sign(
  signer: BytesSigner,
  requests: readonly TransferRequest[],
  signed: Map<number, Hex>,
): Promise<void> {
  const missing = requests.filter(({ nonce }) => !signed.has(nonce));
  const transfers = missing.length === 0 ? [] : await signer.sign(missing);
  for (const [index, { raw }] of transfers.entries()) {
    const request = missing[index];
    if (request !== undefined) signed.set(request.nonce, raw);
  }
}

function requestFor(run: Run, nonce: number, fees: Fees): TransferRequest {
  const { wallet } = run.policy;
  const { chainId } = run.identity;
  return { chainId, from: wallet, to: wallet, valueWei: wei(0n), nonce, gas: TRANSFER_GAS, fees };
}
