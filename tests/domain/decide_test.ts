import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import type { Hash, Hex } from "../../domain/address.ts";
import {
  decide,
  type DecidePolicy,
  type Facts,
  type InFlight,
  type Spender,
  type Verdict,
} from "../../domain/decide.ts";
import { ABSENT, type Fact, present, unknown } from "../../domain/fact.ts";
import { wei } from "../../domain/money.ts";
import type { BlockRef, Payment } from "../../domain/payment.ts";
import type { MinedTransaction, Receipt } from "../../domain/ports/chain.ts";
import {
  addressOf,
  attemptOf,
  blockOf,
  eip1559Of,
  hashOf,
  headersOf,
  legacyOf,
  paymentOf,
  WALLET,
} from "./arbitraries.ts";
import { pureTest } from "./pure.ts";

/** The head is block 120; with 12 confirmations the newest final block is 109. */
const HEAD = 120;
const FINAL = blockOf(109);
const SHALLOW = blockOf(110);
const OFF_CHAIN = blockOf(109, { id: 1, at: 105 });

const POLICY: DecidePolicy = {
  confirmations: 12,
  bumpAfterBlocks: 5,
  cancelAfterBlocks: 30,
  gas: { kind: "auto" },
  ceilingWei: wei(100n),
};

const FIRST = hashOf(0xa1);
const SECOND = hashOf(0xa2);
const STRANGE = hashOf(0xbad);

const ONE_TRY = paymentOf();
const BUMPED = paymentOf({ attempts: [attemptOf(FIRST), attemptOf(SECOND)] });
const CANCELLED = paymentOf({
  attempts: [attemptOf(FIRST), attemptOf(SECOND, { kind: "cancel" })],
});

/** The mempool holds the payment; nothing after it was sent. */
const IN_POOL = { latestNonce: present(7), pendingNonce: present(8), finalNonce: present(7) };

/** The node knows nothing of the payment. */
const NOT_IN_POOL = { ...IN_POOL, pendingNonce: present(7) };

/** The payment's nonce is spent at the head. */
const SPENT = { latestNonce: present(8), pendingNonce: present(8), finalNonce: present(7) };

/** The payment's nonce is spent in a final block. */
const SPENT_FOR_GOOD = { ...SPENT, finalNonce: present(8) };

pureTest("decide() answers for every payment, in order", () => {
  const flights = [paymentOf({ nonce: 8 }), ONE_TRY].map((payment) => flightOf(payment));
  const decided = decide(flights, factsOf({ ...SPENT, receipts: mined(FIRST, FINAL) }), POLICY);
  deepStrictEqual(decided.map(({ flight }) => flight), flights);
  deepStrictEqual(decided.map(({ verdict }) => verdict.kind), ["send-again", "settle"]);
});

pureTest("decide() settles a payment that is final", () => {
  const verdict = verdictOf(ONE_TRY, { ...SPENT, receipts: mined(FIRST, FINAL) });
  deepStrictEqual(verdict, { kind: "settle", hash: FIRST, block: 109, feeWei: 21_000n });
});

pureTest("decide() settles with the attempt that was mined, whichever it is", () => {
  for (const hash of [FIRST, SECOND]) {
    const receipts = new Map([[FIRST, ABSENT], [SECOND, ABSENT], ...mined(hash, FINAL)]);
    const verdict = verdictOf(BUMPED, { ...SPENT, receipts });
    deepStrictEqual(verdict, { kind: "settle", hash, block: 109, feeWei: 21_000n });
  }
});

pureTest("decide() settles although a cancel was sent, when the payment was mined", () => {
  const verdict = verdictOf(CANCELLED, { ...SPENT, receipts: mined(FIRST, FINAL) });
  strictEqual(verdict.kind, "settle");
});

pureTest("decide() settles what is deep in older linked headers", () => {
  const runs = [headersOf(100, HEAD), headersOf(40, 51)];
  const verdictAt = (number: number): Verdict =>
    verdictOf(ONE_TRY, { ...SPENT, runs, receipts: mined(FIRST, blockOf(number)) });
  strictEqual(verdictAt(40).kind, "settle");
  strictEqual(verdictAt(41).kind, "wait");
});

