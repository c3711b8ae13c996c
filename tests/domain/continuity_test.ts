import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import {
  type Continuity,
  type ContinuityFacts,
  judgeContinuity,
  MAX_EXPLAINED,
  mayHaveLostWrites,
  noncesToExplain,
  recordedNonces,
} from "../../domain/continuity.ts";
import { wei } from "../../domain/money.ts";
import type { LookedUpTransaction } from "../../domain/ports/chain.ts";
import type { PaidRow } from "../../domain/ports/ledger.ts";
import { addressOf, blockOf, hashOf, WALLET } from "./arbitraries.ts";
import { pureTest } from "./pure.ts";

const anySmall = fc.nat({ max: 6 });
const anyNonces = fc.uniqueArray(anySmall).map((nonces): ReadonlySet<number> => new Set(nonces));

/** Facts close enough to each other that every row of the design comes up. */
const anyFacts: fc.Arbitrary<ContinuityFacts> = fc.record({
  ledgerNext: fc.option(anySmall),
  latestNonce: anySmall,
  pendingNonce: anySmall,
  journalled: anyNonces,
  contestedFrom: fc.constant(null),
  inFlight: anyNonces,
  unminedRow: fc.constantFrom(null, null, null, null, hashOf(1)),
  recorded: fc.oneof(anyNonces, fc.constant(new Set([0, 1, 2, 3, 4, 5, 6]))),
  lostWindow: fc.constantFrom(0, 0, 0, 0, 3),
});

const MINER = addressOf(0xab);

pureTest("judgeContinuity() goes on where ledger and chain agree", () => {
  deepStrictEqual(judge({}), { from: 7, kind: "continuous", next: 7 });
});

pureTest("judgeContinuity() starts a wallet that never sent at nonce 0", () => {
  const facts = { ledgerNext: null, latestNonce: 0, pendingNonce: 0 };
  deepStrictEqual(judge({ ...facts, journalled: new Set<number>() }), {
    from: null,
    kind: "continuous",
    next: 0,
  });
});

pureTest("judgeContinuity() takes a wallet over from a Go payer by its last payment row", () => {
  const facts = { ledgerNext: null, journalled: new Set<number>(), recorded: new Set([6]) };
  deepStrictEqual(judge(facts), { from: null, kind: "continuous", next: 7 });
});

pureTest("judgeContinuity() adopts a wallet with another past on the operator's word alone", () => {
  const continuity = judge({
    ledgerNext: null,
    journalled: new Set<number>(),
    recorded: new Set([5]),
  });
  isBroken(continuity, /has sent 7 transactions, and the last one \(nonce 6\)/);
  deepStrictEqual(continuity.remedy, { kind: "start-at", nonce: 7, from: 6 });
});

pureTest("judgeContinuity() lets a Go payer's recorded payments advance the nonce", () => {
  const continuity = judge({ latestNonce: 9, pendingNonce: 9, recorded: new Set([7, 8]) });
  deepStrictEqual(continuity, { from: 7, kind: "continuous", next: 9 });
});

pureTest("judgeContinuity() stops at a transaction that the ledger does not know", () => {
  const continuity = judge({ latestNonce: 9, pendingNonce: 9, recorded: new Set([7]) });
  isBroken(continuity, /transaction at nonce 8 is not in the ledger/);
  deepStrictEqual(continuity.remedy, { kind: "restore", from: 7 });
});

pureTest("judgeContinuity() waits for a Go payer's recent payment that is not mined", () => {
  isBroken(judge({ unminedRow: hashOf(5) }), /recorded within the hour, is not mined/);
});

pureTest(
  "judgeContinuity() debits nobody while payments are contested, whatever else is so",
  () => {
    fc.assert(fc.property(anyFacts, (facts) => {
      const judged = judgeContinuity({ ...facts, contestedFrom: 5 });
      ok(judged.kind === "broken" && judged.remedy.kind === "none");
      match(judged.why, /from nonce 5 on the ledger has other payments in flight/);
    }));
  },
);

pureTest("judgeContinuity() stops at more transactions than it can look up", () => {
  const latestNonce = 7 + MAX_EXPLAINED + 1;
  const recorded = new Set(Array.from({ length: MAX_EXPLAINED }, (_, index) => 7 + index));
  isBroken(judge({ latestNonce, pendingNonce: latestNonce, recorded }), /sent 10001 transactions/);
  strictEqual(judge({ latestNonce: latestNonce - 1, recorded }).kind, "continuous");
});

pureTest("judgeContinuity() waits for what the mempool has and the ledger has not", () => {
  const continuity = judge({ pendingNonce: 8 });
  isBroken(continuity, /mempool has a transaction of the wallet at nonce 7/);
  deepStrictEqual(continuity.remedy, { kind: "none" });
});

