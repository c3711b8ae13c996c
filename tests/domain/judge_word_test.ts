import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import type { Hex } from "../../domain/address.ts";
import { ABSENT, present, unknown } from "../../domain/fact.ts";
import {
  judgeCreditOfGoRow,
  judgeCreditOfPayment,
  judgeSettle,
  type NamedTransaction,
  type OwnFacts,
  type SettleFacts,
  type TransferSearch,
  type WordVerdict,
} from "../../domain/judge_word.ts";
import { wei } from "../../domain/money.ts";
import type { OpenDebt } from "../../domain/operator_word.ts";
import type { LookedUpTransaction } from "../../domain/ports/chain.ts";
import { addressOf, attemptOf, blockOf, paymentOf, WALLET } from "./arbitraries.ts";
import { FIRST, ONE_TRY, SECOND, spenderOf, STRANGE } from "./decide_cases.ts";
import { pureTest } from "./pure.ts";

const AT = ONE_TRY.debitedAt;
const PAYMENT: OpenDebt = { kind: "payment", payment: ONE_TRY };
const GO_ROW: OpenDebt = {
  kind: "go-row",
  foreign: {
    row: {
      kind: "row",
      key: "go" as never,
      login: ONE_TRY.login,
      amountShannon: ONE_TRY.amountShannon,
      at: AT,
    },
    hash: null,
    nonce: null,
  },
};

const TRANSFER: LookedUpTransaction = {
  hash: STRANGE,
  nonce: 7,
  from: WALLET,
  to: ONE_TRY.recipient,
  valueWei: ONE_TRY.valueWei,
  data: "0x" as Hex,
  block: blockOf(109),
};

/** A transfer of exactly the debt, final, that stands for nothing yet. */
const NAMED: NamedTransaction = {
  transaction: present(TRANSFER),
  status: present("success"),
  feeWei: wei(21_000n),
  final: true,
  minedAt: AT + 60,
  plainPayee: true,
  standsFor: null,
};

/** Another effect took the nonce. */
const TAKEN: OwnFacts = {
  verdict: {
    kind: "credit-back",
    reason: "nonce-taken",
    hash: STRANGE,
    feeWei: null,
    hold: null,
    stranger: null,
  },
  spender: present(spenderOf({ to: addressOf(0xcc) })),
  spenderRow: null,
};

const HELD_BY_NODE: OwnFacts = { ...TAKEN, verdict: { kind: "hold", reason: "sent-by-node" } };

const FACTS: SettleFacts = {
  wallet: WALLET,
  payee: ONE_TRY.recipient,
  confirmations: 12,
  own: TAKEN,
  underWay: present(false),
};

const NOTHING_FOUND: TransferSearch = { candidates: present([]), underWay: present(false) };

function settle(
  open: OpenDebt,
  changes: {
    readonly transaction?: Partial<LookedUpTransaction>;
    readonly named?: Partial<NamedTransaction>;
    readonly facts?: Partial<SettleFacts>;
  } = {},
): WordVerdict {
  const transaction = present({ ...TRANSFER, ...changes.transaction });
  return judgeSettle(open, { ...NAMED, transaction, ...changes.named }, {
    ...FACTS,
    ...changes.facts,
  });
}

function refuses(verdict: WordVerdict, why: RegExp): void {
  strictEqual(verdict.kind, "refuse");
  if (verdict.kind === "refuse") match(verdict.why, why);
}

const ORPHAN: OpenDebt = { kind: "orphan", payment: ONE_TRY };
const UNKNOWN_TO_LEDGER: OpenDebt = {
  kind: "unknown",
  debt: { login: ONE_TRY.login, amountShannon: ONE_TRY.amountShannon },
};

