import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { type Effect, effectsOf } from "../../domain/effect.ts";
import { expectationsOf } from "../../domain/expectation.ts";
import { decodeHold, encodeHold } from "../../domain/hold.ts";
import { encodeRecord } from "../../domain/journal_record.ts";
import { paymentKey, withAttempt } from "../../domain/payment.ts";
import { loginOf, type Transition } from "../../domain/transition.ts";
import { anyHash, anyPayment, attemptOf, hashOf, paymentOf, WALLET } from "./arbitraries.ts";
import { pureTest } from "./pure.ts";

const PAYMENT = paymentOf();
const KEY = paymentKey(PAYMENT);
const MINED = hashOf(0xa1);
const SETTLE = { kind: "settle", debt: PAYMENT, payment: PAYMENT, hash: MINED, at: 5 } as const;
const CREDIT_BACK = {
  kind: "credit-back",
  debt: PAYMENT,
  payment: PAYMENT,
  hold: null,
} as const;

pureTest("effectsOf() of a debit moves the amount, then writes row, record and next nonce", () => {
  deepStrictEqual(effectsOf({ kind: "debit", payment: PAYMENT }).map(short), [
    "miner balance -600000000",
    "miner pending 600000000",
    "finances balance -600000000",
    "finances pending 600000000",
    "put-pending",
    "put-journal",
    "set-nonce",
  ]);
});

pureTest("effectsOf() of a settlement writes its row before it forgets the record", () => {
  deepStrictEqual(effectsOf(SETTLE).map(short), [
    "miner pending -600000000",
    "miner paid 600000000",
    "finances pending -600000000",
    "finances paid 600000000",
    "put-paid",
    "remove-pending",
    "erase-journal",
  ]);
});

pureTest(
  "effectsOf() of a credit back forgets the record, and holds where it must",
  () => {
    const plain = [
      "miner pending -600000000",
      "miner balance 600000000",
      "finances pending -600000000",
      "finances balance 600000000",
      "remove-pending",
      "erase-journal",
    ];
    deepStrictEqual(effectsOf(CREDIT_BACK).map(short), plain);
    const hold = { login: PAYMENT.login, reason: "reverted", since: 9 };
    deepStrictEqual(effectsOf({ ...CREDIT_BACK, hold }).map(short), [...plain, "put-held"]);
  },
);

const PAID_WITHOUT_DEBIT = {
  kind: "record-paid",
  debt: PAYMENT,
  payment: PAYMENT,
  spent: null,
  hash: MINED,
  at: 5,
} as const;

pureTest("effectsOf() of a payment without a debit is debit and settlement in one", () => {
  const plain = [
    "miner balance -600000000",
    "miner paid 600000000",
    "finances balance -600000000",
    "finances paid 600000000",
    "put-paid",
  ];
  deepStrictEqual(effectsOf(PAID_WITHOUT_DEBIT).map(short), [...plain, "erase-journal"]);
  deepStrictEqual(effectsOf({ ...PAID_WITHOUT_DEBIT, payment: null }).map(short), plain);
});

pureTest("expectationsOf() of what ends an orphan wants no row, and the very record", () => {
  const orphaned = [
    { kind: "pending", key: KEY, at: PAYMENT.debitedAt, there: false },
    { kind: "journal", key: KEY, record: encodeRecord(PAYMENT) },
  ];
  deepStrictEqual(expectationsOf({ kind: "drop", payment: PAYMENT, hold: null }), orphaned);
  deepStrictEqual(expectationsOf(PAID_WITHOUT_DEBIT).slice(0, 2), orphaned);
});

pureTest("expectationsOf() of an attempt wants the debit of what pays, not of a cancel", () => {
  const kinds = (kind: "pay" | "cancel"): readonly string[] => {
    const after = withAttempt(PAYMENT, attemptOf(hashOf(0xa2), { kind }));
    return expectationsOf({ kind: "record-attempt", before: PAYMENT, after })
      .map((expectation) => expectation.kind);
  };
  deepStrictEqual(kinds("pay"), ["pending", "journal"]);
  deepStrictEqual(kinds("cancel"), ["journal"]);
});