pureTest("judgeContinuity() offers no nonce for adoption while the mempool has another", () => {
  for (const ledgerNext of [null, 7]) {
    const facts = { ledgerNext, journalled: new Set<number>(), latestNonce: 9, pendingNonce: 10 };
    const continuity = judge(facts);
    isBroken(continuity, /mempool has a transaction of the wallet at nonce 9/);
    deepStrictEqual(continuity.remedy, { kind: "none" });
  }
});

pureTest("judgeContinuity() goes on above payments in flight", () => {
  const inFlight = new Set([4, 5, 6]);
  for (const pendingNonce of [4, 6, 7]) {
    const continuity = judge({ latestNonce: 4, pendingNonce, inFlight });
    deepStrictEqual(continuity, { from: 7, kind: "continuous", next: 7 });
  }
});

pureTest("judgeContinuity() mistrusts a node that is behind the payments in flight", () => {
  for (const inFlight of [[], [5, 6], [4, 6]]) {
    const facts = { latestNonce: 4, pendingNonce: 4, inFlight: new Set(inFlight) };
    isBroken(judge(facts), /nonce [45] is unused: it lags behind/);
  }
});

pureTest("judgeContinuity() sees from the local journal that Redis lost writes", () => {
  for (const ledgerNext of [null, 7]) {
    const continuity = judge({ ledgerNext, journalled: new Set([3, 7]) });
    isBroken(continuity, /local journal has a payment at nonce 7, .* Redis lost writes/);
    deepStrictEqual(continuity.remedy, { kind: "restore", from: ledgerNext ?? 0 });
  }
});

pureTest("judgeContinuity() restores a ledger that knows no nonce from its last row on", () => {
  const facts = { ledgerNext: null, journalled: new Set([6]), recorded: new Set([2, 3, 6]) };
  const continuity = judge(facts);
  isBroken(continuity, /Redis lost writes/);
  deepStrictEqual(continuity.remedy, { kind: "restore", from: 4 });
});

pureTest("judgeContinuity() sees from a payment in flight that the next nonce was lost", () => {
  for (const ledgerNext of [null, 7]) {
    const facts = { ledgerNext, journalled: new Set<number>(), inFlight: new Set([7]) };
    const continuity = judge({ ...facts, recorded: new Set([6]) });
    isBroken(continuity, /payment in flight at nonce 7/);
    deepStrictEqual(continuity.remedy, { kind: "none" });
  }
});

pureTest("judgeContinuity() goes on only where every nonce is accounted for", () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      strictEqual(judgeContinuity(facts).kind === "continuous", isAccountedFor(facts));
    }),
    { numRuns: 5_000 },
  );
});

pureTest("judgeContinuity() asks for a seal of as many nonces as could be in flight", () => {
  const sealed = judge({ lostWindow: 3 });
  isBroken(sealed, /may have lost writes, and nothing is in the local journal/);
  deepStrictEqual(sealed.remedy, { kind: "seal", from: 7, to: 9 });
  const waiting = judge({ lostWindow: 3, latestNonce: 6, pendingNonce: 8, inFlight: new Set([6]) });
  isBroken(waiting, /mempool has a transaction of the wallet at nonce 7/);
  deepStrictEqual(waiting.remedy, { kind: "seal", from: 7, to: 9 });
});

const SERVER = { runId: "new", maxmemoryPolicy: null, fsyncsAlways: null, replicas: 1 };

pureTest("mayHaveLostWrites() suspects another process that nothing speaks for", () => {
  const none = { noted: "old", server: SERVER, hasJournal: false };
  const journal = { kind: "journal" } as const;
  const table: [facts: Parameters<typeof mayHaveLostWrites>[0], may: boolean][] = [
    [{ ...none, durability: journal }, true],
    [{ ...none, durability: journal, noted: null }, false],
    [{ ...none, durability: journal, noted: "new" }, false],
    [{ ...none, durability: journal, hasJournal: true }, false],
    [{ ...none, durability: journal, server: { ...SERVER, fsyncsAlways: true } }, false],
    [{ ...none, durability: journal, server: { ...SERVER, runId: null } }, true],
    [{ ...none, durability: { kind: "aof" } }, true],
    [{ ...none, durability: { kind: "aof" }, hasJournal: true }, true],
    [{ ...none, durability: { kind: "aof" }, server: { ...SERVER, fsyncsAlways: true } }, false],
    [{ ...none, durability: { kind: "replicas", count: 1 } }, false],
    [{ ...none, durability: { kind: "replicas", count: 2 } }, true],
  ];
  for (const [facts, may] of table) strictEqual(mayHaveLostWrites(facts), may);
});

