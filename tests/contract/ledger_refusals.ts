/**
 * Transitions that no ledger bears, each on the ledger that does not bear it.
 *
 * @module
 */

import type { LedgerDump } from "../../adapters/memory/ledger_store.ts";
import { type Payment, paymentKey } from "../../domain/payment.ts";
import type { Transition } from "../../domain/transition.ts";
import {
  ALICE,
  ALICE_IN_FLIGHT,
  ALICE_LEFT_BY_GO,
  ALICE_ORPHANED,
  bumped,
  hash,
  hashOf,
  POOL,
  text,
  TO_ALICE,
  WALLET,
  without,
  wrongValue,
  zset,
} from "./ledger_fixtures.ts";

/** A ledger, a transition that it does not bear, and whose fault that is. */
export interface Refusal {
  readonly before: LedgerDump;
  readonly transition: Transition;
  /** The payee who alone is at fault; `null`: the ledger is. */
  readonly login: string | null;
  readonly detail: RegExp;
}

const MAX = "9223372036854775807";
const MIN = "-9223372036854775808";
const ALICE_KEY = `eth:miners:${ALICE}`;
const DEBIT: Transition = { kind: "debit", payment: TO_ALICE };
const ATTEMPT: Transition = {
  kind: "record-attempt",
  before: TO_ALICE,
  after: bumped(TO_ALICE, 70),
};
const SETTLE: Transition = settleAs(TO_ALICE);
const SETTLE_AS_GO: Transition = settleAs(null);
const CREDIT_BACK: Transition = {
  kind: "credit-back",
  debt: TO_ALICE,
  payment: TO_ALICE,
  hold: null,
};
const DROP: Transition = { kind: "drop", payment: TO_ALICE, hold: null };
const RECORD_PAID: Transition = {
  kind: "record-paid",
  debt: TO_ALICE,
  payment: TO_ALICE,
  spent: null,
  hash: hashOf(7),
  at: 1,
};
/** A Go payer debited her anew since. */
const DEBITED_ANEW: LedgerDump = {
  ...ALICE_IN_FLIGHT,
  "eth:payments:pending": zset([paymentKey(TO_ALICE), TO_ALICE.debitedAt + 60]),
};
const RELEASE: Transition = {
  kind: "release",
  hold: { login: ALICE, reason: "x", since: 1 },
};
const HOLD: Transition = { kind: "hold", hold: { login: ALICE, reason: "x", since: 1 } };

/** Every refusal of one transition, by what is refused. */
export function refusals(): Readonly<Record<string, Refusal>> {
  return { ...unmetExpectations(), ...badNumbers(), ...wrongTypes() };
}

function unmetExpectations(): Readonly<Record<string, Refusal>> {
  const alice = { transition: DEBIT, login: ALICE };
  const noJournal = without(ALICE_IN_FLIGHT, ["eth:payments:journal"]);
  return {
    "a debit of more than the balance": {
      ...alice,
      before: { ...POOL, [ALICE_KEY]: hash({ balance: "599999999" }) },
      detail: /balance is 599999999/,
    },
    "a debit of a miner without a balance": {
      ...alice,
      before: { ...POOL, [ALICE_KEY]: hash({ lastShare: "1" }) },
      detail: /balance is 0/,
    },
    "a debit of a miner that is not there": {
      ...alice,
      before: without(POOL, [ALICE_KEY]),
      detail: /balance is 0/,
    },
    "a debit whose pending row is there": {
      ...alice,
      before: { ...POOL, "eth:payments:pending": zset([`${ALICE}:600000000`, 1]) },
      detail: /pending row .* is there already/,
    },
    "a debit whose journal record is there": {
      ...alice,
      before: { ...POOL, "eth:payments:journal": hash({ [`${ALICE}:600000000`]: "x" }) },
      detail: /journal record .* is there already/,
    },
    "a debit at another nonce than the next": {
      before: { ...POOL, "eth:payments:nonces": hash({ [WALLET]: "8" }) },
      transition: DEBIT,
      login: null,
      detail: /next nonce is 8, expected 7/,
    },
    "a debit without a next nonce": {
      before: without(POOL, ["eth:payments:nonces"]),
      transition: DEBIT,
      login: null,
      detail: /next nonce is missing/,
    },
    "a first nonce where there is one": {
      before: POOL,
      transition: { kind: "advance-nonce", wallet: WALLET, from: null, to: 9 },
      login: null,
      detail: /next nonce is 7, expected none/,
    },
    "an attempt more of a payment that is gone": {
      ...alice,
      before: POOL,
      transition: ATTEMPT,
      detail: /pending row .* is gone/,
    },
    "an attempt more over another record": {
      ...alice,
      before: { ...ALICE_IN_FLIGHT, "eth:payments:journal": hash({ [`${ALICE}:600000000`]: "x" }) },
      transition: ATTEMPT,
      detail: /journal record .* is another/,
    },
    "a settlement without a pending row": {
      ...alice,
      before: without(ALICE_IN_FLIGHT, ["eth:payments:pending"]),
      transition: SETTLE,
      detail: /pending row .* is gone/,
    },
    "a settlement without our record": {
      ...alice,
      before: noJournal,
      transition: SETTLE,
      detail: /journal record .* is gone/,
    },
    "a settlement as a Go payer's where our record is": {
      ...alice,
      before: ALICE_IN_FLIGHT,
      transition: SETTLE_AS_GO,
      detail: /journal record .* is there already/,
    },
    "a settlement that is recorded": {
      ...alice,
      before: {
        ...ALICE_LEFT_BY_GO,
        "eth:payments:all": zset([`${hashOf(7)}:${ALICE}:600000000`, 1]),
      },
      transition: SETTLE_AS_GO,
      detail: /recorded already/,
    },
    "to settle with the pending row of another debit": {
      ...alice,
      before: DEBITED_ANEW,
      transition: SETTLE,
      detail: /pending row .* is another debit's/,
    },
    "to drop a record whose pending row is there": {
      ...alice,
      before: ALICE_IN_FLIGHT,
      transition: DROP,
      detail: /pending row .* is there already/,
    },
    "to drop a record that is gone": {
      ...alice,
      before: POOL,
      transition: DROP,
      detail: /journal record .* is gone/,
    },
    "to record what an orphan paid where its pending row is there": {
      ...alice,
      before: ALICE_IN_FLIGHT,
      transition: RECORD_PAID,
      detail: /pending row .* is there already/,
    },
    "to record what is recorded": {
      ...alice,
      before: {
        ...ALICE_ORPHANED,
        "eth:payments:all": zset([`${hashOf(7)}:${ALICE}:600000000`, 1]),
      },
      transition: RECORD_PAID,
      detail: /recorded already/,
    },
    "to debit again what is recorded": {
      ...alice,
      before: { ...POOL, "eth:payments:all": zset([`${hashOf(7)}:${ALICE}:600000000`, 1]) },
      transition: { kind: "debit-again", payment: TO_ALICE },
      detail: /recorded already/,
    },
    "to release who is not held": {
      ...alice,
      before: POOL,
      transition: RELEASE,
      detail: /not held any more/,
    },
    "to release who is held for another reason": {
      ...alice,
      before: { ...POOL, "eth:payments:held": hash({ [ALICE]: "by hand" }) },
      transition: RELEASE,
      detail: /another reason now: by hand/,
    },
    "a credit back without our record": {
      ...alice,
      before: noJournal,
      transition: CREDIT_BACK,
      detail: /journal record .* is gone/,
    },
  };
}

