/**
 * Pools in which something is stuck until an operator speaks.
 *
 * @module
 */

import { strictEqual } from "node:assert/strict";
import type { Hash } from "../../domain/address.ts";
import { wei } from "../../domain/money.ts";
import type { OperatorWord } from "../../domain/operator_word.ts";
import type { RunReport } from "../../domain/report.ts";
import type { RunPorts } from "../../app/run.ts";
import { miner, SmallPool } from "./small_pool.ts";

/** What a payee is owed, in Shannon. */
export const OWED = 600_000_000n;
/** Who is owed it. */
export const PAYEE = miner(0);
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
