import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { getAddress } from "ethers/address";
import fc from "fast-check";
import { ZERO_ADDRESS } from "../../domain/address.ts";
import { MAX_SHANNON, shannon, wei } from "../../domain/money.ts";
import {
  brokenLimit,
  type Candidate,
  costOf,
  cover,
  inPlanOrder,
  judge,
  type Payee,
  type Rules,
} from "../../domain/plan.ts";
import type { MinerAccount } from "../../domain/ports/ledger.ts";
import { addressOf, anyAddress, anyShannon, anyWei, WALLET } from "./arbitraries.ts";
import { pureTest } from "./pure.ts";

const MINER = addressOf(0xab);

const RULES: Rules = {
  thresholdShannon: shannon(500n),
  wallet: WALLET,
  inFlight: new Set(),
  held: new Set(),
  checksum: getAddress,
};

/** An amount that a miner is owed, and the wallet can pay. */
const anyOwed = fc.bigInt({ min: 1n, max: 10n ** 12n }).map(shannon);

const anyCandidate: fc.Arbitrary<Candidate> = fc.record({
  login: anyAddress,
  recipient: anyAddress,
  amountShannon: fc.oneof(anyOwed, fc.bigInt({ min: 1n, max: 3n }).map(shannon)),
});

/** Candidates as a scan finds them: each login once. */
const anyCandidates = fc.uniqueArray(anyCandidate, { selector: ({ login }) => login });

const anyPayees: fc.Arbitrary<readonly Payee[]> = fc.array(
  fc.tuple(anyCandidate, fc.bigInt({ min: 21_000n, max: 100_000n }))
    .map(([candidate, gas]) => ({ ...candidate, gas })),
);

const anyFunds = fc.record({
  availableWei: fc.oneof(
    fc.bigInt({ min: -(10n ** 18n), max: 10n ** 22n }),
    fc.constant(2n ** 200n),
  ),
  ceilingWei: anyWei(10n ** 12n),
});

pureTest("judge() pays who is owed more than the threshold, all of it", () => {
  deepStrictEqual(judge(accountOf("501"), RULES), {
    kind: "pay",
    candidate: { login: MINER, recipient: MINER, amountShannon: 501n },
  });
});

pureTest("judge() pays a login to its address, and never rewrites the login", () => {
  const login = getAddress(MINER);
  deepStrictEqual(judge({ ...accountOf("501"), login }, RULES), {
    kind: "pay",
    candidate: { login, recipient: MINER, amountShannon: 501n },
  });
});

pureTest("judge() is strict about the threshold", () => {
  strictEqual(reasonOf(accountOf("500")), "at-threshold");
  deepStrictEqual(judge(accountOf("499"), RULES), {
    kind: "below-threshold",
    login: MINER,
    amountShannon: 499n,
  });
});

pureTest("judge() pays nobody less than 1 Shannon, whatever the threshold", () => {
  const lax = { ...RULES, thresholdShannon: shannon(-1n) };
  strictEqual(reasonOf(accountOf("0"), lax), "nothing-owed");
  strictEqual(judge(accountOf("1"), lax).kind, "pay");
  strictEqual(judge(accountOf("-5"), lax).kind, "below-threshold");
  strictEqual(
    reasonOf(accountOf("-5"), { ...lax, thresholdShannon: shannon(-9n) }),
    "nothing-owed",
  );
  const zero = { ...RULES, thresholdShannon: shannon(0n) };
  strictEqual(reasonOf(accountOf("0"), zero), "at-threshold");
  strictEqual(judge(accountOf("1"), zero).kind, "pay");
});

pureTest("judge() takes a missing balance for nothing owed", () => {
  const account = accountOf(null);
  deepStrictEqual(judge(account, RULES), {
    kind: "below-threshold",
    login: MINER,
    amountShannon: 0n,
  });
  strictEqual(reasonOf(account, { ...RULES, thresholdShannon: shannon(-1n) }), "nothing-owed");
});

