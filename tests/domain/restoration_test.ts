import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import type { Hex } from "../../domain/address.ts";
import { indexJournal } from "../../domain/journal_index.ts";
import { shannon, wei } from "../../domain/money.ts";
import type { Payment } from "../../domain/payment.ts";
import {
  contestedIn,
  type FinalTransaction,
  hashesToSpeakFor,
  planRestoration,
  type RestorationFacts,
  type Restored,
} from "../../domain/restoration.ts";
import { addressOf, attemptOf, blockOf, hashOf, paymentOf, WALLET } from "./arbitraries.ts";
import { pureTest } from "./pure.ts";

const MINER = addressOf(0xab);
const OTHER = addressOf(0xcd);

pureTest("planRestoration() has nothing to do where nothing is known", () => {
  deepStrictEqual(plan({}), []);
});

pureTest("planRestoration() writes debits again from the local journal, mined or not", () => {
  const [first, second] = [journalled(7, MINER), journalled(8, OTHER)];
  const mined = transactions(transfer(7, { to: MINER }));
  deepStrictEqual(plan({ journalled: [second, first], mined }), [
    { kind: "debit-again", nonce: 7, payment: first },
    { kind: "debit-again", nonce: 8, payment: second },
  ]);
});

pureTest(
  "planRestoration() takes payouts from the chain where the local journal begins later",
  () => {
    const payout = transfer(7, { to: MINER });
    const last = journalled(8, OTHER);
    const steps = plan({
      journalled: [last],
      mined: transactions(payout),
      miners: owing([MINER, 5n]),
    });
    const debt = { login: MINER, amountShannon: shannon(5n) };
    deepStrictEqual(steps, [
      { kind: "adopt", nonce: 7, debt, transaction: payout },
      { kind: "debit-again", nonce: 8, payment: last },
    ]);
    deepStrictEqual(hashesToSpeakFor(steps), [payout.hash]);
  },
);

pureTest("planRestoration() passes over what was no payout, and says why", () => {
  const miners = new Map([...owing([MINER, 5n]), [WALLET, owing([WALLET, 5n]).get(MINER) ?? []]]);
  const table: [changes: Partial<FinalTransaction>, why: string, proved: boolean][] = [
    [{ to: WALLET, valueWei: wei(0n) }, "it moved nothing", true],
    [{ to: MINER, status: "reverted" }, "it reverted", false],
    [{ to: OTHER }, "its recipient is no miner of the pool", false],
    [{ to: null }, "its recipient is no miner of the pool", false],
    [{ to: MINER, valueWei: wei(0n) }, "it moved nothing", false],
    [{ to: MINER, valueWei: wei(5_000_000_001n) }, "no payout looks like it", false],
    [{ to: MINER, data: "0x00" as Hex }, "no payout looks like it", false],
  ];
  for (const [changes, why, proved] of table) {
    const transaction = transfer(7, changes);
    const steps = plan({ mined: transactions(transaction), miners });
    deepStrictEqual(steps, [{ kind: "pass", nonce: 7, transaction, why, proved }]);
    deepStrictEqual(hashesToSpeakFor(steps), proved ? [] : [transaction.hash]);
  }
});

pureTest("planRestoration() ends where nobody can tell", () => {
  const miners = owing([MINER, 5n]);
  const payout = transfer(7, { to: MINER });
  const table: [facts: Told, why: RegExp][] = [
    [{ mined: transactions({ ...payout, status: "missing" }), miners }, /does not say whether/],
    [{ mined: transactions(payout), miners, inFlight: new Set([MINER]) }, /has to end first/],
    [{ journalled: [journalled(7, MINER)], inFlight: new Set([MINER]) }, /has to end first/],
  ];
  for (const [facts, why] of table) {
    const steps = plan({ ...facts, recorded: new Set([8]) });
    strictEqual(steps.length, 1);
    const [step] = steps;
    strictEqual(step?.kind === "unclear" && why.test(step.why), true, JSON.stringify(why.source));
  }
});

pureTest(
  "planRestoration() leaves a nonce alone for which two payments were signed, until one is spent",
  () => {
    const two = [journalled(7, MINER), journalled(7, OTHER)];
    deepStrictEqual(plan({ journalled: [...two, journalled(8, MINER)] }), [
      { kind: "contested", nonce: 7, why: "two payments were signed for it" },
    ]);
    const sealed = transfer(7, { to: WALLET, valueWei: wei(0n) });
    deepStrictEqual(plan({ journalled: two, mined: transactions(sealed) }), [
      { kind: "pass", nonce: 7, transaction: sealed, why: "it moved nothing", proved: true },
    ]);
  },
);