for (const open of [GO_ROW, PAYMENT, ORPHAN, UNKNOWN_TO_LEDGER]) {
  pureTest(`judgeSettle() of a ${open.kind} takes a final transfer of exactly the debt`, () => {
    const verdict = settle(open);
    strictEqual(verdict.kind, "settle");
    if (verdict.kind !== "settle") return;
    deepStrictEqual([verdict.transaction, verdict.block, verdict.feeWei], [TRANSFER, 109, 21_000n]);
    match(verdict.evidence, /moved exactly 0\.6 coins .* nonce 7, final in block 109/);
  });

  const REFUSALS: readonly (readonly [RegExp, Parameters<typeof settle>[1]])[] = [
    [/knows no such transaction/, { named: { transaction: ABSENT } }],
    [/did not say: odd/, { named: { transaction: unknown("odd") } }],
    [/sent by 0x.*, not by the wallet/, { transaction: { from: addressOf(0xee) } }],
    [/is no address/, { facts: { payee: undefined } }],
    [/went to 0x/, { transaction: { to: addressOf(0xee) } }],
    [/went to a new contract/, { transaction: { to: null } }],
    [/moved 600000000000000001 Wei/, { transaction: { valueWei: wei(600_000_000_000_000_001n) } }],
    [/carries data/, { transaction: { data: "0x00" as Hex } }],
    [/not mined yet/, { transaction: { block: null } }],
    [/not final yet/, { named: { final: false } }],
    [/did not report its receipt: odd/, { named: { status: unknown("odd") } }],
    [/did not report its receipt/, { named: { status: ABSENT } }],
    [/reverted/, { named: { status: present("reverted") } }],
    [/may be a contract/, { named: { status: present("missing"), plainPayee: false } }],
    [/stands for something already/, { named: { standsFor: "something" } }],
  ];
  pureTest(`judgeSettle() of a ${open.kind} refuses whatever contradicts it`, () => {
    for (const [why, changes] of REFUSALS) refuses(settle(open, changes), why);
  });

  pureTest(`judgeSettle() of a ${open.kind} needs no status where no code can have run`, () => {
    strictEqual(settle(open, { named: { status: present("missing") } }).kind, "settle");
  });
}

pureTest("judgeSettle() takes what is just old enough, for clocks and reorganisations", () => {
  for (const open of [GO_ROW, PAYMENT, ORPHAN]) {
    const older = { transaction: { block: blockOf(86) }, named: { minedAt: AT - 3_601 } };
    refuses(settle(open, older), /before the debit/);
  }
  strictEqual(settle(GO_ROW, { named: { minedAt: AT - 3_600 } }).kind, "settle");
  strictEqual(settle(PAYMENT, { transaction: { block: blockOf(87) } }).kind, "settle");
  refuses(settle(GO_ROW, { named: { minedAt: null } }), /before the debit/);
});

pureTest(
  "judgeSettle() takes another nonce only when the payment's own is spent by another effect",
  () => {
    const elsewhere = { transaction: { nonce: 9 } };
    strictEqual(settle(PAYMENT, elsewhere).kind, "settle");
    const open: readonly OwnFacts["verdict"][] = [
      { kind: "wait", why: "x" },
      { kind: "send-again" },
      { kind: "mend" },
      { kind: "investigate" },
      { kind: "replace", attempt: "pay", fees: attemptOf(FIRST).fees },
      { kind: "hold", reason: "nonce-vanished" },
    ];
    for (const verdict of open) {
      const own = { ...TAKEN, verdict, spender: ABSENT };
      refuses(settle(PAYMENT, { ...elsewhere, facts: { own } }), /not finally spent/);
      strictEqual(settle(PAYMENT, { facts: { own } }).kind, "settle");
    }
    const paid = { kind: "settle", hash: FIRST, block: 100, feeWei: null } as const;
    const own = { ...TAKEN, verdict: paid };
    refuses(settle(PAYMENT, { ...elsewhere, facts: { own } }), /at which 0x.*a1 paid it/);
  },
);

pureTest("judgeSettle() of what a node sent by itself wants nothing more under way", () => {
  const payment = paymentOf({ attempts: [attemptOf(FIRST, { raw: null })] });
  const open: OpenDebt = { kind: "payment", payment };
  const elsewhere = { transaction: { nonce: 9 } };
  strictEqual(settle(open, { ...elsewhere, facts: { own: HELD_BY_NODE } }).kind, "settle");
  for (const underWay of [present(true), unknown("odd")]) {
    const facts = { own: HELD_BY_NODE, underWay };
    refuses(settle(open, { ...elsewhere, facts }), /more under way/);
  }
});

