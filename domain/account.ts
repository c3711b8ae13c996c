/**
 * The accounts of the ledger, and the money in them.
 *
 * @module
 */

/** An account of the ledger: a miner's hash or the pool's `P:finances`. */
export type Account = { readonly kind: "miner"; readonly login: string } | {
  readonly kind: "finances";
};

/** The money fields of an account. */
export type MoneyField = typeof MONEY_FIELDS[number];

/** All of them. */
export const MONEY_FIELDS = ["balance", "pending", "paid"] as const;