pureTest("judge() skips a balance that is no integer of 64 bits", () => {
  for (const balance of ["", "12.5", "1e9", "-0", "0600", " 600", "many", `${MAX_SHANNON + 1n}`]) {
    strictEqual(reasonOf(accountOf(balance)), "unreadable-balance", balance);
  }
});

pureTest("judge() skips a key that is no text, unless a balance was found under its name", () => {
  const login = "a\ufffd";
  deepStrictEqual(judge({ login, balance: null, wrongType: null }, RULES), {
    kind: "skip",
    skipped: { login, amountShannon: null, reason: "unreadable-balance" },
  });
  strictEqual(reasonOf({ login, balance: "501", wrongType: null }), "no-address");
});

pureTest("judge() skips a key of another type", () => {
  strictEqual(reasonOf({ login: MINER, balance: null, wrongType: "string" }), "wrong-type");
});

pureTest("judge() skips who cannot be sent to", () => {
  const table: [login: string, reason: string][] = [
    ["worker-7", "no-address"],
    [`${MINER}.rig1`, "no-address"],
    [`0x${"aB".repeat(20)}`, "bad-checksum"],
    [ZERO_ADDRESS, "zero-address"],
    [WALLET, "pool-wallet"],
    [getAddress(WALLET), "pool-wallet"],
  ];
  for (const [login, reason] of table) {
    strictEqual(reasonOf({ ...accountOf("501"), login }), reason, login);
  }
});

pureTest("judge() skips who is held or in flight", () => {
  strictEqual(reasonOf(accountOf("501"), { ...RULES, held: new Set([MINER]) }), "held");
  strictEqual(reasonOf(accountOf("501"), { ...RULES, inFlight: new Set([MINER]) }), "in-flight");
});

pureTest("judge() never pays what is not owed, to whom it must not", () => {
  const anyLoginOrAddress = fc.oneof(anyAddress, fc.string());
  const anyBalance = fc.option(fc.oneof(anyShannon.map(String), fc.string()));
  fc.assert(
    fc.property(anyLoginOrAddress, anyBalance, anyShannon, (login, balance, thresholdShannon) => {
      const judged = judge({ login, balance, wrongType: null }, { ...RULES, thresholdShannon });
      if (judged.kind !== "pay") return;
      const { candidate } = judged;
      strictEqual(String(candidate.amountShannon), balance);
      ok(candidate.amountShannon > thresholdShannon && candidate.amountShannon > 0n);
      strictEqual(candidate.recipient, login.toLowerCase());
    }),
  );
});

pureTest("inPlanOrder() goes from the smallest amount up, equal ones by login", () => {
  const candidates = [[0xc, 5n], [0xb, 7n], [0xa, 7n], [0xd, 1n]] as const;
  const ordered = inPlanOrder(candidates.map(([seed, amount]) => candidateOf(seed, amount)));
  deepStrictEqual(ordered.map(({ login }) => login), [0xd, 0xc, 0xa, 0xb].map(addressOf));
});

pureTest("inPlanOrder() is the same for the same ledger, and leaves nobody out", () => {
  const anyTwoScans = anyCandidates.chain((candidates) =>
    fc.tuple(
      fc.constant(candidates),
      fc.shuffledSubarray(candidates, { minLength: candidates.length }),
    )
  );
  fc.assert(fc.property(anyTwoScans, ([one, other]) => {
    const ordered = inPlanOrder(one);
    deepStrictEqual(ordered, inPlanOrder(other));
    deepStrictEqual(new Set(ordered), new Set(one));
    strictEqual(ordered.length, one.length);
  }));
});

pureTest("brokenLimit() of what the operator thinks possible is none", () => {
  const candidates = [candidateOf(1, 60n), candidateOf(2, 40n)];
  const limits = { maxPaymentShannon: shannon(60n), maxTotalShannon: shannon(100n) };
  strictEqual(brokenLimit(candidates, limits), undefined);
  strictEqual(
    brokenLimit(candidates, { maxPaymentShannon: null, maxTotalShannon: null }),
    undefined,
  );
});

