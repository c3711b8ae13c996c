/**
 * Resolves rows that Go payers left: a transfer on the chain is looked for, and only one that is
 * proved moves money.
 *
 * @module
 */

import { type Address, type Hash, parseAddress } from "../domain/address.ts";
import { valueOf } from "../domain/fact.ts";
import { depthOf } from "../domain/headers.ts";
import {
  decideForeign,
  type ForeignCandidate,
  type ForeignRow,
  type Leftovers,
} from "../domain/leftovers.ts";
import { weiOfShannon } from "../domain/money.ts";
import { attemptHashes } from "../domain/payment.ts";
import type { MinedTransaction, Receipt } from "../domain/ports/chain.ts";
import type { Transition } from "../domain/transition.ts";
import { commitAll } from "./commit.ts";
import { observe } from "./observe.ts";
import { recordedHashes } from "./recorded_hashes.ts";
import { type Run, unixSeconds } from "./run.ts";
import { scanFinal } from "./scan_final.ts";

/** How long before its row a Go payer's transfer may have been mined, in seconds. */
const LOOK_BACK_SECONDS = 3_600;

/**
 * Settles, credits back or holds these rows of Go payers, each on what the chain shows. The other
 * leftovers say which transactions are ours, and who is held already.
 */
export async function resolveForeign(
  run: Run,
  rows: readonly ForeignRow[],
  leftovers: Leftovers,
): Promise<void> {
  if (run.watch.main.length === 0) await observe(run);
  const scan = await scanSince(run, rows);
  const ours = new Set([...leftovers.payments, ...leftovers.orphans].flatMap(attemptHashes));
  const heldBefore = new Set(leftovers.held.map(({ login }) => login));
  for (const foreign of rows) {
    await resolveOne(run, foreign, { scan, ours, heldBefore });
  }
}

interface Evidence {
  /** The wallet's transactions in the scanned final blocks; `null`: the scan could not finish. */
  readonly scan: readonly MinedTransaction[] | null;
  /** Hashes of our own attempts, which are no Go payer's. */
  readonly ours: ReadonlySet<Hash>;
  readonly heldBefore: ReadonlySet<string>;
}

async function resolveOne(run: Run, foreign: ForeignRow, evidence: Evidence): Promise<void> {
  const { row } = foreign;
  const { login, amountShannon } = row;
  const parsed = parseAddress(login, run.ports.checksum);
  const candidates = "fault" in parsed
    ? []
    : await candidatesFor(run, foreign, { to: parsed.address, ...evidence });
  const complete = evidence.scan !== null || "fault" in parsed || candidates.length > 0;
  const verdict = decideForeign(foreign, { candidates, complete });
  const since = unixSeconds(run.ports.clock);
  const nonceOf = (hash: Hash): number | null =>
    candidates.find((candidate) => candidate.hash === hash)?.nonce ?? null;
  switch (verdict.kind) {
    case "settle": {
      const { hash } = verdict;
      const settle = { kind: "settle", debt: row, payment: null, hash, at: since } as const;
      if (!await commitOne(run, settle)) return;
      const block = run.watch.receipts.get(hash)?.block.number ?? 0;
      const nonce = nonceOf(hash);
      explain(run, nonce);
      run.results.paid.push({ login, amountShannon, txHash: hash, nonce, block });
      run.ports.report({ kind: "settled", login, amountShannon, nonce, hash });
      return;
    }
    case "credit-back": {
      const hold = { login, reason: "reverted", since };
      if (!await commitOne(run, { kind: "credit-back", debt: row, payment: null, hold })) return;
      explain(run, nonceOf(verdict.hash));
      run.results.creditedBack.push({ login, amountShannon, reason: "reverted" });
      run.results.held.set(login, hold);
      run.ports.report({ kind: "credited-back", login, amountShannon, reason: "reverted" });
      return;
    }
    case "wait":
      run.results.attention.push(`a Go payer's payment to "${login}" is open: ${verdict.why}`);
      return;
    case "hold": {
      if (evidence.heldBefore.has(login)) return;
      const hold = { login, reason: verdict.reason, since };
      await commitOne(run, { kind: "hold", hold });
      run.results.held.set(login, hold);
      run.ports.report({ kind: "held", hold });
      return;
    }
    default:
      verdict satisfies never;
  }
}

