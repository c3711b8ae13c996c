/**
 * The plan: whom to pay, how much, and a reason for everyone else.
 *
 * @module
 */

import { type Address, parseAddress, ZERO_ADDRESS } from "./address.ts";
import {
  parseShannon,
  type Shannon,
  shannon,
  sumShannon,
  type Wei,
  weiOfShannon,
} from "./money.ts";
import type { Policy } from "./policy.ts";
import type { Checksum } from "./ports/checksum.ts";
import type { MinerAccount } from "./ports/ledger.ts";

/** Why a payee is not paid in this run. Judged anew each run; nothing is written. */
export const SKIP_REASONS = [
  "at-threshold",
  "nothing-owed",
  "unreadable-balance",
  "wrong-type",
  "no-address",
  "bad-checksum",
  "zero-address",
  "pool-wallet",
  "held",
  "in-flight",
  "contract-reverts",
  "gas-unknown",
  "gas-too-high",
  "insufficient-funds",
  "signer-refused",
  "ledger-unfit",
  "not-reached",
] as const;

/** Why a payee is not paid in this run. */
export type SkipReason = typeof SKIP_REASONS[number];

/**
 * The most gas that a payee's contract may take. A wallet contract takes some ten thousand; without
 * a bound, a miner's contract could burn the pool's coins at each payout.
 */
export const MAX_PAYEE_GAS = 200_000n;

/** A payee who is to be paid, before gas is known. */
export interface Candidate {
  /** The miner's login exactly as the ledger has it. */
  readonly login: string;
  /** The login's address. */
  readonly recipient: Address;
  /** The whole balance. */
  readonly amountShannon: Shannon;
}

/** A payee who is to be paid. */
export interface Payee extends Candidate {
  /** The gas limit of its payment. */
  readonly gas: bigint;
}

/** A payee who is not paid. */
export interface Skipped {
  /** The miner's login exactly as the ledger has it. */
  readonly login: string;
  /** `null` when the balance cannot be read. */
  readonly amountShannon: Shannon | null;
  /** Why not. */
  readonly reason: SkipReason;
}

/** What stands in a login for bytes that are no text. */
const NO_TEXT = "\ufffd";

/** What is thought of one miner. */
export type Judgement =
  | { readonly kind: "pay"; readonly candidate: Candidate }
  | { readonly kind: "skip"; readonly skipped: Skipped }
  | { readonly kind: "below-threshold"; readonly login: string; readonly amountShannon: Shannon };

/** What a judgement rests on. */
export interface Rules {
  /** Whoever is owed *more* than this is paid. */
  readonly thresholdShannon: Shannon;
  /** The pool's own wallet, which is never paid. */
  readonly wallet: Address;
  /** Logins of which something is in flight, in the journal or pending. */
  readonly inFlight: ReadonlySet<string>;
  /** Logins that wait for an operator. */
  readonly held: ReadonlySet<string>;
  /** Spells addresses with their checksums. */
  readonly checksum: Checksum;
}

/**
 * Judges one miner. The threshold is strict, as for the Go payers: whoever is owed exactly the
 * threshold is not paid. A miner without a balance field was never credited and is owed 0, unless its
 * key is no text: its balance was then asked for under a name that is not its own.
 *
 * @example
 * ```ts
 * import { judge } from "./plan.ts";
 * import { shannon } from "./money.ts";
 * import type { Address } from "./address.ts";
 *
 * const judgement = judge(
 *   { login: `0x${"ab".repeat(20)}`, balance: "600000000", wrongType: null },
 *   {
 *     thresholdShannon: shannon(500_000_000n),
 *     wallet: `0x${"11".repeat(20)}` as Address,
 *     inFlight: new Set(),
 *     held: new Set(),
 *     checksum: (address) => address,
 *   },
 * );
 * console.assert(judgement.kind === "pay");
 * ```
 */