pureTest("decide() credits a final reverted payment back and holds the payee", () => {
  const verdict = verdictOf(ONE_TRY, { ...SPENT, receipts: mined(FIRST, FINAL, "reverted") });
  deepStrictEqual(verdict, {
    kind: "credit-back",
    reason: "reverted",
    hash: FIRST,
    feeWei: 21_000n,
    hold: "reverted",
    stranger: null,
  });
});

pureTest("decide() credits back when the cancel is final, whatever its status", () => {
  for (const status of ["success", "reverted", "missing"] as const) {
    const verdict = verdictOf(CANCELLED, { ...SPENT, receipts: mined(SECOND, FINAL, status) });
    deepStrictEqual(verdict, {
      kind: "credit-back",
      reason: "cancelled",
      hash: SECOND,
      feeWei: 21_000n,
      hold: "cancelled",
      stranger: null,
    });
  }
});

pureTest("decide() waits while what was mined is not final", () => {
  for (const status of ["success", "reverted"] as const) {
    const facts = { ...SPENT_FOR_GOOD, receipts: mined(FIRST, SHALLOW, status) };
    waits(verdictOf(ONE_TRY, facts), "mined, not final yet");
  }
  waits(verdictOf(CANCELLED, { ...SPENT, receipts: mined(SECOND, SHALLOW) }), "not final");
});

pureTest("decide() waits when the block that was told is not on our chain", () => {
  for (const block of [OFF_CHAIN, blockOf(99), blockOf(121)]) {
    const facts = { ...SPENT_FOR_GOOD, receipts: mined(FIRST, block) };
    waits(verdictOf(ONE_TRY, facts), "off our chain");
  }
});

pureTest("decide() takes no block off our chain for final, not even with 0 confirmations", () => {
  const facts = { ...SPENT, receipts: mined(FIRST, OFF_CHAIN) };
  waits(verdictOf(ONE_TRY, facts, {}, { confirmations: 0 }), "off our chain");
});

pureTest("decide() waits when two attempts of one nonce are told to be mined", () => {
  const runs = [headersOf(100, HEAD), headersOf(100, HEAD, { id: 1, at: 105 })];
  for (const block of [FINAL, OFF_CHAIN, SHALLOW]) {
    const receipts = new Map([
      ...mined(FIRST, block),
      ...mined(SECOND, FINAL, "reverted"),
    ]);
    waits(verdictOf(BUMPED, { ...SPENT_FOR_GOOD, runs, receipts }), "two attempts");
    waits(verdictOf(CANCELLED, { ...SPENT_FOR_GOOD, runs, receipts }), "two attempts");
  }
});

pureTest("decide() settles an attempt that was written down twice", () => {
  const payment = paymentOf({ attempts: [attemptOf(FIRST), attemptOf(FIRST)] });
  strictEqual(verdictOf(payment, { ...SPENT, receipts: mined(FIRST, FINAL) }).kind, "settle");
});

pureTest("decide() follows the chain through a reorg", () => {
  const gone = { receipts: new Map([[FIRST, ABSENT]]) };
  waits(verdictOf(ONE_TRY, { ...SPENT, ...gone }), "not in a final block");
  waits(verdictOf(ONE_TRY, { ...IN_POOL, ...gone }), "in the mempool");
  strictEqual(verdictOf(ONE_TRY, { ...NOT_IN_POOL, ...gone }).kind, "send-again");
});

pureTest("decide() waits for a payment in the mempool", () => {
  waits(verdictOf(ONE_TRY, IN_POOL, { sentAt: HEAD - 4 }), "in the mempool");
});

pureTest("decide() bumps every fee field after a while in the mempool", () => {
  const attempts = [attemptOf(FIRST, { fees: eip1559Of(80n, 8n) })];
  const verdict = verdictOf(paymentOf({ attempts }), IN_POOL, { sentAt: HEAD - 5 });
  deepStrictEqual(verdict, { kind: "replace", attempt: "pay", fees: eip1559Of(91n, 10n) });
});

