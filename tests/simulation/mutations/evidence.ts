/**
 * Bugs of what is taken for a fact.
 *
 * @module
 */

import type { Mutation } from "./mutation.ts";

/** Bugs of what is taken for a fact. */
export const EVIDENCE: readonly Mutation[] = [
  {
    name: "credited back on a missing receipt",
    file: "domain/decide.ts",
    find: 'if (unknown) return wait("the node did not report the receipt");',
    replace: `const sent = payment.attempts[0]?.hash;
  if (sent) return creditBack("nonce-taken", { hash: sent, feeWei: null, hold: null });`,
  },
  {
    name: "an unanswered scan is taken for an empty one",
    file: "app/investigate.ts",
    find: 'found ?? unknown("no final block shows it")',
    replace: "found ?? ABSENT",
  },
  {
    name: "settled on the first receipt",
    file: "domain/decide.ts",
    find: "return first.depth >= policy.confirmations",
    replace: "return first.depth >= 1",
  },
  {
    name: "settled without the status",
    file: "domain/decide.ts",
    find: `      return creditBack("reverted", { hash, feeWei, hold: "reverted" });
    case "missing":
      return runsNoCode(attempt, policy)`,
    replace: `      return { kind: "settle", hash, block: block.number, feeWei };
    case "missing":
      return runsNoCode(attempt, policy)`,
  },
  {
    name: "settled on a branch that was left",
    file: "domain/headers.ts",
    find: "if (run[index]?.hash === block.hash)",
    replace: "if (run[index] !== undefined)",
  },
  {
    name: "new headers are not linked to the old ones",
    file: "domain/headers.ts",
    find: "tip === undefined || tip.hash !== first.parentHash",
    replace: "tip === undefined",
  },
  {
    name: "a cancel is taken for the payment",
    file: "domain/decide.ts",
    find: 'if (attempt.kind === "cancel") {',
    replace: 'if (attempt.kind === "cancel" && (false as boolean)) {',
  },
  {
    name: "the payment under another hash is credited back",
    file: "domain/decide_spent.ts",
    find: "if (!isThePayment(payment, transaction)) {",
    replace: "if (true as boolean) {",
  },
  {
    name: "settled by the hash alone",
    file: "domain/decide.ts",
    find: `if (depth === 0) offChain = true;
    else mined.push({ attempt, receipt: fact.value, depth });`,
    replace: "mined.push({ attempt, receipt: fact.value, depth: depth || policy.confirmations });",
  },
  {
    name: "whoever was paid in vain is paid again at once",
    file: "domain/decide.ts",
    find: `return creditBack("reverted", { hash, feeWei, hold: "reverted" });
    case "missing":
      return runsNoCode(attempt`,
    replace: `return creditBack("reverted", { hash, feeWei, hold: null });
    case "missing":
      return runsNoCode(attempt`,
  },
  {
    name: "a stranger who took a nonce of ours holds nobody",
    file: "app/perform.ts",
    find: "    if (stranger === null) continue;",
    replace: "    if (stranger !== undefined) continue;",
  },
  {
    name: "what the ledger refused is told as paid",
    file: "app/perform.ts",
    find: "if (detail === undefined) noteEnding(run, each, ending);",
    replace: "if (detail !== null) noteEnding(run, each, ending);",
  },
];