pureTest("brokenLimit() names the payee who is owed too much", () => {
  const limits = { maxPaymentShannon: shannon(59n), maxTotalShannon: null };
  match(
    brokenLimit([candidateOf(2, 40n), candidateOf(1, 60n)], limits) ?? "",
    /^"0x0{39}1" is owed 60 Shannon, more than payouts\.maxPayment \(59\)$/,
  );
});

pureTest("brokenLimit() names a total that is too much", () => {
  const limits = { maxPaymentShannon: null, maxTotalShannon: shannon(99n) };
  strictEqual(
    brokenLimit([candidateOf(1, 60n), candidateOf(2, 40n)], limits),
    "2 payees are owed 100 Shannon, more than payouts.maxTotal (99)",
  );
});

pureTest("brokenLimit() adds up past 64 bits", () => {
  const candidates = [candidateOf(1, MAX_SHANNON), candidateOf(2, MAX_SHANNON)];
  const limits = { maxPaymentShannon: null, maxTotalShannon: shannon(MAX_SHANNON) };
  match(brokenLimit(candidates, limits) ?? "", /18446744073709551614 Shannon/);
});

pureTest("costOf() is the value and the most that its gas can cost", () => {
  strictEqual(costOf({ ...candidateOf(1, 5n), gas: 21_000n }, wei(3n)), 5_000_063_000n);
});

pureTest("cover() stops at the first payee who does not fit: nobody is overtaken", () => {
  const payees = [10n, 30n, 20n].map((amount, seed) => ({ ...candidateOf(seed, amount), gas: 1n }));
  const coverage = cover(payees, { availableWei: 35_000_000_000n, ceilingWei: wei(0n) });
  deepStrictEqual(coverage.covered, payees.slice(0, 1));
  deepStrictEqual(coverage.uncovered, payees.slice(1));
  strictEqual(coverage.shortfallWei, 25_000_000_000n);
});

pureTest(
  "cover() takes payees in order, as many as the coins cover, and spends no Wei more",
  () => {
    fc.assert(fc.property(anyPayees, anyFunds, (payees, funds) => {
      const { covered, uncovered } = cover(payees, funds);
      deepStrictEqual([...covered, ...uncovered], payees);
      const spentWei = costOfAll(covered, funds.ceilingWei);
      ok(covered.length === 0 || spentWei <= funds.availableWei);
      const [next] = uncovered;
      if (next !== undefined) ok(spentWei + costOf(next, funds.ceilingWei) > funds.availableWei);
    }));
  },
);

pureTest("cover() misses exactly what would have covered everyone", () => {
  fc.assert(fc.property(anyPayees, anyFunds, (payees, funds) => {
    const { shortfallWei, feeCeilingWei } = cover(payees, funds);
    const costWei = costOfAll(payees, funds.ceilingWei);
    strictEqual(feeCeilingWei, payees.reduce((sum, { gas }) => sum + gas * funds.ceilingWei, 0n));
    strictEqual(shortfallWei, costWei > funds.availableWei ? costWei - funds.availableWei : 0n);
    const enough = { ...funds, availableWei: funds.availableWei + shortfallWei };
    deepStrictEqual(cover(payees, enough).covered, payees);
  }));
});

function accountOf(balance: string | null): MinerAccount {
  return { login: MINER, balance, wrongType: null };
}

function candidateOf(seed: number, amount: bigint): Candidate {
  const login = addressOf(seed);
  return { login, recipient: login, amountShannon: shannon(amount) };
}

function reasonOf(account: MinerAccount, rules = RULES): string {
  const judged = judge(account, rules);
  return judged.kind === "skip" ? judged.skipped.reason : judged.kind;
}

function costOfAll(payees: readonly Payee[], ceilingWei: Parameters<typeof costOf>[1]): bigint {
  return payees.reduce((sum, payee) => sum + costOf(payee, ceilingWei), 0n);
}