pureTest("decide() bumps the newest attempt, and a cancel as a cancel", () => {
  const verdict = verdictOf(CANCELLED, IN_POOL, { sentAt: HEAD - 5 });
  deepStrictEqual(verdict, { kind: "replace", attempt: "cancel", fees: legacyOf(10n) });
});

pureTest("decide() waits with a stuck payment whose fees are at the ceiling", () => {
  const attempts = [attemptOf(FIRST, { fees: legacyOf(90n) })];
  waits(verdictOf(paymentOf({ attempts }), IN_POOL, { sentAt: HEAD - 50 }), "in the mempool");
});

pureTest("decide() sends again what the node does not know", () => {
  strictEqual(verdictOf(BUMPED, NOT_IN_POOL, { sentAt: HEAD - 4 }).kind, "send-again");
});

pureTest("decide() offers more for what nodes take and drop again", () => {
  strictEqual(verdictOf(BUMPED, NOT_IN_POOL, { sentAt: HEAD - 5 }).kind, "replace");
});

pureTest("decide() sends again what this run has not sent yet", () => {
  strictEqual(verdictOf(ONE_TRY, IN_POOL, { sentAt: null }).kind, "send-again");
});

pureTest("decide() sends an underpriced payment again, and asks for new fees after a while", () => {
  const kindAfter = (blocks: number): string =>
    verdictOf(ONE_TRY, NOT_IN_POOL, { sentAt: HEAD - blocks, underpriced: true }).kind;
  strictEqual(kindAfter(4), "send-again");
  strictEqual(kindAfter(5), "mend");
});

pureTest("decide() mends an attempt that is refused again and again", () => {
  const refused = { refusedSince: HEAD - 3 };
  strictEqual(verdictOf(ONE_TRY, NOT_IN_POOL, { ...refused, refusals: 2 }).kind, "send-again");
  strictEqual(verdictOf(ONE_TRY, NOT_IN_POOL, { ...refused, refusals: 3 }).kind, "mend");
});

pureTest("decide() cancels a payment that was refused for too long", () => {
  const refused = { refusals: 3, refusedSince: HEAD - 30 };
  deepStrictEqual(verdictOf(ONE_TRY, NOT_IN_POOL, refused), {
    kind: "replace",
    attempt: "cancel",
    fees: legacyOf(10n),
  });
  const attempts = [attemptOf(FIRST, { fees: legacyOf(100n) })];
  deepStrictEqual(verdictOf(paymentOf({ attempts }), NOT_IN_POOL, refused), {
    kind: "replace",
    attempt: "cancel",
    fees: legacyOf(100n),
  });
});

pureTest("decide() never pays after a cancel, however often that is refused", () => {
  for (const refusedSince of [HEAD - 3, HEAD - 300]) {
    const verdict = verdictOf(CANCELLED, NOT_IN_POOL, { refusals: 9, refusedSince });
    strictEqual(verdict.kind, "send-again");
  }
});

pureTest("decide() waits when the nonce is spent, but by nothing that is final", () => {
  const receipts = new Map([[FIRST, ABSENT]]);
  waits(verdictOf(ONE_TRY, { ...SPENT, receipts }), "not in a final block");
  const spenders = new Map([[7, present(spenderOf({ valueWei: wei(1n) }))]]);
  waits(verdictOf(ONE_TRY, { ...SPENT, receipts, spenders }), "not in a final block");
});

pureTest("decide() looks for what spent the nonce until a scan was complete", () => {
  strictEqual(verdictOf(ONE_TRY, SPENT_FOR_GOOD).kind, "investigate");
  strictEqual(
    verdictOf(ONE_TRY, { ...SPENT_FOR_GOOD, spenders: new Map([[8, ABSENT]]) }).kind,
    "investigate",
  );
  strictEqual(verdictOfSpender(unknown("a time-out")).kind, "investigate");
});