pureTest("planRestoration() sends nothing again for which its payee was debited once more", () => {
  const old = { ...journalled(8, MINER), debitedAt: 100 };
  const later = { ...journalled(7, MINER), debitedAt: 103 };
  const why = `"${MINER}" was debited once more for what it was to pay`;
  const contested = [{ kind: "contested", nonce: 8, why }];
  deepStrictEqual(plan({ from: 8, journalled: [later, old] }), contested);
  deepStrictEqual(
    plan({ from: 8, journalled: [old], lastPaid: new Map([[MINER, 101]]) }),
    contested,
  );
  // What came before it, or somebody else's, says nothing; nor can what is spent be sent.
  const again = [{ kind: "debit-again", nonce: 8, payment: old }];
  const earlier = { ...later, debitedAt: 99 };
  deepStrictEqual(plan({ from: 8, journalled: [earlier, old] }), again);
  const others = new Map([[MINER, 100], [OTHER, 101]]);
  deepStrictEqual(plan({ from: 8, journalled: [old], lastPaid: others }), again);
  deepStrictEqual(plan({ from: 8, journalled: [later, old], finalNonce: 9 }), again);
  const sealed = transfer(8, { to: WALLET, valueWei: wei(0n) });
  const spent = { from: 8, journalled: [later, old], finalNonce: 9 };
  deepStrictEqual(plan({ ...spent, mined: transactions(sealed) }).map(({ kind }) => kind), [
    "pass",
  ]);
});

pureTest(
  "planRestoration() waits with a payout while another spelling of its address has one open",
  () => {
    const spelled = MINER.replaceAll("a", "A");
    const [step] = plan({
      mined: transactions(transfer(7, { to: MINER })),
      miners: owing([MINER, 9n], [spelled, 5n]),
      inFlight: new Set([MINER]),
    });
    deepStrictEqual(step?.kind, "unclear");
  },
);

pureTest("planRestoration() has nonces used up below one of the local journal", () => {
  const steps = plan({ journalled: [journalled(7, MINER), journalled(10, OTHER)] });
  deepStrictEqual(steps.map(({ kind }) => kind), ["debit-again", "contested", "contested"]);
  deepStrictEqual(contestedIn(steps.slice(1)), { from: 8, to: 9 });
});

pureTest("planRestoration() tells all nonces that have to be used up at once", () => {
  const two = [7, 8].flatMap((nonce) => [journalled(nonce, MINER), journalled(nonce, OTHER)]);
  const steps = plan({ journalled: [...two, journalled(9, OTHER)] });
  deepStrictEqual(contestedIn(steps), { from: 7, to: 8 });
  deepStrictEqual(contestedIn(steps.slice(0, 0)), undefined);
});

pureTest("planRestoration() believes the chain which of two payments of a nonce was sent", () => {
  const [one, other] = [journalled(7, MINER), journalled(7, OTHER)];
  const mined = transactions(transfer(7, { hash: one.attempts[0]?.hash ?? hashOf(0) }));
  deepStrictEqual(plan({ journalled: [other, one], mined }), [
    { kind: "debit-again", nonce: 7, payment: one },
  ]);
});

pureTest(
  "planRestoration() waits with a second payment of a login until the first has ended",
  () => {
    const steps = plan({ journalled: [journalled(7, MINER), journalled(8, MINER)] });
    deepStrictEqual(steps.map(({ kind }) => kind), ["debit-again", "unclear"]);
  },
);

pureTest("planRestoration() debits of several spellings the one that was paid, or can pay", () => {
  const spelled = MINER.replaceAll("a", "A");
  const table: [owed: [string, bigint][], login: string][] = [
    [[[spelled, 0n]], spelled],
    [[[MINER, 9n], [spelled, 5n]], spelled],
    [[[MINER, 5n], [spelled, 9n]], MINER],
    [[[MINER, 1n], [spelled, 9n]], spelled],
    [[[MINER, -2n], [spelled, -9n]], MINER],
  ];
  for (const [owed, login] of table) {
    const [step] = plan({
      mined: transactions(transfer(7, { to: MINER })),
      miners: owing(...owed),
    });
    strictEqual(step?.kind === "adopt" && step.debt.login, login);
  }
});