pureTest("judgeContinuity() gives no nonce that something may hold, not even for adoption", () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const continuity = judgeContinuity(facts);
      strictEqual(continuity.from, facts.ledgerNext);
      const next = continuity.kind === "continuous"
        ? continuity.next
        : continuity.remedy.kind === "start-at"
        ? continuity.remedy.nonce
        : null;
      if (next === null) return;
      ok(next >= facts.latestNonce && next >= facts.pendingNonce);
      ok(next >= (facts.ledgerNext ?? 0) && next > Math.max(-1, ...facts.journalled));
      for (const nonce of facts.inFlight) ok(nonce < next);
    }),
    { numRuns: 5_000 },
  );
});

pureTest("noncesToExplain() asks for what was sent since the last run, no more than it can", () => {
  const table: [ledgerNext: number | null, latestNonce: number, nonces: number[]][] = [
    [null, 0, []],
    [null, 7, [6]],
    [7, 7, []],
    [7, 4, []],
    [7, 9, [7, 8]],
  ];
  for (const [ledgerNext, latestNonce, nonces] of table) {
    deepStrictEqual(noncesToExplain({ ledgerNext, latestNonce }), nonces);
  }
  strictEqual(noncesToExplain({ ledgerNext: 7, latestNonce: 10 ** 9 }).length, MAX_EXPLAINED);
});

pureTest("recordedNonces() takes a row whose transaction paid its login its amount", () => {
  deepStrictEqual(recordedNonces(WALLET, []), new Set());
  deepStrictEqual(recordedNonces(WALLET, [pairOf({}, {})]), new Set([7]));
  const login = MINER.replace("ab", "AB");
  deepStrictEqual(recordedNonces(WALLET, [pairOf({ login }, {})]), new Set([7]));
});

pureTest("recordedNonces() takes no row that its transaction does not bear out", () => {
  const pairs = [
    pairOf({}, { block: null }),
    pairOf({}, { from: addressOf(1) }),
    pairOf({}, { to: addressOf(1) }),
    pairOf({}, { to: null }),
    pairOf({}, { valueWei: wei(5_000_000_001n) }),
    pairOf({ login: "worker-7" }, {}),
    pairOf({ amountShannon: "-5" }, {}),
    pairOf({ amountShannon: "five" }, {}),
    pairOf({ amountShannon: "" }, { valueWei: wei(0n) }),
  ];
  deepStrictEqual(recordedNonces(WALLET, pairs), new Set());
});

/** Judges a ledger, a journal and a chain that agree on nonce 7, with changes. */
function judge(changes: Partial<ContinuityFacts>): Continuity {
  const latestNonce = changes.latestNonce ?? 7;
  return judgeContinuity({
    ledgerNext: 7,
    latestNonce,
    pendingNonce: latestNonce,
    journalled: new Set([6]),
    inFlight: new Set(),
    unminedRow: null,
    recorded: new Set(),
    contestedFrom: null,
    lostWindow: 0,
    ...changes,
  });
}

function isBroken(
  continuity: Continuity,
  why: RegExp,
): asserts continuity is Continuity & { readonly kind: "broken" } {
  strictEqual(continuity.kind, "broken");
  if (continuity.kind !== "broken") return;
  match(continuity.why, why);
  ok(continuity.wayOut.length > 0);
}

/** The design's paragraph "Continuity", nonce by nonce. */
function isAccountedFor(facts: ContinuityFacts): boolean {
  const { ledgerNext, latestNonce, pendingNonce, inFlight, recorded } = facts;
  const highestJournalled = Math.max(-1, ...facts.journalled);
  if (facts.unminedRow !== null || facts.lostWindow > 0) return false;
  const next = Math.max(ledgerNext ?? 0, latestNonce);
  const nonces = [0, 1, 2, 3, 4, 5, 6];
  const knownFrom = ledgerNext ?? Math.max(0, latestNonce - 1);
  return nonces.every((nonce) => {
    const mined = nonce < latestNonce;
    if (mined && nonce >= knownFrom && !recorded.has(nonce)) return false;
    if (!mined && nonce < next && !inFlight.has(nonce)) return false;
    if (nonce >= next && (inFlight.has(nonce) || nonce < pendingNonce)) return false;
    return nonce < (ledgerNext ?? 0) ||
      (!inFlight.has(nonce) && nonce > highestJournalled);
  });
}

function pairOf(
  row: Partial<PaidRow>,
  transaction: Partial<LookedUpTransaction>,
): { readonly row: PaidRow; readonly transaction: LookedUpTransaction } {
  const hash = hashOf(1);
  return {
    row: { hash, login: MINER, amountShannon: "5", at: 1_790_000_000, ...row },
    transaction: {
      hash,
      from: WALLET,
      nonce: 7,
      to: MINER,
      valueWei: wei(5_000_000_000n),
      data: "0x" as LookedUpTransaction["data"],
      block: blockOf(100),
      ...transaction,
    },
  };
}
