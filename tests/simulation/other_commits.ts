/**
 * A ledger whose commits are another function's, for tests of what goes wrong with one.
 *
 * @module
 */

import type { Fence, Ledger } from "../../domain/ports/ledger.ts";

/** The same ledger, but for the commits of the fences that it gives. */
export function withCommit(ledger: Ledger, commitOf: (fence: Fence) => Fence["commit"]): Ledger {
  return {
    name: ledger.name,
    server: () => ledger.server(),
    miners: (signal) => ledger.miners(signal),
    obligations: () => ledger.obligations(),
    recorded: (rows) => ledger.recorded(rows),
    newestPaid: (limit) => ledger.newestPaid(limit),
    checkTypes: () => ledger.checkTypes(),
    [Symbol.asyncDispose]: () => ledger[Symbol.asyncDispose](),
    async lock(runId, options) {
      const outcome = await ledger.lock(runId, options);
      if (outcome.kind !== "taken") return outcome;
      const { fence } = outcome;
      return {
        kind: "taken",
        fence: {
          commit: commitOf(fence),
          persist: (how) => fence.persist(how),
          confirm: () => fence.confirm(),
          renew: () => fence.renew(),
          release: () => fence.release(),
        },
      };
    },
  };
}
