import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { present } from "../../domain/fact.ts";
import { attemptOf, eip1559Of, legacyOf, paymentOf } from "./arbitraries.ts";
import {
  BUMPED,
  CANCELLED,
  FIRST,
  HEAD,
  IN_POOL,
  NOT_IN_POOL,
  ONE_TRY,
  SECOND,
  verdictOf,
  waits,
} from "./decide_cases.ts";
import { pureTest } from "./pure.ts";

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

pureTest("decide() offers what replaces an earlier attempt that keeps the newest one out", () => {
  const attempts = [
    attemptOf(FIRST, { fees: eip1559Of(40n, 30n) }),
    attemptOf(SECOND, { fees: eip1559Of(90n, 20n) }),
  ];
  const payment = paymentOf({ attempts });
  const stuck = { sentAt: HEAD - 5, outbid: true };
  const fees = eip1559Of(90n, 35n);
  deepStrictEqual(verdictOf(payment, IN_POOL, stuck), { kind: "replace", attempt: "pay", fees });
  const dearer = paymentOf({ attempts: [...attempts, attemptOf(SECOND, { fees })] });
  // Whatever keeps that out as well may be cheap but for its tip.
  const tipped = { kind: "replace", attempt: "pay", fees: eip1559Of(100n, 70n) };
  deepStrictEqual(verdictOf(dearer, IN_POOL, stuck), tipped);
  const most = paymentOf({ attempts: [attemptOf(FIRST, { fees: eip1559Of(100n, 100n) })] });
  waits(verdictOf(most, IN_POOL, stuck), "in the mempool");
});

pureTest("decide() waits with a stuck payment whose fees are at the ceiling", () => {
  const attempts = [attemptOf(FIRST, { fees: legacyOf(90n) })];
  waits(verdictOf(paymentOf({ attempts }), IN_POOL, { sentAt: HEAD - 50 }), "in the mempool");
});

pureTest("decide() has a node that signs for itself sign nothing out of turn", () => {
  const attempts = [{ ...attemptOf(FIRST), hash: null, raw: null }];
  const early = { ...NOT_IN_POOL, latestNonce: present(6), pendingNonce: present(6) };
  const later = { ...NOT_IN_POOL, latestNonce: present(6), pendingNonce: present(7) };
  waits(
    verdictOf(paymentOf({ attempts }), early, { sentAt: HEAD }),
    "an earlier payment goes first",
  );
  strictEqual(verdictOf(paymentOf({ attempts }), later, { sentAt: HEAD }).kind, "send-again");
  // Bytes that are signed have their nonce.
  strictEqual(verdictOf(ONE_TRY, early, { sentAt: HEAD }).kind, "send-again");
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