pureTest("planRestoration() leaves each spelling enough for its own payout", () => {
  const spelled = MINER.replaceAll("a", "A");
  const larger = { ...transfer(8, { to: MINER }), valueWei: wei(9_000_000_000n) };
  const steps = plan({
    mined: transactions(transfer(7, { to: MINER }), larger),
    miners: owing([MINER, 9n], [spelled, 8n]),
  });
  deepStrictEqual(steps.map((step) => step.kind === "adopt" && step.debt.login), [spelled, MINER]);
});

pureTest(
  "planRestoration() lets the largest payout choose first, where credits were lost, too",
  () => {
    const spelled = MINER.replaceAll("a", "A");
    const larger = { ...transfer(8, { to: MINER }), valueWei: wei(9_000_000_000n) };
    const steps = plan({
      mined: transactions(transfer(7, { to: MINER }), larger),
      miners: owing([MINER, 4n], [spelled, 9n]),
    });
    deepStrictEqual(steps.map((step) => step.kind === "adopt" && step.debt.login), [
      MINER,
      spelled,
    ]);
  },
);

pureTest("planRestoration() counts what it has debited already", () => {
  const spelled = MINER.replaceAll("a", "A");
  const steps = plan({
    mined: transactions(transfer(7, { to: MINER }), transfer(8, { to: MINER })),
    miners: owing([MINER, 5n], [spelled, 4n]),
  });
  deepStrictEqual(steps.map((step) => step.kind === "adopt" && step.debt.login), [MINER, spelled]);
});

pureTest("planRestoration() goes nonce by nonce without a gap, and ends at what is unclear", () => {
  const anyNonces = fc.uniqueArray(fc.integer({ min: 7, max: 12 }));
  fc.assert(
    fc.property(anyNonces, anyNonces, anyNonces, (inJournal, onChain, recorded) => {
      const steps: readonly Restored[] = plan({
        journalled: inJournal.map((nonce) => journalled(nonce, addressOf(nonce))),
        mined: transactions(...onChain.map((nonce) => transfer(nonce, { to: OTHER }))),
        recorded: new Set(recorded),
      });
      const known = new Set([...inJournal, ...onChain, ...recorded]);
      let end = 7;
      while (known.has(end)) end++;
      const isGap = inJournal.some((nonce) => nonce > end);
      const told = steps.filter(({ kind }) => kind !== "contested").map(({ nonce }) => nonce);
      deepStrictEqual(told, Array.from({ length: end - 7 }, (_, index) => 7 + index));
      strictEqual(contestedIn(steps.slice(told.length))?.from, isGap ? end : undefined);
    }),
  );
});

/** Facts with the local journal's payments as a list. */
type Told = Partial<Omit<RestorationFacts, "journalled">> & {
  readonly journalled?: readonly Payment[];
};

function plan({ journalled = [], ...facts }: Told): readonly Restored[] {
  return planRestoration({
    wallet: WALLET,
    from: 7,
    journalled: indexJournal(journalled),
    mined: new Map(),
    recorded: new Set(),
    miners: new Map(),
    inFlight: new Set(),
    finalNonce: 7,
    lastPaid: new Map(),
    ...facts,
  });
}

/** Miners whose logins spell one address. */
function owing(...owed: readonly (readonly [string, bigint])[]): RestorationFacts["miners"] {
  return new Map([[
    MINER,
    owed.map(([login, balance]) => ({ login, balanceShannon: shannon(balance) })),
  ]]);
}

function journalled(nonce: number, login: string): Payment {
  const payment = paymentOf({ login, amountShannon: shannon(5n), nonce });
  return { ...payment, attempts: [attemptOf(hashOf(900 + nonce + Number(login.at(-1) === "d")))] };
}

function transfer(nonce: number, changes: Partial<FinalTransaction>): FinalTransaction {
  return {
    hash: hashOf(nonce),
    nonce,
    to: MINER,
    valueWei: wei(5_000_000_000n),
    data: "0x" as Hex,
    block: blockOf(100),
    status: "success",
    ...changes,
  };
}

function transactions(...list: readonly FinalTransaction[]): RestorationFacts["mined"] {
  return new Map(list.map((transaction) => [transaction.nonce, transaction]));
}
