import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import type { Account } from "../../domain/account.ts";
import { findProblems } from "../../domain/commit_check.ts";
import { effectsOf } from "../../domain/effect.ts";
import { encodeRecord } from "../../domain/journal_record.ts";
import { MAX_SHANNON, MIN_SHANNON, shannon } from "../../domain/money.ts";
import { paymentKey } from "../../domain/payment.ts";
import type { Transition } from "../../domain/transition.ts";
import { anyAmount, anyShannon, hashOf, paymentOf, WALLET } from "./arbitraries.ts";
import { LedgerModel } from "./ledger_model.ts";
import { pureTest } from "./pure.ts";

const POOL: Account = { kind: "finances" };
const PAYMENT = paymentOf();
const PAYEE: Account = { kind: "miner", login: PAYMENT.login };
const DEBIT: Transition = { kind: "debit", payment: PAYMENT };

pureTest("findProblems() finds nothing in a debit that is covered", () => {
  deepStrictEqual(findProblems([DEBIT], owing("600000000")), []);
});

pureTest("findProblems() takes earlier transitions of a commit into account", () => {
  const second = paymentOf({ amountShannon: shannon(1n), nonce: 8 });
  const both: readonly Transition[] = [DEBIT, { kind: "debit", payment: second }];
  deepStrictEqual(findProblems(both, owing("600000001")), []);
  deepStrictEqual(findProblems(both, owing("600000000")), [{
    login: PAYMENT.login,
    detail: "balance is 0, less than the 1 to be debited",
  }]);
  deepStrictEqual(
    findProblems([DEBIT, DEBIT], owing("1200000000")).map(({ detail }) => detail.slice(0, 12)),
    ["pending row ", "journal reco", "next nonce i"],
  );
});

pureTest("findProblems() calls a nonce everybody's, and a balance its payee's", () => {
  const ledger = owing("5");
  ledger.nonces.set(WALLET, "6");
  deepStrictEqual(findProblems([DEBIT], ledger).map(({ login }) => login), [PAYMENT.login, null]);
});

pureTest("findProblems() compares nonces as texts: no other spelling counts", () => {
  for (const text of ["07", "7.0", "0x7", " 7", "", "6", "8"]) {
    const ledger = owing("600000000");
    ledger.nonces.set(WALLET, text);
    strictEqual(findProblems([DEBIT], ledger).length, 1, text);
  }
});

pureTest("findProblems() wants the identical record, not merely one", () => {
  const ledger = debited();
  ledger.records.set(
    paymentKey(PAYMENT),
    encodeRecord(PAYMENT).replace('"nonce":7', '"nonce": 7'),
  );
  deepStrictEqual(findProblems([settle()], ledger), [{
    login: PAYMENT.login,
    detail: `journal record "${paymentKey(PAYMENT)}" is another`,
  }]);
});

pureTest("findProblems() names every key of another type", () => {
  const ledger = owing("600000000");
  ledger.wrongTypes = [
    { key: "eth:finances", login: null, found: "list", expected: "hash" },
    { key: "eth:miners:x", login: "x", found: "string", expected: "hash" },
  ];
  deepStrictEqual(findProblems([DEBIT], ledger), [
    { login: null, detail: 'key "eth:finances" is a list, expected a hash' },
    { login: "x", detail: 'key "eth:miners:x" is a string, expected a hash' },
  ]);
});

pureTest("findProblems() counts a missing field as 0, and no other text that is no integer", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    fc.pre(!/^(?:0|-?[1-9][0-9]*)$/.test(text));
    const ledger = owing("600000000");
    ledger.setMoney(POOL, "pending", text);
    const problems = findProblems([DEBIT], ledger);
    strictEqual(problems.length, 1);
    strictEqual(problems[0]?.login, null);
    ok(problems[0]?.detail.includes(JSON.stringify(text)));
  }));
  for (const text of ["-0", "+1", "01", "1e3", "1.0", "0x1", "1_0", "１", "9223372036854775808"]) {
    const ledger = owing("600000000");
    ledger.setMoney(PAYEE, "pending", text);
    deepStrictEqual(findProblems([DEBIT], ledger).map(({ login }) => login), [PAYMENT.login], text);
  }
});

