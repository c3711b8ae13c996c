/**
 * What to do about a row that a Go payer left: what the chain shows of it, and nothing else, decides.
 *
 * @module
 */

import type { Hash } from "./address.ts";
import type { Hold } from "./hold.ts";
import type { ForeignRow } from "./leftovers.ts";

/** A transfer on the chain that may be a Go payer's row. */
export interface ForeignCandidate {
  /** Its transaction's hash. */
  readonly hash: Hash;
  /** Its nonce. */
  readonly nonce: number;
  /** What its receipt says. */
  readonly status: "success" | "reverted" | "missing";
  /** Whether its block is final. */
  readonly final: boolean;
  /** Whether its hash stands in `P:payments:all` already: it paid another row. */
  readonly recorded: boolean;
}

/** What follows for a Go payer's row. */
export type ForeignVerdict =
  | { readonly kind: "settle"; readonly hash: Hash }
  | { readonly kind: "credit-back"; readonly hash: Hash }
  | { readonly kind: "wait"; readonly why: string }
  | { readonly kind: "hold"; readonly reason: string };

/**
 * Decides about a Go payer's row from the wallet's transfers of exactly its amount to its payee,
 * found by a scan from one hour before the row. Only one single candidate is evidence, and a reverted
 * one only where the row names it: its hash, or the nonce that was read for it.
 *
 * @example
 * ```ts ignore
 * const verdict = decideForeign(foreign, { candidates, complete: true });
 * if (verdict.kind === "settle") console.log(verdict.hash);
 * ```
 */
export function decideForeign(
  foreign: ForeignRow,
  scan: { readonly candidates: readonly ForeignCandidate[]; readonly complete: boolean },
): ForeignVerdict {
  if (!scan.complete) return { kind: "wait", why: "the scan of the chain could not finish" };
  const open = scan.candidates.filter((candidate) => !candidate.recorded);
  if (open.some((candidate) => !candidate.final)) {
    return { kind: "wait", why: "a transfer to the payee is not final yet" };
  }
  const [only] = open;
  if (only === undefined) {
    return hold("no transfer of it is on the chain");
  }
  if (open.length > 1) {
    const hashes = open.map(({ hash }) => hash).join(", ");
    return hold(`${open.length} transfers on the chain could be this payment: ${hashes}`);
  }
  switch (only.status) {
    case "success":
      return { kind: "settle", hash: only.hash };
    case "reverted":
      return only.hash === foreign.hash || only.nonce === foreign.nonce
        ? { kind: "credit-back", hash: only.hash }
        : hold(
          `a transfer like it reverted (${only.hash}), and nothing says that it was this payment`,
        );
    case "missing":
      return hold(`the node does not say whether its transfer ${only.hash} succeeded`);
    default:
      return only.status satisfies never;
  }
}

/** How the reason of every hold begins that is about a Go payer's row. */
const GO_ROW = "a Go payer debited it, and ";

function hold(why: string): ForeignVerdict {
  return { kind: "hold", reason: `${GO_ROW}${why}` };
}

/** Whether a hold ends with the Go payer's row that it was about. */
export function isAboutGoRow({ reason }: Hold): boolean {
  return reason.startsWith(GO_ROW);
}
