import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import {
  decideForeign,
  type ForeignCandidate,
  type ForeignVerdict,
} from "../../domain/decide_foreign.ts";
import type { ForeignRow } from "../../domain/leftovers.ts";
import { paymentKey } from "../../domain/payment.ts";
import { parsePendingRow } from "../../domain/pending_row.ts";
import { hashOf, paymentOf } from "./arbitraries.ts";
import { pureTest } from "./pure.ts";

/** A Go payer's row of which nothing else is known. */
const ROW: ForeignRow = { row: rowOf(paymentKey(paymentOf())), hash: null, nonce: null };

const anyCandidate: fc.Arbitrary<ForeignCandidate> = fc.record({
  hash: fc.nat({ max: 4 }).map(hashOf),
  nonce: fc.nat({ max: 4 }),
  status: fc.constantFrom("success", "reverted", "missing"),
  final: fc.boolean(),
  recorded: fc.boolean(),
});

const anyForeign: fc.Arbitrary<ForeignRow> = fc.record({
  hash: fc.option(fc.nat({ max: 4 }).map(hashOf)),
  nonce: fc.option(fc.nat({ max: 4 })),
}).map((known) => ({ ...ROW, ...known }));

const anyScan = fc.record({
  candidates: fc.array(anyCandidate, { maxLength: 3 }),
  complete: fc.boolean(),
});

pureTest("decideForeign() settles with the one final transfer", () => {
  deepStrictEqual(decide([candidateOf()]), { kind: "settle", hash: hashOf(1) });
});

pureTest("decideForeign() waits until the scan is complete and everything is final", () => {
  const waiting = [
    decideForeign(ROW, { candidates: [candidateOf()], complete: false }),
    decide([candidateOf({ final: false })]),
    decide([candidateOf(), candidateOf({ hash: hashOf(2), final: false })]),
  ];
  for (const { kind } of waiting) strictEqual(kind, "wait");
});

pureTest(
  "decideForeign() holds when no transfer is found, or only one that paid another row",
  () => {
    isHeld(decide([]), /no transfer of it is on the chain/);
    isHeld(decide([candidateOf({ recorded: true })]), /no transfer of it is on the chain/);
  },
);

pureTest("decideForeign() holds when several transfers could be it", () => {
  for (const status of ["success", "reverted", "missing"] as const) {
    const candidates = [candidateOf(), candidateOf({ hash: hashOf(2), nonce: 8, status })];
    isHeld(decide(candidates), /2 transfers on the chain could be this payment/);
    isHeld(decide(candidates.toReversed()), /2 transfers on the chain could be this payment/);
  }
});

pureTest("decideForeign() credits nothing back while another transfer may have arrived", () => {
  const candidates = [
    candidateOf({ status: "reverted" }),
    candidateOf({ hash: hashOf(2), status: "missing" }),
  ];
  isHeld(decide(candidates, { hash: hashOf(1) }), /2 transfers/);
});

pureTest("decideForeign() credits back a reverted transfer of the row's own hash or nonce", () => {
  const reverted = [candidateOf({ status: "reverted" })];
  const creditBack = { kind: "credit-back", hash: hashOf(1) };
  deepStrictEqual(decide(reverted, { hash: hashOf(1) }), creditBack);
  deepStrictEqual(decide(reverted, { nonce: 7 }), creditBack);
});

pureTest("decideForeign() holds a reverted transfer that the row does not name", () => {
  for (const known of [{}, { hash: hashOf(2) }, { nonce: 8 }]) {
    isHeld(decide([candidateOf({ status: "reverted" })], known), /reverted/);
  }
});

pureTest("decideForeign() holds a transfer without a status", () => {
  isHeld(decide([candidateOf({ status: "missing" })], { hash: hashOf(1) }), /does not say/);
});

pureTest("decideForeign() moves money only on one open, final candidate of a complete scan", () => {
  fc.assert(
    fc.property(anyForeign, anyScan, (foreign, scan) => {
      const verdict = decideForeign(foreign, scan);
      if (verdict.kind !== "settle" && verdict.kind !== "credit-back") return;
      ok(scan.complete);
      const open = scan.candidates.filter(({ recorded }) => !recorded);
      strictEqual(open.length, 1);
      const only = open[0]!;
      strictEqual(verdict.hash, only.hash);
      ok(only.final);
      strictEqual(only.status, verdict.kind === "settle" ? "success" : "reverted");
      if (verdict.kind === "credit-back") {
        ok(only.hash === foreign.hash || only.nonce === foreign.nonce);
      }
    }),
    { numRuns: 1_000 },
  );
});

function candidateOf(changes: Partial<ForeignCandidate> = {}): ForeignCandidate {
  return {
    hash: hashOf(1),
    nonce: 7,
    status: "success",
    final: true,
    recorded: false,
    ...changes,
  };
}

function decide(
  candidates: readonly ForeignCandidate[],
  known: Partial<ForeignRow> = {},
): ForeignVerdict {
  return decideForeign({ ...ROW, ...known }, { candidates, complete: true });
}

function isHeld(verdict: ForeignVerdict, reason: RegExp): void {
  strictEqual(verdict.kind, "hold");
  if (verdict.kind === "hold") match(verdict.reason, reason);
}

function rowOf(key: string): ForeignRow["row"] {
  const row = parsePendingRow(key, 1_790_000_000);
  if (row.kind === "malformed") throw new Error(`the test's row "${key}" is malformed`);
  return row;
}
