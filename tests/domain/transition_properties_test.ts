import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { findProblems } from "../../domain/commit_check.ts";
import { effectsOf } from "../../domain/effect.ts";
import { decodeRecord } from "../../domain/journal_record.ts";
import { shannon } from "../../domain/money.ts";
import { paymentKey, withAttempt } from "../../domain/payment.ts";
import { parsePendingRow } from "../../domain/pending_row.ts";
import type { Transition } from "../../domain/transition.ts";
import { attemptOf, hashOf, paymentOf, WALLET } from "./arbitraries.ts";
import { LedgerModel } from "./ledger_model.ts";
import { pureTest } from "./pure.ts";

pureTest("transitions keep every sum of the ledger, whatever is tried in whatever order", () => {
  fc.assert(
    fc.property(anyHistory(), ({ balances, commits }) => {
      const ledger = ledgerOwing(balances);
      const owned = { miners: total(ledger, "sumOfMiners"), pool: total(ledger, "sumOfPool") };
      for (const { orphaned, steps } of commits) {
        if (orphaned !== null) creditBackBehindOurBack(ledger, orphaned);
        const commit = steps.map((step) => transitionOf(step, ledger));
        if (findProblems(commit, ledger).length > 0) continue;
        for (const effect of commit.flatMap(effectsOf)) ledger.apply(effect);
        const pending = ledger.sumOfPendingRows();
        strictEqual(ledger.sumOfMiners("pending"), pending);
        strictEqual(ledger.sumOfPool("pending"), pending);
        strictEqual(ledger.sumOfMiners("paid"), ledger.sumOfPaidRows());
        strictEqual(ledger.sumOfPool("paid"), ledger.sumOfPaidRows());
        strictEqual(total(ledger, "sumOfMiners"), owned.miners);
        strictEqual(total(ledger, "sumOfPool"), owned.pool);
        const withoutRecord = [...ledger.pendingRows.keys()].filter((key) =>
          !ledger.records.has(key)
        );
        deepStrictEqual(withoutRecord, []);
      }
    }),
    { numRuns: 500 },
  );
});

/** Few payees and amounts, so that transitions meet. */
interface History {
  readonly balances: readonly bigint[];
  readonly commits: readonly Commit[];
}

/** Steps that are tried in one commit. */
interface Commit {
  readonly steps: readonly Step[];
  /** A Go resolver credits one of the pending rows back before it; `null`: as a rule it does not. */
  readonly orphaned: number | null;
}

/** What is tried with one payment, which may be in flight, over, or not there yet. */
interface Step {
  readonly kind: Exclude<Transition["kind"], "hold" | "release" | "note-server">;
  readonly login: string;
  readonly amount: bigint;
  /** How far it is beside the nonce that would fit; 0 as a rule. */
  readonly off: number;
  readonly hash: number;
}

const LOGINS = ["a", "a:1", "finances"];

function anyHistory(): fc.Arbitrary<History> {
  const anyStep: fc.Arbitrary<Step> = fc.record({
    kind: fc.constantFrom(
      ...["debit", "debit", "settle", "credit-back", "advance-nonce", "record-attempt"] as const,
      ...["record-paid", "drop", "debit-again"] as const,
    ),
    login: fc.constantFrom(...LOGINS),
    amount: fc.constantFrom(1n, 2n),
    off: fc.oneof({ arbitrary: fc.constant(0), weight: 9 }, fc.integer({ min: -1, max: 1 })),
    hash: fc.nat(3),
  });
  return fc.record({
    balances: fc.array(fc.bigInt({ min: -1n, max: 9n }), { minLength: 3, maxLength: 3 }),
    commits: fc.array(
      fc.record({
        steps: fc.array(anyStep, { minLength: 1, maxLength: 2 }),
        orphaned: fc.option(fc.nat(9), { freq: 4 }),
      }),
      { minLength: 20, maxLength: 60 },
    ),
  });
}

/** The transition that a step means in this ledger. */
function transitionOf(step: Step, ledger: LedgerModel): Transition {
  const { login, off } = step;
  const amountShannon = shannon(step.amount);
  const next = Math.max(0, Number(ledger.nonces.get(WALLET)) + off);
  const record = ledger.records.get(paymentKey({ login, amountShannon }));
  const found = record === undefined || off !== 0 ? undefined : decodeRecord(record);
  const payment = found !== undefined && "payment" in found
    ? found.payment
    : paymentOf({ login, amountShannon, nonce: next });
  const hash = hashOf(step.hash);
  switch (step.kind) {
    case "debit":
    case "debit-again":
      return { kind: step.kind, payment: { ...payment, nonce: next } };
    case "settle":
      return { kind: "settle", debt: payment, payment, hash, at: 1 };
    case "credit-back":
      return { kind: "credit-back", debt: payment, payment, hold: null };
    case "record-paid":
      return {
        kind: "record-paid",
        debt: payment,
        payment,
        spent: spentBy(step, next),
        hash,
        at: 1,
      };
    case "drop":
      return { kind: "drop", payment, hold: null };
    case "advance-nonce":
      return { kind: "advance-nonce", wallet: WALLET, from: next, to: next + 1 };
    case "record-attempt":
      return {
        kind: "record-attempt",
        before: payment,
        after: withAttempt(payment, attemptOf(hash)),
      };
    default:
      return step.kind satisfies never;
  }
}

/** Every other one is of a nonce that the ledger has forgotten, too. */
function spentBy({ hash }: Step, nonce: number): { wallet: typeof WALLET; nonce: number } | null {
  return hash % 2 === 0 ? null : { wallet: WALLET, nonce };
}

/** What a Go resolver does to a pending row, whosever it is: our record stays. */
function creditBackBehindOurBack(ledger: LedgerModel, index: number): void {
  const key = [...ledger.pendingRows.keys()][index];
  const row = key === undefined ? undefined : parsePendingRow(key, 0);
  if (row?.kind !== "row") return;
  const gone = effectsOf({ kind: "credit-back", debt: row, payment: null, hold: null });
  for (const effect of gone) if (effect.kind !== "erase-journal") ledger.apply(effect);
}

function ledgerOwing(balances: readonly bigint[]): LedgerModel {
  const ledger = new LedgerModel();
  ledger.nonces.set(WALLET, "0");
  LOGINS.forEach((login, index) =>
    ledger.setMoney({ kind: "miner", login }, "balance", String(balances[index] ?? 0n))
  );
  return ledger;
}

function total(ledger: LedgerModel, sum: "sumOfMiners" | "sumOfPool"): bigint {
  return ledger[sum]("balance") + ledger[sum]("pending") + ledger[sum]("paid");
}
