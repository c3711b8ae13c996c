/**
 * When a history really demands an operator. Pure, and said independently of the program.
 *
 * @module
 */

import type { Address, Hash } from "../../domain/address.ts";
import type { Receipt } from "../../domain/ports/chain.ts";
import type { Attempt } from "../../domain/payment.ts";

/** A transaction of the wallet in the chain's blocks at the end. */
export interface WalletTransaction {
  readonly hash: Hash;
  readonly to: Address;
  readonly valueWei: bigint;
  readonly status: Receipt["status"];
  /** Whether the pool's signer made it. */
  readonly ours: boolean;
  /** Of which payment it was an attempt, as the journal said. */
  readonly login: string | undefined;
  readonly kind: Attempt["kind"] | undefined;
}

/** Why a login waits for an operator, or `undefined` when nothing that happened says so. */
export function demandsOperator(
  login: string,
  transactions: readonly WalletTransaction[],
): string | undefined {
  const own = transactions.filter((transaction) => transaction.login === login);
  if (own.some(({ status }) => status === "reverted")) return "a payment to it reverted";
  if (own.some(({ kind }) => kind === "cancel")) return "a payment to it had to be cancelled";
  const address = login.toLowerCase();
  const byStranger = transactions.some(({ ours, to }) => !ours && to === address);
  return byStranger ? "a stranger with the wallet's key paid it" : undefined;
}
