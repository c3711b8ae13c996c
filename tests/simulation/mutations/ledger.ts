/**
 * Bugs of the lock and of what a commit checks.
 *
 * @module
 */

import type { Mutation } from "./mutation.ts";

/** Bugs of the lock and of what a commit checks. */
export const LEDGER: readonly Mutation[] = [
  {
    name: "no fence on commits",
    file: "adapters/memory/ledger.ts",
    find: 'return seam("commit", () => {\n      this.#demandLock();',
    replace: 'return seam("commit", () => {',
  },
  {
    name: "lock released with payments in flight",
    file: "adapters/memory/ledger.ts",
    find: "if (isSettled) store.delete(keys.lock);",
    replace: "store.delete(keys.lock);",
  },
  {
    name: "the lock of a living run is taken",
    file: "adapters/memory/ledger.ts",
    find: "if (lease !== null && lease !== value) return",
    replace: "if (lease === undefined) return",
  },
  {
    name: "the next nonce is not written",
    file: "domain/effect.ts",
    find: '{ kind: "set-nonce", wallet: payment.wallet, next: payment.nonce + 1 },',
    replace: "",
  },
  {
    name: "the next nonce is not compared",
    file: "domain/expectation.ts",
    find: '{ kind: "nonce", wallet: payment.wallet, next: payment.nonce },',
    replace: "",
  },
  {
    name: "a settled payment stays pending",
    file: "domain/effect.ts",
    find: 'putPaid(settle),\n    { kind: "remove-pending", key },',
    replace: "putPaid(settle),",
  },
  {
    name: "the pool's finances do not follow",
    file: "domain/effect.ts",
    find: 'login: debt.login }, { kind: "finances" }];',
    replace: "login: debt.login }];",
  },
  {
    name: "a login in flight is planned again",
    file: "domain/leftovers.ts",
    find: "...leftovers.payments.map(({ login }) => login),",
    replace: "",
  },
  {
    name: "held payees are planned",
    file: "domain/plan.ts",
    find: "if (rules.held.has(login))",
    replace: "if (rules.held.has(`${login}?`))",
  },
  {
    name: "what is credited back counts as paid",
    file: "domain/effect.ts",
    find: '...move(creditBack.debt, "pending", "balance"),',
    replace: '...move(creditBack.debt, "pending", "paid"),',
  },
  {
    name: "a Go payer's lock is taken without a word",
    file: "adapters/memory/ledger.ts",
    find: "if (lock !== null && !isOfPaydirt(lock) && lock !== options.overGoPayer) {",
    replace: 'if (lock === "") {',
  },
];
