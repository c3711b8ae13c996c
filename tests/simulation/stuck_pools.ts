/**
 * Pools in which something is stuck until an operator speaks.
 *
 * @module
 */

import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Hash } from "../../domain/address.ts";
import { wei } from "../../domain/money.ts";
import type { OperatorWord } from "../../domain/operator_word.ts";
import type { RunReport } from "../../domain/report.ts";
import type { OperatorWords, RunOptions, RunPorts } from "../../app/run.ts";
import { type LedgerDump, MemoryJournal, memoryNodeSigner } from "../../adapters/memory/mod.ts";
import { WALLET } from "./payees.ts";
import { miner, SmallPool } from "./small_pool.ts";
import { KEYS } from "./world.ts";

/** What a payee is owed, in Shannon. */
export const OWED = 600_000_000n;
/** Who is owed it. */
export const PAYEE = miner(0);
/** Its pending row, once it is debited. */
export const ROW = `${PAYEE}:${OWED}`;
/** Somebody else. */
export const OTHER = miner(7);
/** How `resolve` runs. */
export const RESOLVE = { debits: false, wait: false } as const;

/** An operator says this, once. */
export function say(
  pool: SmallPool,
  words: readonly OperatorWord[],
  replaced: Partial<RunPorts> = {},
): Promise<RunReport> {
  return pool.run({
    ports: pool.ports(replaced),
    options: { ...RESOLVE, words: { about: words } },
  });
}

/** The ports of a pool whose node signs and sends. */
export function nodeSigns({ node }: SmallPool): Pick<RunPorts, "signer"> {
  return { signer: memoryNodeSigner(node, { wallet: WALLET }) };
}

/** Two transfers that could be a Go payer's row: nothing but a word says which. */
export function ambiguous(): { readonly pool: SmallPool; readonly hashes: readonly Hash[] } {
  const pool = new SmallPool(1);
  const hash = pool.leaveGoRow(PAYEE, { sent: true });
  if (hash === undefined) throw new Error("nothing was sent");
  const hashes = [hash, pool.send(PAYEE, OWED)];
  pool.node.mine(4);
  return { pool, hashes };
}

/** A payment of ours that no block takes, since gas is dear. */
export async function jammed(
  replaced: (pool: SmallPool) => Partial<RunPorts> = () => ({}),
): Promise<SmallPool> {
  const pool = new SmallPool(1);
  const { inFlight } = await pool.run({
    ports: pool.ports(replaced(pool)),
    policy: { waitLimitMs: 3_000 },
    beforeBlock: () => pool.node.setBaseFee(wei(9n * 10n ** 9n)),
  });
  strictEqual(inFlight.length, 1);
  return pool;
}

/** What a Go resolver does to a pending row that it does not understand: its coins are owed again. */
export function creditBackBehindOurBack(pool: SmallPool, login = PAYEE): void {
  const { store } = pool;
  const row = `${login}:${OWED}`;
  ok(store.hasMember(KEYS.pending, row));
  store.removeMember(KEYS.pending, row);
  for (const key of [KEYS.account({ kind: "miner", login }), KEYS.finances]) {
    store.addToField(key, "pending", -OWED);
    store.addToField(key, "balance", OWED);
  }
  for (const key of [KEYS.pendingTx, KEYS.pendingNonce]) store.deleteField(key, row);
}

/** A Go resolver takes the newest hash for what was mined, and writes it down as the payment. */
export function recordBehindOurBack(pool: SmallPool): void {
  const { store } = pool;
  const hash = store.fields(KEYS.pendingTx).get(ROW);
  ok(hash !== undefined);
  creditBackBehindOurBack(pool);
  for (const key of [KEYS.account({ kind: "miner", login: PAYEE }), KEYS.finances]) {
    store.addToField(key, "balance", -OWED);
    store.addToField(key, "paid", OWED);
  }
  store.addMember(KEYS.all, `${hash}:${ROW}`, 1);
  store.addMember(KEYS.paidTo(PAYEE), `${hash}:${OWED}`, 1);
}

/** The payment is mined, and a Go resolver credited it back all the same. */
export async function paidAndCreditedBack(): Promise<
  { readonly pool: SmallPool; readonly hash: Hash }
> {
  const pool = await jammed();
  const hash = pool.node.mempool()[0]?.hash;
  ok(hash !== undefined);
  creditBackBehindOurBack(pool);
  pool.node.setBaseFee(wei(10n ** 9n));
  pool.node.mine(4);
  strictEqual(pool.node.balanceWei(PAYEE), OWED * 10n ** 9n);
  return { pool, hash };
}

/** While somebody else used a nonce of ours to pay a miner, the ledger learned nothing of it. */
export async function paidByStranger(
  { heldBefore }: { readonly heldBefore?: string } = {},
): Promise<{ readonly pool: SmallPool; readonly hash: Hash }> {
  const pool = await jammed();
  if (heldBefore !== undefined) pool.store.setField(KEYS.held, WALLET, heldBefore);
  pool.credit(OTHER, OWED + 7n);
  pool.node.evict(1);
  pool.node.setBaseFee(wei(10n ** 9n));
  const hash = pool.send(OTHER, OWED);
  pool.node.mine(4);
  const { held } = await pool.run({ options: RESOLVE });
  ok(held.some(({ login }) => login === WALLET));
  return { pool, hash };
}

/** A second payment is sent that no mempool keeps; and the ledger as it was before its debit. */
export async function sentAndDropped(): Promise<
  { readonly pool: SmallPool; readonly copy: LedgerDump }
> {
  const pool = new SmallPool(1);
  await pool.run();
  pool.credit(PAYEE, OWED);
  const copy = pool.store.dump();
  const stop = new AbortController();
  await pool.run({
    options: { signal: stop.signal },
    beforeBlock: () => {
      for (const { hash } of pool.node.mempool()) pool.node.dropFromMempool(hash);
      if (pool.count("sent") >= 2) stop.abort();
    },
  });
  return { pool, copy };
}

/** Redis was restored and the local journal is gone: a debit was lost that nobody may ever mine. */
export async function forgotten(): Promise<SmallPool> {
  const { pool, copy } = await sentAndDropped();
  pool.restartLedger(copy);
  pool.journal = new MemoryJournal();
  return pool;
}

/** How `resolve` runs with words about what the ledger forgot. */
export function resolving(words: OperatorWords): RunOptions {
  return { ...RESOLVE, words };
}

/** Everybody has their coins once, the ledger says so, and the next run has nothing to do. */
export async function endsWell(pool: SmallPool, payees: number): Promise<void> {
  const report = await pool.run();
  strictEqual(report.paid.length + report.inFlight.length, 0);
  for (let index = 0; index < payees; index++) {
    const login = miner(index);
    strictEqual(pool.node.balanceWei(login), OWED * 10n ** 9n);
    const account = pool.store.fields(KEYS.account({ kind: "miner", login }));
    deepStrictEqual(["balance", "pending", "paid"].map((field) => account.get(field) ?? "0"), [
      "0",
      "0",
      String(OWED),
    ]);
  }
  strictEqual(pool.store.scores(KEYS.all).size, payees);
}
