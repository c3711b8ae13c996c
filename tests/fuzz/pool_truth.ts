/**
 * What must be so of a pool, whatever its node answered: the ledger's sums, and the ledger against
 * what the chain really holds.
 *
 * @module
 */

import { fail, ok, strictEqual } from "node:assert/strict";
import type { MemoryNode } from "../../adapters/memory/chain_node.ts";
import type { MemoryLedgerStore } from "../../adapters/memory/ledger_store.ts";
import { WEI_PER_SHANNON } from "../../domain/money.ts";
import { WALLET } from "../simulation/payees.ts";
import { KEYS } from "../simulation/world.ts";
import { hashOf } from "./rpc_node.ts";

/** A pool, and what it owed at the beginning. */
export interface Pool {
  readonly store: MemoryLedgerStore;
  readonly node: MemoryNode;
  readonly owed: ReadonlyMap<string, bigint>;
}

/** What is so at any time: nothing is made, lost, or paid without being owed. */
export function assertTrue(pool: Pool): void {
  const { store } = pool;
  const rows = [...store.scores(KEYS.pending).keys()];
  const records = [...store.fields(KEYS.journal).keys()];
  strictEqual(rows.toSorted().join(), records.toSorted().join(), "rows and records differ");
  const sums = { balance: 0n, pending: 0n, paid: 0n };
  for (const [login, owed] of pool.owed) {
    const own = moneyOf(pool, KEYS.account({ kind: "miner", login }));
    for (const field of FIELDS) sums[field] += own[field];
    strictEqual(own.balance + own.pending + own.paid, owed, `${login} has another sum`);
    for (const field of FIELDS) ok(own[field] >= 0n, `${login} has a negative ${field}`);
    const got = receivedBy(pool, login);
    ok(own.paid <= got, `${login} is settled with ${own.paid}, and got ${got}`);
    ok(got <= own.paid + own.pending, `${login} got ${got}, and is owed ${own.balance} again`);
  }
  const finances = moneyOf(pool, KEYS.finances);
  for (const field of FIELDS) strictEqual(finances[field], sums[field], `${field} of the pool`);
  assertRows(pool);
}

/** What a login got on the chain, in Shannon. */
export function receivedBy({ node }: Pool, login: string): bigint {
  let wei = 0n;
  for (const { to, valueWei } of arrivals(node)) if (to === login.toLowerCase()) wei += valueWei;
  ok(wei % WEI_PER_SHANNON === 0n, `${login} got a broken amount: ${wei}`);
  return wei / WEI_PER_SHANNON;
}

const FIELDS = ["balance", "pending", "paid"] as const;

function assertRows({ store, node }: Pool): void {
  const arrived = new Map([...arrivals(node)].map((each) => [each.hash, each]));
  for (const row of store.scores(KEYS.all).keys()) {
    const [hash = "", login = "", amount = ""] = row.split(":");
    const found = arrived.get(hash);
    if (found === undefined) fail(`${row} is no payment on the chain`);
    strictEqual(found.to, login.toLowerCase(), row);
    strictEqual(found.valueWei, BigInt(amount) * WEI_PER_SHANNON, row);
    ok(store.hasMember(KEYS.paidTo(login), `${hash}:${amount}`), `${row} has no twin`);
  }
}

interface Arrival {
  readonly hash: string;
  readonly to: string | null;
  readonly valueWei: bigint;
}

function* arrivals(node: MemoryNode): Generator<Arrival> {
  for (let number = 0; number <= node.head.number; number++) {
    const block = node.block(number);
    for (const transaction of block?.transactions ?? []) {
      const { from, to, valueWei, hash } = transaction;
      if (from !== WALLET || block?.outcomes.get(hash)?.status !== "success") continue;
      yield { hash: hashOf(transaction), to, valueWei };
    }
  }
}

function moneyOf({ store }: Pool, key: string): Record<typeof FIELDS[number], bigint> {
  const fields = store.fields(key);
  const money = (name: string): bigint => BigInt(fields.get(name) ?? "0");
  return { balance: money("balance"), pending: money("pending"), paid: money("paid") };
}
