import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { findProblems } from "../../domain/commit_check.ts";
import { decodeRecord, encodeRecord } from "../../domain/journal_record.ts";
import { shannon } from "../../domain/money.ts";
import { paymentKey, withAttempt } from "../../domain/payment.ts";
import {
  decodeHold,
  type Effect,
  effectsOf,
  encodeHold,
  expectationsOf,
  loginOf,
  type Transition,
} from "../../domain/transition.ts";
import { anyHash, anyPayment, attemptOf, hashOf, paymentOf, WALLET } from "./arbitraries.ts";
import { LedgerModel } from "./ledger_model.ts";
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

pureTest("effectsOf() of a debit is ledger.md's column, from top to bottom", () => {
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

pureTest("effectsOf() of a settlement is ledger.md's column, and records before it forgets", () => {
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
  "effectsOf() of a credit back is ledger.md's column, and the hold where there is one",
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

pureTest("effectsOf() of all others moves no money", () => {
  const after = withAttempt(PAYMENT, attemptOf(hashOf(0xa2)));
  const hold = { login: PAYMENT.login, reason: "odd", since: 9 };
  const others: readonly Transition[] = [
    { kind: "record-attempt", before: PAYMENT, after },
    { kind: "hold", hold },
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
      { kind: "pending", key: KEY, there: true },
      { kind: "journal", key: KEY, record },
    ]);
    deepStrictEqual(expectationsOf({ ...transition, payment: null }).slice(0, 2), [
      { kind: "pending", key: KEY, there: true },
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

pureTest("transitions keep every sum of the ledger, whatever is tried in whatever order", () => {
  fc.assert(
    fc.property(anyHistory(), ({ balances, commits }) => {
      const ledger = ledgerOwing(balances);
      const owned = { miners: total(ledger, "sumOfMiners"), pool: total(ledger, "sumOfPool") };
      for (const steps of commits) {
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
        deepStrictEqual([...ledger.records.keys()].toSorted(), [...ledger.pendingRows].toSorted());
      }
    }),
    { numRuns: 500 },
  );
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
  return fc.tuple(anyPayment, anyHash, fc.boolean(), fc.nat(2)).map(
    ([payment, hash, ours, kind]): Transition => {
      const record = ours ? payment : null;
      if (kind === 0) return { kind: "debit", payment };
      if (kind === 1) return { kind: "settle", debt: payment, payment: record, hash, at: 1 };
      return { kind: "credit-back", debt: payment, payment: record, hold: null };
    },
  );
}

/** Few payees and amounts, so that transitions meet. */
interface History {
  readonly balances: readonly bigint[];
  readonly commits: readonly (readonly Step[])[];
}

/** What is tried with one payment, which may be in flight, over, or not there yet. */
interface Step {
  readonly kind: Exclude<Transition["kind"], "hold">;
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
    ),
    login: fc.constantFrom(...LOGINS),
    amount: fc.constantFrom(1n, 2n),
    off: fc.oneof({ arbitrary: fc.constant(0), weight: 9 }, fc.integer({ min: -1, max: 1 })),
    hash: fc.nat(3),
  });
  return fc.record({
    balances: fc.array(fc.bigInt({ min: -1n, max: 9n }), { minLength: 3, maxLength: 3 }),
    commits: fc.array(fc.array(anyStep, { minLength: 1, maxLength: 2 }), {
      minLength: 20,
      maxLength: 60,
    }),
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
      return { kind: "debit", payment: { ...payment, nonce: next } };
    case "settle":
      return { kind: "settle", debt: payment, payment, hash, at: 1 };
    case "credit-back":
      return { kind: "credit-back", debt: payment, payment, hold: null };
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