export function judge(account: MinerAccount, rules: Rules): Judgement {
  const { login } = account;
  if (account.wrongType !== null) return skip(login, null, "wrong-type");
  if (account.balance === null && login.includes(NO_TEXT)) {
    return skip(login, null, "unreadable-balance");
  }
  const amountShannon = account.balance === null ? shannon(0n) : parseShannon(account.balance);
  if (amountShannon === undefined) return skip(login, null, "unreadable-balance");
  if (amountShannon < rules.thresholdShannon) {
    return { kind: "below-threshold", login, amountShannon };
  }
  if (amountShannon === rules.thresholdShannon) return skip(login, amountShannon, "at-threshold");
  if (amountShannon < 1n) return skip(login, amountShannon, "nothing-owed");
  const parsed = parseAddress(login, rules.checksum);
  if ("fault" in parsed) return skip(login, amountShannon, parsed.fault);
  if (parsed.address === ZERO_ADDRESS) return skip(login, amountShannon, "zero-address");
  if (parsed.address === rules.wallet) return skip(login, amountShannon, "pool-wallet");
  if (rules.held.has(login)) return skip(login, amountShannon, "held");
  if (rules.inFlight.has(login)) return skip(login, amountShannon, "in-flight");
  return { kind: "pay", candidate: { login, recipient: parsed.address, amountShannon } };
}

/**
 * The order in which payees are paid: the smallest amounts first, so that funds that run short still
 * reach as many as they can; equal amounts by login. The same ledger gives the same order.
 */
export function inPlanOrder<T extends Candidate>(candidates: readonly T[]): readonly T[] {
  return candidates.toSorted((a, b) =>
    a.amountShannon === b.amountShannon
      ? (a.login < b.login ? -1 : 1)
      : (a.amountShannon < b.amountShannon ? -1 : 1)
  );
}

/** Why the ledger owes more than the operator thought possible, or `undefined` when it does not. */
export function brokenLimit(
  candidates: readonly Candidate[],
  limits: Pick<Policy, "maxPaymentShannon" | "maxTotalShannon">,
): string | undefined {
  const { maxPaymentShannon, maxTotalShannon } = limits;
  if (maxPaymentShannon !== null) {
    const over = candidates.find(({ amountShannon }) => amountShannon > maxPaymentShannon);
    if (over !== undefined) {
      return `"${over.login}" is owed ${over.amountShannon} Shannon, ` +
        `more than payouts.maxPayment (${maxPaymentShannon})`;
    }
  }
  const totalShannon = sumShannon(candidates.map(({ amountShannon }) => amountShannon));
  if (maxTotalShannon !== null && totalShannon > maxTotalShannon) {
    return `${candidates.length} payees are owed ${totalShannon} Shannon, ` +
      `more than payouts.maxTotal (${maxTotalShannon})`;
  }
  return undefined;
}

/** What a wallet's coins cover of a plan. */
export interface Coverage {
  /** The payees whose value and fee ceiling the coins cover, in the plan's order. */
  readonly covered: readonly Payee[];
  /** The payees for whom the coins do not suffice. */
  readonly uncovered: readonly Payee[];
  /** The most that the fees of all payees can come to. */
  readonly feeCeilingWei: bigint;
  /** What is missing for all of them; 0 when nothing is. */
  readonly shortfallWei: bigint;
}

/**
 * Takes payees in order for as long as value + fee ceiling of all taken fit into what is available.
 * It stops at the first that does not fit: nobody is overtaken.
 *
 * @example
 * ```ts ignore
 * const { covered, shortfallWei } = cover(payees, { availableWei: balanceWei, ceilingWei });
 * ```
 */
export function cover(
  payees: readonly Payee[],
  funds: { readonly availableWei: bigint; readonly ceilingWei: Wei },
): Coverage {
  let costWei = 0n;
  let feeCeilingWei = 0n;
  let coveredCount = 0;
  for (const [index, payee] of payees.entries()) {
    feeCeilingWei += payee.gas * funds.ceilingWei;
    costWei += costOf(payee, funds.ceilingWei);
    if (costWei <= funds.availableWei) coveredCount = index + 1;
  }
  return {
    covered: payees.slice(0, coveredCount),
    uncovered: payees.slice(coveredCount),
    feeCeilingWei,
    shortfallWei: costWei > funds.availableWei ? costWei - funds.availableWei : 0n,
  };
}

/** The most that a payment to a payee can take from the wallet, in Wei. */
export function costOf(payee: Payee, ceilingWei: Wei): bigint {
  return weiOfShannon(payee.amountShannon) + payee.gas * ceilingWei;
}

function skip(login: string, amountShannon: Shannon | null, reason: SkipReason): Judgement {
  return { kind: "skip", skipped: { login, amountShannon, reason } };
}