pureTest("findProblems() lets no result leave 64 bits, and no integer that fits it stops", () => {
  const anyStart = fc.option(fc.oneof(anyShannon, fc.constantFrom(MIN_SHANNON, MAX_SHANNON)));
  const anySix = fc.tuple(anyStart, anyStart, anyStart, anyStart, anyStart, anyStart);
  fc.assert(
    fc.property(anyAmount, anySix, fc.nat(2), (amount, starts, kind) => {
      const ledger = seeded(amount, starts, kind);
      const commit = [transitionOf(amount, kind)];
      const isRefused = findProblems(commit, ledger).length > 0;
      const balance = BigInt(ledger.money(PAYEE, "balance") ?? "0");
      // What is debited must be settled one day: there must be room for it.
      const paid = [PAYEE, POOL].map((account) => BigInt(ledger.money(account, "paid") ?? "0"));
      const hasRoom = kind !== 0 || paid.every((before) => before + amount <= MAX_SHANNON);
      for (const effect of commit.flatMap(effectsOf)) ledger.apply(effect);
      const isUncovered = kind === 0 && balance < amount;
      strictEqual(isRefused, ledger.unreadable().length > 0 || isUncovered || !hasRoom);
    }),
    { numRuns: 1_000 },
  );
});

pureTest("findProblems() refuses every transition but a hold when it was applied already", () => {
  const hold = { login: PAYMENT.login, reason: "odd", since: 1 };
  const creditBack: Transition = {
    kind: "credit-back",
    debt: PAYMENT,
    payment: PAYMENT,
    hold,
  };
  const histories: readonly (readonly [LedgerModel, Transition])[] = [
    [owing("1200000000"), DEBIT],
    [debited(), settle()],
    [debited(), creditBack],
    [owing("0"), { kind: "advance-nonce", wallet: WALLET, from: 7, to: 9 }],
  ];
  for (const [ledger, transition] of histories) {
    deepStrictEqual(findProblems([transition], ledger), []);
    for (const effect of effectsOf(transition)) ledger.apply(effect);
    ok(findProblems([transition], ledger).length > 0, transition.kind);
  }
  deepStrictEqual(findProblems([{ kind: "hold", hold }, { kind: "hold", hold }], owing("0")), []);
});

function settle(): Transition {
  return { kind: "settle", debt: PAYMENT, payment: PAYMENT, hash: hashOf(0xa1), at: 1 };
}

function owing(balance: string): LedgerModel {
  const ledger = new LedgerModel();
  ledger.setMoney(PAYEE, "balance", balance);
  ledger.nonces.set(WALLET, "7");
  return ledger;
}

function debited(): LedgerModel {
  const ledger = owing("600000000");
  for (const effect of effectsOf(DEBIT)) ledger.apply(effect);
  return ledger;
}

/** A ledger with these money fields on which only the money can be wrong. */
function seeded(amount: bigint, starts: readonly (bigint | null)[], kind: number): LedgerModel {
  const ledger = owing("0");
  const slots = [PAYEE, POOL].flatMap((account) =>
    (["balance", "pending", "paid"] as const).map((field) => ({ account, field }))
  );
  slots.forEach(({ account, field }, index) => {
    const start = starts[index];
    if (typeof start === "bigint") ledger.setMoney(account, field, String(start));
  });
  if (kind > 0) {
    const payment = paymentOf({ amountShannon: shannon(amount) });
    ledger.pendingRows.set(paymentKey(payment), payment.debitedAt);
    ledger.records.set(paymentKey(payment), encodeRecord(payment));
  }
  return ledger;
}

function transitionOf(amount: bigint, kind: number): Transition {
  const payment = paymentOf({ amountShannon: shannon(amount) });
  if (kind === 0) return { kind: "debit", payment };
  if (kind === 1) return { kind: "settle", debt: payment, payment, hash: hashOf(1), at: 1 };
  return { kind: "credit-back", debt: payment, payment, hold: null };
}