function badNumbers(): Readonly<Record<string, Refusal>> {
  const bad = (
    key: string,
    fields: Readonly<Record<string, string>>,
    transition: Transition = DEBIT,
  ): Refusal => ({
    before: { ...(transition === DEBIT ? POOL : ALICE_IN_FLIGHT), [key]: hash(fields) },
    transition,
    login: key === ALICE_KEY ? ALICE : null,
    detail: Object.values(fields).some((value) => value === MAX || value === MIN)
      ? /would leave 64 bits/
      : /no integer/,
  });
  return {
    "a balance that is no integer": bad(ALICE_KEY, { balance: "600000005.5" }),
    "a balance beyond 64 bits": bad(ALICE_KEY, { balance: "9223372036854775808" }),
    "an empty pending amount": bad(ALICE_KEY, { balance: "600000005", pending: "" }),
    "a paid amount that is no integer": bad(
      ALICE_KEY,
      { pending: "600000000", paid: " 5" },
      SETTLE,
    ),
    "finances that are no integer": bad("eth:finances", { balance: "1e9" }),
    "pending that would leave 64 bits": bad(ALICE_KEY, { balance: "600000005", pending: MAX }),
    "paid that would leave 64 bits": bad(ALICE_KEY, { pending: "600000000", paid: MAX }, SETTLE),
    "a balance that would leave 64 bits": bad(ALICE_KEY, { balance: MAX }, CREDIT_BACK),
    "finances that would leave 64 bits": bad("eth:finances", { balance: MIN }),
  };
}

function wrongTypes(): Readonly<Record<string, Refusal>> {
  const touched: readonly (readonly [Transition, readonly string[]])[] = [
    [DEBIT, ["pending", "journal", "pendingtx", "pendingnonce", "nonces"]],
    [ATTEMPT, ["journal", "pendingtx", "pendingnonce"]],
    [SETTLE, ["pending", "all", "journal", "pendingtx", "pendingnonce"]],
    [CREDIT_BACK, ["pending", "journal", "pendingtx", "pendingnonce"]],
    [DROP, ["pending", "journal", "pendingtx", "pendingnonce"]],
    [RECORD_PAID, ["pending", "all", "journal", "pendingtx", "pendingnonce"]],
    [HOLD, ["held"]],
    [RELEASE, ["held"]],
    [{ kind: "advance-nonce", wallet: WALLET, from: 7, to: 8 }, ["nonces"]],
  ];
  const ofOthers = (transition: Transition, key: string, login: string | null): Refusal => ({
    before: { ...(transition === DEBIT ? POOL : ALICE_IN_FLIGHT), [key]: wrongValue(key) },
    transition,
    login,
    detail: new RegExp(`"${key}" is a string`),
  });
  const shared = touched.flatMap(([transition, names]) =>
    names.map((name): [string, Refusal] => [
      `a ${transition.kind} with ${name} of another type`,
      ofOthers(transition, `eth:payments:${name}`, null),
    ])
  );
  return {
    ...Object.fromEntries(shared),
    "a debit with finances of another type": ofOthers(DEBIT, "eth:finances", null),
    "a debit of a miner of another type": ofOthers(DEBIT, ALICE_KEY, ALICE),
    "a settlement whose rows are of another type": {
      before: { ...ALICE_IN_FLIGHT, [`eth:payments:${ALICE}`]: text("x") },
      transition: SETTLE,
      login: ALICE,
      detail: /is a string, expected a zset/,
    },
  };
}

function settleAs(payment: Payment | null): Transition {
  return { kind: "settle", debt: TO_ALICE, payment, hash: hashOf(7), at: 1 };
}
