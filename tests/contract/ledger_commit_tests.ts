/**
 * What every ledger writes: the very keys, transition by transition.
 *
 * @module
 */

import { deepStrictEqual } from "node:assert/strict";
import type { LedgerDump } from "../../adapters/memory/ledger_store.ts";
import { decodeHold, encodeHold, type Hold } from "../../domain/hold.ts";
import { encodeRecord } from "../../domain/journal_record.ts";
import { newestAttempt, type Payment, paymentKey, withAttempt } from "../../domain/payment.ts";
import type { Transition } from "../../domain/transition.ts";
import {
  ALICE,
  ALICE_CREDITED,
  ALICE_IN_FLIGHT,
  ALICE_LEFT_BY_GO,
  ALICE_ORPHANED,
  ALICE_SETTLED,
  BOB,
  bumped,
  commit,
  hash,
  hashOf,
  type LedgerTest,
  payment,
  POOL,
  records,
  SETTLED_AT,
  TO_ALICE,
  WALLET,
  without,
  zset,
} from "./ledger_fixtures.ts";

const HOLD: Hold = { login: ALICE, reason: "reverted", since: SETTLED_AT };

/** Registers the tests. */
export function ledgerCommitTests(test: LedgerTest): void {
  function writes(
    what: string,
    { before, transitions, after }: {
      readonly before: LedgerDump;
      readonly transitions: readonly Transition[];
      readonly after: LedgerDump;
    },
  ): void {
    test(`commit() writes ${what}`, async (harness) => {
      await harness.seed(before);
      await commit(harness, transitions);
      deepStrictEqual(await records(harness), after);
    });
  }

  writes("a debit", {
    before: POOL,
    transitions: [{ kind: "debit", payment: TO_ALICE }],
    after: ALICE_IN_FLIGHT,
  });

  const unhashed: Payment = {
    ...TO_ALICE,
    attempts: [{ ...newestAttempt(TO_ALICE), hash: null, raw: null }],
  };
  writes("a debit without a hash", {
    before: POOL,
    transitions: [{ kind: "debit", payment: unhashed }],
    after: {
      ...without(ALICE_IN_FLIGHT, ["eth:payments:pendingtx"]),
      "eth:payments:journal": hash({ [paymentKey(TO_ALICE)]: encodeRecord(unhashed) }),
    },
  });

  const exact = payment({ login: "a:b", amount: 9_007_199_254_740_993n, nonce: 7 });
  writes("amounts above 2^53 to the last Shannon, of a login with a colon", {
    before: {
      "eth:finances": hash({ balance: "9223372036854775807", pending: "0" }),
      "eth:miners:a:b": hash({ balance: "9007199254740995" }),
      "eth:payments:nonces": hash({ [WALLET]: "7" }),
    },
    transitions: [
      { kind: "debit", payment: exact },
      { kind: "settle", debt: exact, payment: exact, hash: hashOf(7), at: SETTLED_AT },
    ],
    after: {
      "eth:finances": hash({
        balance: "9214364837600034814",
        pending: "0",
        paid: "9007199254740993",
      }),
      "eth:miners:a:b": hash({ balance: "2", pending: "0", paid: "9007199254740993" }),
      "eth:payments:nonces": hash({ [WALLET]: "8" }),
      "eth:payments:all": zset([`${hashOf(7)}:a:b:9007199254740993`, SETTLED_AT]),
      "eth:payments:a:b": zset([`${hashOf(7)}:9007199254740993`, SETTLED_AT]),
    },
  });

  const after = bumped(TO_ALICE, 70);
  writes("an attempt more, and moves no money", {
    before: ALICE_IN_FLIGHT,
    transitions: [{ kind: "record-attempt", before: TO_ALICE, after }],
    after: {
      ...ALICE_IN_FLIGHT,
      "eth:payments:journal": hash({ [paymentKey(TO_ALICE)]: encodeRecord(after) }),
      "eth:payments:pendingtx": hash({ [paymentKey(TO_ALICE)]: hashOf(70) }),
    },
  });

  writes("a settlement", {
    before: ALICE_IN_FLIGHT,
    transitions: [settleAlice(TO_ALICE)],
    after: ALICE_SETTLED,
  });
  writes("a settlement of what a Go payer left", {
    before: ALICE_LEFT_BY_GO,
    transitions: [settleAlice(null)],
    after: ALICE_SETTLED,
  });
  writes("a settlement of what a Go payer left, with its notes", {
    before: without(ALICE_IN_FLIGHT, ["eth:payments:journal"]),
    transitions: [settleAlice(null)],
    after: ALICE_SETTLED,
  });

  writes("a credit back", {
    before: ALICE_IN_FLIGHT,
    transitions: [{ kind: "credit-back", debt: TO_ALICE, payment: TO_ALICE, hold: null }],
    after: ALICE_CREDITED,
  });
  writes("a credit back that holds the payee", {
    before: ALICE_IN_FLIGHT,
    transitions: [{ kind: "credit-back", debt: TO_ALICE, payment: TO_ALICE, hold: HOLD }],
    after: { ...ALICE_CREDITED, "eth:payments:held": hash({ [ALICE]: encodeHold(HOLD) }) },
  });
  writes("a credit back of what a Go payer left", {
    before: ALICE_LEFT_BY_GO,
    transitions: [{ kind: "credit-back", debt: TO_ALICE, payment: null, hold: null }],
    after: ALICE_CREDITED,
  });

  writes("a hold, over an older one", {
    before: { ...POOL, "eth:payments:held": hash({ [ALICE]: "by hand", [BOB]: "by hand" }) },
    transitions: [{ kind: "hold", hold: HOLD }],
    after: {
      ...POOL,
      "eth:payments:held": hash({
        [ALICE]: '{"v":1,"reason":"reverted","since":1790000500}',
        [BOB]: "by hand",
      }),
    },
  });

  const recordPaid = (payment: Payment | null): Transition => ({
    kind: "record-paid",
    debt: TO_ALICE,
    payment,
    spent: null,
    hash: hashOf(70),
    at: SETTLED_AT,
  });
  writes("what an orphan paid", {
    before: ALICE_ORPHANED,
    transitions: [recordPaid(TO_ALICE)],
    after: ALICE_SETTLED,
  });
  writes("a payment that the ledger forgot", {
    before: ALICE_CREDITED,
    transitions: [recordPaid(null)],
    after: ALICE_SETTLED,
  });
  writes("a payment that the ledger forgot, also where the balance becomes negative", {
    before: { ...ALICE_CREDITED, [`eth:miners:${ALICE}`]: hash({ balance: "5" }) },
    transitions: [recordPaid(null)],
    after: {
      ...ALICE_SETTLED,
      [`eth:miners:${ALICE}`]: hash({ balance: "-599999995", paid: "600000000" }),
    },
  });
  writes("the end of an orphan, and moves no money", {
    before: ALICE_ORPHANED,
    transitions: [{ kind: "drop", payment: TO_ALICE, hold: null }],
    after: ALICE_CREDITED,
  });
  writes("the end of an orphan whose payee is held", {
    before: ALICE_ORPHANED,
    transitions: [{ kind: "drop", payment: TO_ALICE, hold: HOLD }],
    after: { ...ALICE_CREDITED, "eth:payments:held": hash({ [ALICE]: encodeHold(HOLD) }) },
  });
  const another = {
    "eth:payments:pending": zset([paymentKey(TO_ALICE), TO_ALICE.debitedAt + 60]),
  };
  writes("the end of an orphan whose login a Go payer debited anew, and leaves that row alone", {
    before: { ...ALICE_ORPHANED, ...another },
    transitions: [{ kind: "drop", payment: TO_ALICE, hold: null }],
    after: { ...ALICE_CREDITED, ...another },
  });
  const cancelled = withAttempt(TO_ALICE, {
    ...newestAttempt(TO_ALICE),
    kind: "cancel",
    hash: hashOf(71),
  });
  writes("a cancel of a payment whose pending row is gone", {
    before: ALICE_ORPHANED,
    transitions: [{ kind: "record-attempt", before: TO_ALICE, after: cancelled }],
    after: {
      ...ALICE_ORPHANED,
      "eth:payments:journal": hash({ [paymentKey(TO_ALICE)]: encodeRecord(cancelled) }),
      "eth:payments:pendingtx": hash({ [paymentKey(TO_ALICE)]: hashOf(71) }),
    },
  });

  for (const record of [encodeHold(HOLD), "by hand"]) {
    const hold = decodeHold(ALICE, record);
    writes(`the end of a hold that reads ${record.slice(0, 7)}`, {
      before: { ...POOL, "eth:payments:held": hash({ [ALICE]: record, [BOB]: "by hand" }) },
      transitions: [{ kind: "release", hold }],
      after: { ...POOL, "eth:payments:held": hash({ [BOB]: "by hand" }) },
    });
  }

  writes("the first nonce", {
    before: without(POOL, ["eth:payments:nonces"]),
    transitions: [{ kind: "advance-nonce", wallet: WALLET, from: null, to: 12 }],
    after: { ...POOL, "eth:payments:nonces": hash({ [WALLET]: "12" }) },
  });
  writes("a nonce further on", {
    before: POOL,
    transitions: [{ kind: "advance-nonce", wallet: WALLET, from: 7, to: 9 }],
    after: { ...POOL, "eth:payments:nonces": hash({ [WALLET]: "9" }) },
  });

  writes("nothing for nothing", { before: POOL, transitions: [], after: POOL });
}

function settleAlice(payment: Payment | null): Transition {
  return { kind: "settle", debt: TO_ALICE, payment, hash: hashOf(70), at: SETTLED_AT };
}
