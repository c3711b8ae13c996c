/**
 * A Go resolver took our cancel for the payment: the ledger says that a payee was paid, who never was.
 *
 * @module
 */

import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { wei } from "../../domain/money.ts";
import { miner, type SmallPool } from "./small_pool.ts";
import {
  jammed,
  nodeSigns,
  OWED,
  PAYEE,
  recordBehindOurBack,
  RESOLVE,
  say,
} from "./stuck_pools.ts";
import { KEYS } from "./world.ts";

const GWEI = 10n ** 9n;

function heldFor(pool: SmallPool, login: string): string {
  return pool.store.fields(KEYS.held).get(login) ?? "not held";
}

async function recordedUnpaid(): Promise<SmallPool> {
  const pool = await jammed();
  await say(pool, [{ kind: "cancel", login: PAYEE }]);
  recordBehindOurBack(pool);
  pool.node.setBaseFee(wei(GWEI));
  await pool.run();
  match(heldFor(pool, PAYEE), /"recorded-unpaid"/);
  return pool;
}

/** The same of a payment that the node signed, whose nonce went to something else: nobody holds it yet. */
async function recordedAndTaken(): Promise<SmallPool> {
  const pool = await jammed(nodeSigns);
  recordBehindOurBack(pool);
  pool.node.evict(1);
  pool.node.setBaseFee(wei(GWEI));
  pool.send(miner(7), 5n);
  pool.node.mine(4);
  await pool.run({ ports: pool.ports(nodeSigns(pool)), options: RESOLVE });
  return pool;
}

Deno.test("what reached a recorded-unpaid payee some other way is not debited a second time", async () => {
  const pool = await recordedUnpaid();
  const hash = pool.send(PAYEE, OWED);
  pool.node.mine(5);
  await say(pool, [{ kind: "settle", login: PAYEE, hash }]);
  deepStrictEqual(pool.account(PAYEE), [0n, 0n, OWED]);
});

Deno.test("a word about another debt does not lift the hold recorded-unpaid", async () => {
  const pool = await recordedUnpaid();
  pool.credit(PAYEE, OWED + 5n);
  const hash = pool.leaveGoRow(PAYEE, { amountShannon: OWED + 5n, sent: true });
  ok(hash !== undefined);
  pool.node.mine(5);
  const { words } = await say(pool, [{ kind: "settle", login: PAYEE, hash }]);
  strictEqual(words[0]?.done, true);
  match(heldFor(pool, PAYEE), /"recorded-unpaid"/);
});

Deno.test("a recorded orphan that a word drops leaves its payee held", async () => {
  const pool = await recordedAndTaken();
  const said = await say(pool, [{ kind: "credit", login: PAYEE }], nodeSigns(pool));
  strictEqual(said.words[0]?.done, true);
  match(heldFor(pool, PAYEE), /"recorded-unpaid"/);
});

Deno.test("a Go payer's row that is found in the run of the word takes no place of that hold", async () => {
  const pool = await recordedAndTaken();
  // A Go payer debits the payee anew: two transfers could be that row.
  pool.credit(PAYEE, OWED + 5n);
  const hash = pool.leaveGoRow(PAYEE, { amountShannon: OWED + 5n, sent: true });
  ok(hash !== undefined);
  pool.send(PAYEE, OWED + 5n);
  pool.node.mine(5);
  const said = await say(pool, [{ kind: "credit", login: PAYEE }], nodeSigns(pool));
  strictEqual(said.words[0]?.done, true);
  match(heldFor(pool, PAYEE), /"recorded-unpaid"/);
  await say(pool, [{ kind: "settle", login: PAYEE, hash }], nodeSigns(pool));
  match(heldFor(pool, PAYEE), /"recorded-unpaid"/);
});
