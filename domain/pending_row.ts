/**
 * Rows of `P:payments:pending` as they are found: ours, a Go payer's, or malformed.
 *
 * @module
 */

import { parseShannon, type Shannon } from "./money.ts";
import type { PaymentKey } from "./payment.ts";

/** One row of `P:payments:pending`. */
export type PendingRow =
  | {
    readonly kind: "row";
    readonly key: PaymentKey;
    readonly login: string;
    readonly amountShannon: Shannon;
    /** When it was debited, in unix seconds. */
    readonly at: number;
  }
  | { readonly kind: "malformed"; readonly member: string; readonly at: number };

/**
 * Reads a member `login:amount` with its score in unix seconds. The amount, in Shannon, stands after
 * the last colon and is above zero.
 *
 * @example
 * ```ts
 * import { parsePendingRow } from "./pending_row.ts";
 *
 * console.assert(parsePendingRow("0xab:600", 1_700_000_000).kind === "row");
 * console.assert(parsePendingRow("0xab:-5", 1_700_000_000).kind === "malformed");
 * ```
 */
export function parsePendingRow(member: string, at: number): PendingRow {
  const colon = member.lastIndexOf(":");
  const amountShannon = colon < 0 ? undefined : parseShannon(member.slice(colon + 1));
  if (amountShannon === undefined || amountShannon <= 0n) return { kind: "malformed", member, at };
  return {
    kind: "row",
    key: member as PaymentKey,
    login: member.slice(0, colon),
    amountShannon,
    at,
  };
}
