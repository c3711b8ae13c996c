/**
 * What a Go payer left of a payment: a debit, and perhaps a transaction.
 *
 * @module
 */

import { type TestPool, WALLET } from "../support/pool.ts";

/** Whom it was to be paid to. */
export const PAYEE = `0x${"ab".repeat(20)}`;

/** How much, in Shannon. */
export const OWED = 600_000_000n;

/** Its pending row. */
export const ROW = `${PAYEE}:${OWED}`;

/** A Go payer debited, and died. Blocks have come since. */
export async function leaveGoRow({ client, anvil }: TestPool): Promise<void> {
  await client.hset(`eth:miners:${PAYEE}`, { balance: "0", pending: String(OWED) });
  await client.hset("eth:finances", { balance: "0", pending: String(OWED) });
  await client.zadd("eth:payments:pending", Math.floor(Date.now() / 1000), ROW);
  await anvil.rpc("anvil_mine", ["0x4"]);
}

/** Somebody sends as much from the wallet, past the program. */
export async function sendOwed({ anvil }: TestPool, to: string): Promise<string> {
  const value = `0x${(OWED * 1_000_000_000n).toString(16)}`;
  return await anvil.rpc("eth_sendTransaction", [{ from: WALLET, to, value }]);
}
