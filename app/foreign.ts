/**
 * Resolves rows that Go payers left: a transfer on the chain is looked for, and only one that is
 * proved moves money.
 *
 * @module
 */

import { type Address, addressTakenFor, type Hash } from "../domain/address.ts";
import { decideForeign, type ForeignCandidate, isAboutGoRow } from "../domain/decide_foreign.ts";
import { valueOf } from "../domain/fact.ts";
import type { Hold } from "../domain/hold.ts";
import { LOOK_BACK_SECONDS } from "../domain/judge_word.ts";
import type { ForeignRow, Leftovers } from "../domain/leftovers.ts";
import { weiOfShannon } from "../domain/money.ts";
import { attemptHashes } from "../domain/payment.ts";
import type { MinedTransaction } from "../domain/ports/chain.ts";
import type { Transition } from "../domain/transition.ts";
import { commitAll } from "./commit.ts";
import { observe } from "./observe.ts";
import { noteHold, type Run, unixSeconds } from "./run.ts";
import { MAX_SCANNED_BLOCKS, scanFinal } from "./scan_final.ts";
import { asCandidates, firstBlockSince, isUnderWay } from "./transfers.ts";

/**
 * Settles, credits back or holds these rows of Go payers, each on what the chain shows. The other
 * leftovers say which transactions are ours.
 */
export async function resolveForeign(
  run: Run,
  rows: readonly ForeignRow[],
  leftovers: Leftovers,
): Promise<void> {
  if (run.watch.main.length === 0) await observe(run);
  const scans = await scansSince(run, rows);
  const ours = new Set([...leftovers.payments, ...leftovers.orphans].flatMap(attemptHashes));
  for (const [index, foreign] of rows.entries()) {
    await resolveOne(run, foreign, { scan: scans[index] ?? null, ours });
  }
}

interface Evidence {
  /** The wallet's transactions in all final blocks that may have it; `null`: it is not known. */
  readonly scan: readonly MinedTransaction[] | null;
  /** Hashes of our own attempts, which are no Go payer's. */
  readonly ours: ReadonlySet<Hash>;
}

async function resolveOne(run: Run, foreign: ForeignRow, evidence: Evidence): Promise<void> {
  const { login } = foreign.row;
  const to = addressTakenFor(login);
  const candidates = to === undefined ? [] : await candidatesFor(run, foreign, { to, ...evidence });
  const complete = evidence.scan !== null || to === undefined || candidates.length > 0;
  const verdict = decideForeign(foreign, { candidates, complete });
  const nonceOf = (hash: Hash): number | null =>
    candidates.find((candidate) => candidate.hash === hash)?.nonce ?? null;
  // As it stands after the words of this run and the rows before this one.
  const heldBefore = run.results.held.get(login);
  switch (verdict.kind) {
    case "settle": {
      const { hash } = verdict;
      return await settleRow(run, foreign, { hash, nonce: nonceOf(hash), heldBefore });
    }
    case "credit-back":
      return await creditBackRow(run, foreign, nonceOf(verdict.hash));
    case "wait":
      run.results.attention.push(`a Go payer's payment to "${login}" is open: ${verdict.why}`);
      return;
    case "hold": {
      if (heldBefore !== undefined) return;
      const hold = { login, reason: verdict.reason, since: unixSeconds(run.ports.clock) };
      await commitOne(run, { kind: "hold", hold });
      noteHold(run, hold);
      return;
    }
    default:
      verdict satisfies never;
  }
}

/** Settles it, and lifts the hold that was about it. */
async function settleRow(
  run: Run,
  { row }: ForeignRow,
  { hash, nonce, heldBefore }: {
    readonly hash: Hash;
    readonly nonce: number | null;
    readonly heldBefore: Hold | undefined;
  },
): Promise<void> {
  const { login, amountShannon } = row;
  const at = unixSeconds(run.ports.clock);
  const settle = { kind: "settle", debt: row, payment: null, hash, at } as const;
  const ends = heldBefore !== undefined && isAboutGoRow(heldBefore);
  const lift = ends ? [{ kind: "release", hold: heldBefore } as const] : [];
  if (!await commitBoth(run, [settle, ...lift])) return;
  if (ends) run.results.held.delete(login);
  const block = run.watch.receipts.get(hash)?.block.number ?? 0;
  explain(run, nonce);
  run.results.paid.push({ login, amountShannon, txHash: hash, nonce, block });
  run.ports.report({ kind: "settled", login, amountShannon, nonce, hash });
}

/** Credits it back, and holds the payee: it reverted. */
async function creditBackRow(
  run: Run,
  { row }: ForeignRow,
  nonce: number | null,
): Promise<void> {
  const { login, amountShannon } = row;
  const before = run.results.held.get(login);
  // One about another payment stays; one about a Go payer's row the next settled row would lift.
  const hold = before !== undefined && !isAboutGoRow(before)
    ? before
    : { login, reason: "reverted", since: unixSeconds(run.ports.clock) };
  if (!await commitOne(run, { kind: "credit-back", debt: row, payment: null, hold })) return;
  explain(run, nonce);
  run.results.creditedBack.push({ login, amountShannon, reason: "reverted" });
  run.results.held.set(login, hold);
  run.ports.report({ kind: "credited-back", login, amountShannon, reason: "reverted" });
}

function explain(run: Run, nonce: number | null): void {
  if (nonce !== null) run.results.explainedNonces.add(nonce);
}

function commitOne(run: Run, transition: Transition): Promise<boolean> {
  return commitBoth(run, [transition]);
}

/** Transitions about one login: none of them is made where one cannot be. */
async function commitBoth(run: Run, transitions: readonly Transition[]): Promise<boolean> {
  const [refused] = await commitAll(run.fence, transitions);
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

/**
 * For each row the wallet's transactions since an hour before it; `null` where that is unknown. One that
 * is too old to be looked for keeps none of the others from being found.
 */
async function scansSince(
  run: Run,
  rows: readonly ForeignRow[],
): Promise<readonly (readonly MinedTransaction[] | null)[]> {
  const bottom = run.watch.tip.head.number - MAX_SCANNED_BLOCKS;
  const starts: (number | undefined)[] = [];
  for (const { row } of rows) {
    const from = await firstBlockSince(run, row.at - LOOK_BACK_SECONDS);
    starts.push(from === undefined || from <= bottom ? undefined : from);
  }
  const known = starts.filter((from) => from !== undefined);
  if (known.length === 0 || valueOf(await isUnderWay(run)) !== false) return [];
  const scan = valueOf(await scanFinal(run, Math.min(...known)));
  return starts.map((from) =>
    from === undefined ? null : scan?.filter(({ block }) => block.number >= from) ?? null
  );
}