pureTest("decide() holds a payment whose nonce was spent by nothing that a scan can find", () => {
  deepStrictEqual(verdictOfSpender(ABSENT), { kind: "hold", reason: "nonce-vanished" });
});

pureTest("decide() settles with the payment itself under a hash that nobody recorded", () => {
  const verdict = verdictOfSpender(present(spenderOf({})));
  deepStrictEqual(verdict, { kind: "settle", hash: STRANGE, block: 109, feeWei: 21_000n });
});

pureTest("decide() credits back a lost attempt that reverted, and holds the payee", () => {
  const verdict = verdictOfSpender(present(spenderOf({}, { status: "reverted" })));
  deepStrictEqual(verdict, {
    kind: "credit-back",
    reason: "reverted",
    hash: STRANGE,
    feeWei: 21_000n,
    hold: "reverted",
    stranger: null,
  });
});

pureTest("decide() settles a lost plain transfer without a status, and holds any other", () => {
  const spender = present(spenderOf({}, { status: "missing" }));
  const fixed = { gas: { kind: "fixed", gas: 21_000n, gasPriceWei: wei(1n) } } as const;
  strictEqual(verdictOfSpender(spender).kind, "settle");
  const hold = { kind: "hold", reason: "status-missing" };
  deepStrictEqual(verdictOfSpender(spender, fixed), hold);
  const receipts = mined(FIRST, FINAL, "missing");
  deepStrictEqual(verdictOf(ONE_TRY, { ...SPENT, receipts }, {}, fixed), hold);
});

pureTest(
  "decide() holds when the spender is recorded as a payment already, whatever it did",
  () => {
    for (const changes of [{}, { to: addressOf(9) }, { data: "0x01" as Hex }]) {
      const verdict = verdictOfSpender(present(spenderOf(changes, { recorded: true })));
      deepStrictEqual(verdict, { kind: "hold", reason: "recorded" });
    }
  },
);

pureTest("decide() credits back when another transaction took the nonce, and reports it", () => {
  for (const changes of [{ to: addressOf(9) }, { to: null }, { to: WALLET }]) {
    for (const status of ["success", "reverted", "missing"] as const) {
      const spender = spenderOf(changes, { status });
      deepStrictEqual(verdictOfSpender(present(spender)), {
        kind: "credit-back",
        reason: "nonce-taken",
        hash: STRANGE,
        feeWei: 21_000n,
        hold: null,
        stranger: spender.transaction,
      });
    }
  }
});

pureTest("decide() holds the payee in the same step when the other transaction was to him", () => {
  for (const changes of [{ valueWei: wei(1n) }, { data: "0x01" as Hex }]) {
    const spender = spenderOf(changes);
    deepStrictEqual(verdictOfSpender(present(spender)), {
      kind: "credit-back",
      reason: "nonce-taken",
      hash: STRANGE,
      feeWei: 21_000n,
      hold: "paid-by-stranger",
      stranger: spender.transaction,
    });
  }
});

pureTest("decide() takes a zero transfer to the wallet for a cancel, under any hash", () => {
  const verdict = verdictOfSpender(present(spenderOf({ to: WALLET, valueWei: wei(0n) })));
  deepStrictEqual(verdict, {
    kind: "credit-back",
    reason: "cancelled",
    hash: STRANGE,
    feeWei: 21_000n,
    hold: "cancelled",
    stranger: null,
  });
});

pureTest("decide() takes a transaction at another nonce for no evidence", () => {
  strictEqual(
    verdictOfSpender(present(spenderOf({ nonce: 8, to: addressOf(9) }))).kind,
    "investigate",
  );
});

pureTest("decide() settles a plain transfer without a status, and holds any other", () => {
  const kindWith = (gas: bigint): Verdict =>
    verdictOf(paymentOf({ attempts: [attemptOf(FIRST, { gas })] }), {
      ...SPENT,
      receipts: mined(FIRST, FINAL, "missing"),
    });
  strictEqual(kindWith(21_000n).kind, "settle");
  deepStrictEqual(kindWith(21_001n), { kind: "hold", reason: "status-missing" });
});

