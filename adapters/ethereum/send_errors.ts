/**
 * What nodes say to a send, and what it means. This table is the only place that knows their words.
 *
 * @module
 */

import type { SendMeaning } from "../../domain/send_answer.ts";
import type { RpcError } from "./rpc_connection.ts";

/**
 * Texts of geth and its kin, OpenEthereum, Besu, Nethermind, Erigon, Reth and anvil, lower case. The
 * first row with a text in the node's answer counts, so what contains another text stands above it.
 */
export const SEND_ERRORS: readonly (readonly [SendMeaning, readonly string[]])[] = [
  ["known", [
    "already known",
    "known transaction",
    "transaction already imported",
    "existing txn with same hash",
    "same hash was already imported",
    "alreadyknown",
  ]],
  ["nonce-low", [
    "nonce too low",
    "nonce is too low",
    "oldnonce",
    "ownnoncealreadyused",
  ]],
  ["replacement-underpriced", [
    "replacement transaction underpriced",
    "could not replace existing tx",
    "future transaction tries to replace pending",
    "another transaction with same nonce",
  ]],
  ["underpriced", [
    "transaction underpriced",
    "gas price below minimum",
    "max fee per gas less than block base fee",
    "fee too low",
    "feetoolow",
    "below configured minimum gas price",
    "lower than the current base fee",
    "minimal gas price",
    "lower then the required base fee",
  ]],
  ["funds", [
    "insufficient funds",
    "transaction would cause overdraft",
    "upfront cost exceeds account balance",
    "insufficientfunds",
  ]],
  ["nonce-high", [
    "nonce too high",
    "too distant from current sender nonce",
    "lower nonce exists",
    "nonce too far in future",
    "noncegap",
  ]],
  ["pool-full", [
    "txpool is full",
    "account limit exceeded",
    "sub-pool is full",
    "too many transactions in the queue",
  ]],
  ["fee-cap", [
    "exceeds the configured cap",
    "transaction fee cap exceeded",
  ]],
  ["fatal", [
    "authentication needed",
    "unknown account",
    "invalid sender",
    "replay-protected",
    "intrinsic gas",
    "exceeds block gas limit",
  ]],
];

/** What a node's error means. A text that nobody has met before is `refused`:
 * the node said no, whatever it meant, and state tells what became of it. */
export function meaningOfError(error: RpcError): SendMeaning {
  const words = `${error.message} ${error.data ?? ""}`.toLowerCase()
    .replaceAll("unknown transaction", ""); // It holds "known transaction", and says the reverse.
  const row = SEND_ERRORS.find(([, texts]) => texts.some((text) => words.includes(text)));
  return row?.[0] ?? "refused";
}
