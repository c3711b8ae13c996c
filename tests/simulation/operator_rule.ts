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
  /** Who made it: the program, the pool's old payer, or somebody else with the wallet's key. */
  readonly sender: "program" | "go" | "stranger";
  /** Whether a row of `P:payments:all` has its hash. */
  readonly recorded: boolean;
  /** Of which payment it was an attempt, as the journal said. */
  readonly login: string | undefined;
  readonly kind: Attempt["kind"] | undefined;
}

/** A pending row that the old payer left. */
export interface GoRow {
  readonly login: string;
  readonly valueWei: bigint;
}

/** What happened. */
export interface History {
  readonly transactions: readonly WalletTransaction[];
  /** The rows of the old payer that are pending still. */
  readonly goRows: readonly GoRow[];
  /** Whether the node signs and sends in one step, so that a payment may be at any nonce. */
  readonly nodeSigns: boolean;
}

/** Why a login waits for an operator, or `undefined` when nothing that happened says so. */
export function demandsOperator(login: string, history: History): string | undefined {
  const { transactions, goRows, nodeSigns } = history;
  const address = login.toLowerCase();
  const own = transactions.filter((transaction) =>
    transaction.login === login || (transaction.sender === "go" && transaction.to === address)
  );
  if (own.some(({ status }) => status === "reverted")) return "a payment to it reverted";
  if (own.some(({ kind }) => kind === "cancel")) return "a payment to it had to be cancelled";
  const byStranger = transactions.some(({ sender, to }) => sender === "stranger" && to === address);
  if (byStranger) return "a stranger with the wallet's key paid it";
  const row = goRows.find((each) => each.login === login);
  if (row !== undefined && arrivalOf(row, transactions) === undefined) {
    return "the old payer debited it, and nothing arrived";
  }
  return nodeSigns && transactions.some(({ sender }) => sender !== "program")
    ? "the node signed, and the nonce went to somebody else's transaction"
    : undefined;
}

/** The transfer of the old payer that no row has, and that a pending row of it stands for. */
export function arrivalOf(
  row: GoRow,
  transactions: readonly WalletTransaction[],
): WalletTransaction | undefined {
  return transactions.find(({ sender, to, valueWei, status, recorded }) =>
    sender === "go" && to === row.login.toLowerCase() && valueWei === row.valueWei &&
    status === "success" && !recorded
  );
}

/** What may have happened to a pool as a whole. */
export interface Disturbances {
  /** Whether the ledger ever came back without its newest writes. */
  readonly lostWrites: boolean;
  /** Whether anybody but the program ever sent from the wallet, mined or not. */
  readonly othersSent: boolean;
  /** Whether rows of the old payer are pending. */
  readonly goRows: boolean;
}

/** Why nobody is debited before an operator has looked; `undefined`: the program goes on by itself. */
export function demandsHalt(
  { lostWrites, othersSent, goRows }: Disturbances,
): string | undefined {
  if (lostWrites) return "the ledger lost writes";
  if (othersSent) return "somebody else sent from the wallet";
  return goRows ? "rows of the old payer are open" : undefined;
}

/** Whether the wallet sent what no row explains: nobody is paid before an operator has looked. */
export function demandsExplanation(transactions: readonly WalletTransaction[]): boolean {
  return transactions.some(({ sender, recorded }) => sender !== "program" && !recorded);
}