pureTest("effectsOf() of all others moves no money", () => {
  const after = withAttempt(PAYMENT, attemptOf(hashOf(0xa2)));
  const hold = { login: PAYMENT.login, reason: "odd", since: 9 };
  const others: readonly Transition[] = [
    { kind: "record-attempt", before: PAYMENT, after },
    { kind: "hold", hold },
    { kind: "release", hold },
    { kind: "drop", payment: PAYMENT, hold: null },
    { kind: "advance-nonce", wallet: WALLET, from: 3, to: 7 },
  ];
  deepStrictEqual(others.map((transition) => effectsOf(transition)), [
    [{
      kind: "put-journal",
      key: KEY,
      record: encodeRecord(after),
      hash: hashOf(0xa2),
      nonce: PAYMENT.nonce,
    }],
    [{ kind: "put-held", login: PAYMENT.login, record: encodeHold(hold) }],
    [{ kind: "remove-held", login: PAYMENT.login }],
    [{ kind: "erase-journal", key: KEY }],
    [{ kind: "set-nonce", wallet: WALLET, next: 7 }],
  ]);
});

pureTest("effectsOf() tells a Go resolver the newest hash that is known", () => {
  const hidden = withAttempt(PAYMENT, { ...attemptOf(MINED), hash: null, raw: null });
  const [journal] = effectsOf({ kind: "record-attempt", before: PAYMENT, after: hidden });
  strictEqual(journal?.kind === "put-journal" && journal.hash, MINED);
});

pureTest("expectationsOf() of what takes a row wants the row, and the very record", () => {
  const record = encodeRecord(PAYMENT);
  for (const transition of [SETTLE, CREDIT_BACK]) {
    deepStrictEqual(expectationsOf(transition).slice(0, 2), [
      { kind: "pending", key: KEY, at: PAYMENT.debitedAt, there: true },
      { kind: "journal", key: KEY, record },
    ]);
    deepStrictEqual(expectationsOf({ ...transition, payment: null }).slice(0, 2), [
      { kind: "pending", key: KEY, at: null, there: true },
      { kind: "journal", key: KEY, record: null },
    ]);
  }
});

pureTest(
  "decodeHold() reads what encodeHold() wrote, and takes any other text as the reason",
  () => {
    fc.assert(fc.property(fc.string(), fc.string(), fc.maxSafeNat(), (login, reason, since) => {
      const hold = { login, reason, since };
      deepStrictEqual(decodeHold(login, encodeHold(hold)), hold);
    }));
    for (const text of ["by hand", "", "{}", "null", '{"reason":7,"since":1}', '{"reason":"x"}']) {
      deepStrictEqual(decodeHold("a", text), { login: "a", reason: text, since: 0 });
    }
  },
);

pureTest("effectsOf() adds up to nothing, at the payee and at the pool", () => {
  fc.assert(fc.property(anyMoneyTransition(), (transition) => {
    const sums = { miner: 0n, finances: 0n };
    for (const effect of effectsOf(transition)) {
      if (effect.kind === "add") sums[effect.account.kind] += effect.amountShannon;
    }
    deepStrictEqual(sums, { miner: 0n, finances: 0n });
  }));
});

pureTest("transitions of money name their payee", () => {
  fc.assert(fc.property(anyMoneyTransition(), (transition) => {
    const login = transition.kind === "debit"
      ? transition.payment.login
      : transition.kind === "advance-nonce"
      ? null
      : "debt" in transition && transition.debt.login;
    strictEqual(loginOf(transition), login);
  }));
  strictEqual(loginOf({ kind: "advance-nonce", wallet: WALLET, from: null, to: 1 }), null);
});

function short(effect: Effect): string {
  if (effect.kind !== "add") return effect.kind;
  return `${effect.account.kind} ${effect.field} ${effect.amountShannon}`;
}

function anyMoneyTransition(): fc.Arbitrary<Transition> {
  return fc.tuple(anyPayment, anyHash, fc.boolean(), fc.nat(3)).map(
    ([payment, hash, ours, kind]): Transition => {
      const record = ours ? payment : null;
      if (kind === 0) return { kind: "debit", payment };
      if (kind === 1) return { kind: "settle", debt: payment, payment: record, hash, at: 1 };
      if (kind === 2) {
        return { kind: "record-paid", debt: payment, payment: record, spent: null, hash, at: 1 };
      }
      return { kind: "credit-back", debt: payment, payment: record, hold: null };
    },
  );
}