pureTest("judgeCreditOfGoRow() gives back what a complete search shows nothing of", () => {
  strictEqual(judgeCreditOfGoRow(NOTHING_FOUND).kind, "credit-back");
  const candidate = { hash: STRANGE, nonce: 7, status: "success", final: true } as const;
  const found = (changes: object): TransferSearch => ({
    ...NOTHING_FOUND,
    candidates: present([{ ...candidate, recorded: false, ...changes }]),
  });
  strictEqual(judgeCreditOfGoRow(found({ recorded: true })).kind, "credit-back");
  strictEqual(judgeCreditOfGoRow(found({ status: "reverted" })).kind, "credit-back");
  refuses(judgeCreditOfGoRow(found({})), /0x.*bad is a transfer of exactly this/);
  refuses(judgeCreditOfGoRow(found({ status: "missing" })), /is a transfer of exactly this/);
  refuses(
    judgeCreditOfGoRow({ ...NOTHING_FOUND, candidates: unknown("odd") }),
    /not all be looked through: odd/,
  );
  refuses(judgeCreditOfGoRow({ ...NOTHING_FOUND, underWay: present(true) }), /under way/);
  refuses(judgeCreditOfGoRow({ ...NOTHING_FOUND, underWay: unknown("odd") }), /did not report/);
});

pureTest("judgeCreditOfPayment() leaves to the rules what they prove", () => {
  strictEqual(judgeCreditOfPayment(ONE_TRY, TAKEN, NOTHING_FOUND).kind, "leave");
  const paid = { kind: "settle", hash: FIRST, block: 100, feeWei: null } as const;
  refuses(
    judgeCreditOfPayment(ONE_TRY, { ...TAKEN, verdict: paid }, NOTHING_FOUND),
    /it was paid: 0x.*a1 is final in block 100/,
  );
});

pureTest("judgeCreditOfPayment() gives nothing back that may still arrive", () => {
  const open: readonly OwnFacts["verdict"][] = [
    { kind: "wait", why: "x" },
    { kind: "send-again" },
    { kind: "mend" },
    { kind: "investigate" },
    { kind: "replace", attempt: "cancel", fees: attemptOf(FIRST).fees },
  ];
  for (const verdict of open) {
    refuses(judgeCreditOfPayment(ONE_TRY, { ...TAKEN, verdict }, NOTHING_FOUND), /--cancel/);
  }
  for (const reason of ["nonce-vanished", "status-missing"] as const) {
    const own: OwnFacts = { ...TAKEN, verdict: { kind: "hold", reason }, spender: ABSENT };
    refuses(judgeCreditOfPayment(ONE_TRY, own, NOTHING_FOUND), new RegExp(`held as ${reason}`));
  }
});

pureTest(
  "judgeCreditOfPayment() gives back what lost its nonce to another payment's transfer",
  () => {
    const verdict = { kind: "hold", reason: "recorded" } as const;
    const row = { hash: STRANGE, amountShannon: "1", at: 1 };
    const own: OwnFacts = {
      ...TAKEN,
      verdict,
      spenderRow: { ...row, login: addressOf(0xcc) },
    };
    strictEqual(judgeCreditOfPayment(ONE_TRY, own, NOTHING_FOUND).kind, "credit-back");
    const same = present(spenderOf({}, { recorded: true }));
    const twin = { ...own, spender: same, spenderRow: { ...row, login: `${ONE_TRY.login}?` } };
    strictEqual(judgeCreditOfPayment(ONE_TRY, twin, NOTHING_FOUND).kind, "credit-back");
    const its = { ...own, spender: same, spenderRow: { ...row, login: ONE_TRY.login } };
    refuses(judgeCreditOfPayment(ONE_TRY, its, NOTHING_FOUND), /recorded as its payment already/);
    refuses(
      judgeCreditOfPayment(ONE_TRY, { ...its, spenderRow: null }, NOTHING_FOUND),
      /is a transfer of exactly this/,
    );
  },
);

pureTest("judgeCreditOfPayment() searches for what a node may have sent at another nonce", () => {
  const payment = paymentOf({ attempts: [attemptOf(FIRST), attemptOf(SECOND, { raw: null })] });
  const found: TransferSearch = {
    ...NOTHING_FOUND,
    candidates: present([
      { hash: SECOND, nonce: 9, status: "success", final: true, recorded: false },
    ]),
  };
  strictEqual(judgeCreditOfPayment(payment, HELD_BY_NODE, NOTHING_FOUND).kind, "credit-back");
  refuses(judgeCreditOfPayment(payment, HELD_BY_NODE, found), /is a transfer of exactly this/);
});