function explain(run: Run, nonce: number | null): void {
  if (nonce !== null) run.results.explainedNonces.add(nonce);
}

async function commitOne(run: Run, transition: Transition): Promise<boolean> {
  const [refused] = await commitAll(run.fence, [transition]);
  if (refused === undefined) return true;
  run.results.attention.push(`a Go payer's row was left alone: ${refused.detail}`);
  return false;
}

/** Transfers of exactly the row's amount to its payee: the known hash, else what a scan found. */
async function candidatesFor(
  run: Run,
  foreign: ForeignRow,
  evidence: Evidence & { readonly to: Address },
): Promise<readonly ForeignCandidate[]> {
  const valueWei = weiOfShannon(foreign.row.amountShannon);
  const isTransfer = (transaction: Omit<MinedTransaction, "block">): boolean =>
    transaction.to === evidence.to && transaction.valueWei === valueWei &&
    !evidence.ours.has(transaction.hash);
  if (foreign.hash !== null) {
    const [fact] = await run.ports.chain.transactions([foreign.hash]);
    const named = valueOf(fact);
    if (named !== undefined && named.from === run.policy.wallet && isTransfer(named)) {
      return await asCandidates(run, [named]);
    }
  }
  return await asCandidates(run, (evidence.scan ?? []).filter(isTransfer));
}

async function asCandidates(
  run: Run,
  transactions: readonly Pick<MinedTransaction, "hash" | "nonce">[],
): Promise<readonly ForeignCandidate[]> {
  const recorded = await recordedHashes(run);
  return await Promise.all(transactions.map(async ({ hash, nonce }) => {
    const { receipt, final } = await finalReceipt(run, hash);
    const status = receipt?.status ?? "missing";
    return { hash, nonce, status, final, recorded: recorded.has(hash) };
  }));
}

async function finalReceipt(
  run: Run,
  hash: Hash,
): Promise<{ readonly receipt: Receipt | undefined; readonly final: boolean }> {
  const { wallet, confirmations } = run.policy;
  const question = { wallet, headers: null, receipts: [hash], finalNumber: 0 };
  const receipt = valueOf((await run.ports.chain.observe(question)).receipts.get(hash));
  if (receipt === undefined) return { receipt, final: false };
  run.watch.receipts.set(hash, receipt);
  const { number } = receipt.block;
  const above = { from: number, to: number + confirmations - 1 };
  const answer = await run.ports.chain.observe({ ...question, headers: above, receipts: [] });
  const runs = [run.watch.main, valueOf(answer.headers) ?? []];
  return { receipt, final: depthOf(receipt.block, runs) >= confirmations };
}

/** The wallet's transactions since an hour before the oldest row; `null` when that is unknown. */
async function scanSince(
  run: Run,
  rows: readonly ForeignRow[],
): Promise<readonly MinedTransaction[] | null> {
  const oldest = Math.min(...rows.map(({ row }) => row.at)) - LOOK_BACK_SECONDS;
  const from = await firstBlockSince(run, oldest);
  if (from === undefined || await hasUnfinal(run)) return null;
  return valueOf(await scanFinal(run, from)) ?? null;
}

/** Whether the wallet has transactions that are not in a final block yet, as far as is known. */
async function hasUnfinal(run: Run): Promise<boolean> {
  const { tip } = run.watch;
  const finalNumber = Math.max(0, tip.head.number - run.policy.confirmations + 1);
  const { wallet } = run.policy;
  const answer = await run.ports.chain.observe({
    wallet,
    headers: null,
    receipts: [],
    finalNumber,
  });
  const finalNonce = valueOf(answer.finalNonce);
  return finalNonce === undefined || finalNonce !== valueOf(tip.pendingNonce);
}

/** The number of the first block at or after a time, by halving; `undefined` when nobody says. */
async function firstBlockSince(run: Run, seconds: number): Promise<number | undefined> {
  let low = 0;
  let high = run.watch.tip.head.number;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const answer = await run.ports.chain.observe({
      wallet: run.policy.wallet,
      headers: { from: middle, to: middle },
      receipts: [],
      finalNumber: 0,
    });
    const header = valueOf(answer.headers)?.[0];
    if (header === undefined) return undefined;
    if (header.time < seconds) low = middle + 1;
    else high = middle;
  }
  return low;
}
