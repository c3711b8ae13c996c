/**
 * Commits of every kind, each with the ledger that it begins with.
 *
 * @module
 */

import type { LedgerDump } from "../../adapters/memory/ledger_store.ts";
import type { Address } from "../../domain/address.ts";
import { encodeHold, type Hold } from "../../domain/hold.ts";
import type { Transition } from "../../domain/transition.ts";
import {
  ALICE,
  ALICE_IN_FLIGHT,
  ALICE_LEFT_BY_GO,
  ALICE_ORPHANED,
  bumped,
  hash,
  hashOf,
  payment,
  POOL,
  SETTLED_AT,
  TO_ALICE,
  WALLET,
} from "../contract/ledger_fixtures.ts";

/** A commit that is applied when nothing disturbs it. */
export interface CommitCase {
  readonly before: LedgerDump;
  readonly transitions: readonly Transition[];
}

const HOLD: Hold = { login: ALICE, reason: "reverted", since: SETTLED_AT };

const MANY = Array.from({ length: 100 }, (_, index) =>
  payment({
    login: `0x${(0xa11ce000 + index).toString(16).padStart(40, "0")}`,
    amount: 600_000_000n + BigInt(index),
    nonce: 7 + index,
  }));

const DEBIT: Transition = { kind: "debit", payment: TO_ALICE };
const SETTLE: Transition = {
  kind: "settle",
  debt: TO_ALICE,
  payment: TO_ALICE,
  hash: hashOf(70),
  at: SETTLED_AT,
};

/** By name. */
export const COMMIT_CASES: Readonly<Record<string, CommitCase>> = {
  "a debit": { before: POOL, transitions: [DEBIT] },
  "an attempt": {
    before: ALICE_IN_FLIGHT,
    transitions: [{ kind: "record-attempt", before: TO_ALICE, after: bumped(TO_ALICE, 71) }],
  },
  "a settlement": { before: ALICE_IN_FLIGHT, transitions: [SETTLE] },
  "a credit back": {
    before: ALICE_IN_FLIGHT,
    transitions: [{ kind: "credit-back", debt: TO_ALICE, payment: TO_ALICE, hold: HOLD }],
  },
  "a Go payer's settlement": {
    before: ALICE_LEFT_BY_GO,
    transitions: [{ kind: "settle", debt: TO_ALICE, payment: null, hash: hashOf(70), at: 5 }],
  },
  "a payment that the ledger forgot": {
    before: POOL,
    transitions: [{
      kind: "record-paid",
      debt: TO_ALICE,
      payment: null,
      spent: null,
      hash: hashOf(70),
      at: 5,
    }],
  },
  "an orphan that was paid": {
    before: ALICE_ORPHANED,
    transitions: [
      {
        kind: "record-paid",
        debt: TO_ALICE,
        payment: TO_ALICE,
        spent: null,
        hash: hashOf(70),
        at: 5,
      },
    ],
  },
  "an orphan that is dropped": {
    before: ALICE_ORPHANED,
    transitions: [{ kind: "drop", payment: TO_ALICE, hold: null }],
  },
  "a release": {
    before: { ...POOL, "eth:payments:held": hash({ [ALICE]: encodeHold(HOLD) }) },
    transitions: [{ kind: "release", hold: HOLD }],
  },
  "a note of the server": {
    before: POOL,
    transitions: [{ kind: "note-server", server: { runId: "r", window: 64, toSeal: 3 } }],
  },
  "a hold": { before: POOL, transitions: [{ kind: "hold", hold: HOLD }] },
  "a nonce": {
    before: POOL,
    transitions: [{ kind: "advance-nonce", wallet: WALLET, from: 7, to: 9 }],
  },
  "a first nonce": {
    before: POOL,
    transitions: [{ kind: "advance-nonce", wallet: other(WALLET), from: null, to: 0 }],
  },
  "a hundred debits": {
    before: {
      "eth:finances": hash({ balance: "70000000000" }),
      "eth:payments:nonces": hash({ [WALLET]: "7" }),
      ...Object.fromEntries(
        MANY.map(({ login }) => [`eth:miners:${login}`, hash({ balance: "700000000" })]),
      ),
    },
    transitions: MANY.map((payment) => ({ kind: "debit", payment })),
  },
  "a debit and its settlement": { before: POOL, transitions: [DEBIT, SETTLE] },
  "a hold that stands already, and a debit": {
    before: { ...POOL, "eth:payments:held": hash({ [ALICE]: encodeHold(HOLD) }) },
    transitions: [{ kind: "hold", hold: HOLD }, DEBIT],
  },
};

function other(wallet: Address): Address {
  return wallet.replaceAll("cd", "ce") as Address;
}