pureTest("decide() finds an attempt whose hash the node never told by its nonce", () => {
  const payment = paymentOf({ attempts: [attemptOf(FIRST, { hash: null, raw: null })] });
  strictEqual(verdictOf(payment, SPENT).kind, "wait");
  strictEqual(verdictOf(payment, SPENT_FOR_GOOD).kind, "investigate");
  const spenders = new Map([[7, present(spenderOf({}))]]);
  strictEqual(verdictOf(payment, { ...SPENT_FOR_GOOD, spenders }).kind, "settle");
});

pureTest("decide() waits for what the node does not tell", () => {
  const why = unknown("a time-out");
  const stranger = new Map([[7, present(spenderOf({ to: addressOf(9) }))]]);
  waits(verdictOf(ONE_TRY, { ...SPENT, latestNonce: why }), "wallet's nonce");
  waits(verdictOf(ONE_TRY, { ...IN_POOL, pendingNonce: why }), "mempool's nonce");
  waits(verdictOf(ONE_TRY, { ...IN_POOL, runs: [] }), "no head");
  waits(verdictOf(ONE_TRY, { ...SPENT, finalNonce: why, spenders: stranger }), "not in a final");
  const receipts = new Map([[FIRST, why]]);
  const facts = { ...SPENT_FOR_GOOD, receipts, spenders: stranger };
  waits(verdictOf(ONE_TRY, facts), "receipt");
});

pureTest("decide() credits nothing back while one receipt of several is unknown", () => {
  const receipts = new Map<Hash, Fact<Receipt>>([[FIRST, unknown("pruned")], [SECOND, ABSENT]]);
  const spenders = new Map([[7, present(spenderOf({ to: addressOf(9) }))]]);
  waits(verdictOf(BUMPED, { ...SPENT_FOR_GOOD, receipts, spenders }), "receipt");
});

function verdictOf(
  payment: Payment,
  facts: Partial<Facts>,
  seen: Partial<InFlight> = {},
  policy: Partial<DecidePolicy> = {},
): Verdict {
  const [decided] = decide([flightOf(payment, seen)], factsOf(facts), { ...POLICY, ...policy });
  if (decided === undefined) throw new Error("nothing was decided");
  return decided.verdict;
}

function verdictOfSpender(
  spender: Fact<Spender>,
  policy: Partial<DecidePolicy> = {},
): Verdict {
  const receipts = new Map([[FIRST, ABSENT]]);
  const facts = { ...SPENT_FOR_GOOD, receipts, spenders: new Map([[7, spender]]) };
  return verdictOf(ONE_TRY, facts, {}, policy);
}

/** A payment that this run sent at the head. */
function flightOf(payment: Payment, seen: Partial<InFlight> = {}): InFlight {
  return { payment, sentAt: HEAD, underpriced: false, refusals: 0, refusedSince: null, ...seen };
}

function factsOf(facts: Partial<Facts>): Facts {
  return {
    runs: [headersOf(100, HEAD)],
    receipts: new Map(),
    spenders: new Map(),
    ...SPENT,
    ...facts,
  };
}

function mined(
  hash: Hash,
  block: BlockRef,
  status: Receipt["status"] = "success",
): ReadonlyMap<Hash, Fact<Receipt>> {
  return new Map([[hash, present({ hash, block, status, feeWei: wei(21_000n) })]]);
}

/** The payment itself in a final block, under a hash that is none of ours, with changes. */
function spenderOf(
  changes: Partial<MinedTransaction>,
  about: Partial<Omit<Spender, "transaction">> = {},
): Spender {
  const transaction: MinedTransaction = {
    hash: STRANGE,
    nonce: 7,
    to: ONE_TRY.recipient,
    valueWei: ONE_TRY.valueWei,
    data: "0x" as Hex,
    block: FINAL,
    ...changes,
  };
  return { transaction, status: "success", feeWei: wei(21_000n), recorded: false, ...about };
}

function waits(verdict: Verdict, why: string): void {
  strictEqual(verdict.kind, "wait");
  if (verdict.kind === "wait") match(verdict.why, new RegExp(why));
}
