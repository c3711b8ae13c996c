/**
 * Bugs that the simulator must find: each is one edit of the program's own text.
 *
 * @module
 */

/** One bug. */
export interface Mutation {
  /** What is wrong then. */
  readonly name: string;
  /** Where, from the root of the repository. */
  readonly file: string;
  /** The text as it is. It must be there, or the mutation is out of date. */
  readonly find: string;
  readonly replace: string;
  /** The test that finds it, where the simulator has no part, or meets it too seldom. */
  readonly test?: string;
}

/** Bugs of the order in which things are done. */
const ORDER: readonly Mutation[] = [
  {
    name: "broadcast before the debit",
    file: "app/debit.ts",
    find: "const outcome = await run.fence.commit(",
    replace: `const { chain, signer } = run.ports;
    for (const payment of signed) {
      const { raw, gas, fees } = newestAttempt(payment);
      if (raw !== null) await chain.broadcast([raw]);
      else if (signer.kind === "sends") {
        const { chainId, wallet, recipient, valueWei, nonce } = payment;
        await signer.send({ chainId, from: wallet, to: recipient, valueWei, nonce, gas, fees });
      }
    }
    const outcome = await run.fence.commit(`,
  },
  {
    name: "broadcast before durability",
    file: "app/outbox.ts",
    find: "await makeDurable(this.#run, payments);",
    replace: `await sendNewest(this.#run, payments.map(fresh));
    await makeDurable(this.#run, payments);`,
  },
  {
    name: "a batch leaves while it is made durable",
    file: "app/outbox.ts",
    find: "await makeDurable(this.#run, payments);",
    replace: "void makeDurable(this.#run, payments).catch(() => {});",
  },
  {
    name: "a batch leaves whose disk failed",
    file: "app/outbox.ts",
    find: "await makeDurable(this.#run, payments);",
    replace: "await makeDurable(this.#run, payments).catch(() => {});",
  },
  {
    name: "bump not made durable",
    file: "app/replace_attempts.ts",
    find: "await makeDurable(run, recorded);",
    replace: "",
  },
  {
    name: "bump not journalled in the ledger",
    file: "app/replace_attempts.ts",
    find: "const unfit = await commitAll(run.fence, transitions);",
    replace: "const unfit = await commitAll(run.fence, transitions.slice(0, 0));",
  },
  {
    name: "leftovers are not sent again",
    file: "domain/decide.ts",
    find: "if (newest.raw !== null && flight.sentAt === null) return",
    replace: 'if (!inPool && newest.raw !== null) return wait("");\nif ((false as boolean)) return',
  },
];

/** Bugs of the lock and of what a commit checks. */
const LEDGER: readonly Mutation[] = [
  {
    name: "no fence on commits",
    file: "adapters/memory/ledger.ts",
    find: 'return seam("commit", () => {\n      this.#demandLock();',
    replace: 'return seam("commit", () => {',
  },
  {
    name: "lock released with payments in flight",
    file: "adapters/memory/ledger.ts",
    find: "if (isSettled) store.delete(keys.lock);",
    replace: "store.delete(keys.lock);",
  },
  {
    name: "the lock of a living run is taken",
    file: "adapters/memory/ledger.ts",
    find: "if (lease !== null && lease !== value) return",
    replace: "if (lease === undefined) return",
  },
  {
    name: "the next nonce is not written",
    file: "domain/effect.ts",
    find: '{ kind: "set-nonce", wallet: payment.wallet, next: payment.nonce + 1 },',
    replace: "",
  },
  {
    name: "the next nonce is not compared",
    file: "domain/expectation.ts",
    find: '{ kind: "nonce", wallet: payment.wallet, next: payment.nonce },',
    replace: "",
  },
  {
    name: "a settled payment stays pending",
    file: "domain/effect.ts",
    find: 'putPaid(settle),\n    { kind: "remove-pending", key },',
    replace: "putPaid(settle),",
  },
  {
    name: "the pool's finances do not follow",
    file: "domain/effect.ts",
    find: 'login: debt.login }, { kind: "finances" }];',
    replace: "login: debt.login }];",
  },
  {
    name: "a login in flight is planned again",
    file: "domain/leftovers.ts",
    find: "...leftovers.payments.map(({ login }) => login),",
    replace: "",
  },
  {
    name: "held payees are planned",
    file: "domain/plan.ts",
    find: "if (rules.held.has(login))",
    replace: "if (rules.held.has(`${login}?`))",
  },
];

/** Bugs of what is taken for a fact. */
const EVIDENCE: readonly Mutation[] = [
  {
    name: "credited back on a missing receipt",
    file: "domain/decide.ts",
    find: 'if (unknown) return wait("the node did not tell the receipt");',
    replace: `const sent = payment.attempts[0]?.hash;
  if (sent) return creditBack("nonce-taken", { hash: sent, feeWei: null, hold: null });`,
  },
  {
    name: "an unanswered scan is taken for an empty one",
    file: "app/investigate.ts",
    find: 'return unknown("the scan of the chain could not finish");',
    replace: 'return { kind: "absent" };',
  },
  {
    name: "settled on the first receipt",
    file: "domain/decide.ts",
    find: "return first.depth >= policy.confirmations",
    replace: "return first.depth >= 1",
  },
  {
    name: "settled without the status",
    file: "domain/decide.ts",
    find: `      return creditBack("reverted", { hash, feeWei, hold: "reverted" });
    case "missing":
      return runsNoCode(attempt, policy)`,
    replace: `      return { kind: "settle", hash, block: block.number, feeWei };
    case "missing":
      return runsNoCode(attempt, policy)`,
  },
  {
    name: "settled on a branch that was left",
    file: "domain/headers.ts",
    find: "if (run[index]?.hash === block.hash)",
    replace: "if (run[index] !== undefined)",
  },
  {
    name: "new headers are not linked to the old ones",
    file: "domain/headers.ts",
    find: "tip === undefined || tip.hash !== first.parentHash",
    replace: "tip === undefined",
  },
  {
    name: "a cancel is taken for the payment",
    file: "domain/decide.ts",
    find: 'if (attempt.kind === "cancel") {',
    replace: 'if (attempt.kind === "cancel" && (false as boolean)) {',
  },
  {
    name: "the payment under another hash is credited back",
    file: "domain/decide_spent.ts",
    find: "if (!isThePayment(payment, transaction)) {",
    replace: "if (true as boolean) {",
  },
];

/** Bugs of nonces, and of what is sent. */
const SENDING: readonly Mutation[] = [
  {
    name: "paid anew, with another nonce, after a time-out",
    file: "app/send.ts",
    find: "function noteAnswer(run: Run, flight: InFlight, answer: SendAnswer): void {",
    replace: `function noteAnswer(run: Run, flight: InFlight, answer: SendAnswer): void {
  if (answer.meaning === "unknown") {
    const { payment } = flight;
    run.inFlight.delete(paymentKey(payment));
    run.queue = [...run.queue, { ...payment, gas: newestAttempt(payment).gas }];
    const back = { kind: "credit-back" as const, debt: payment, payment, hold: null };
    void commitAll(run.fence, [back]).catch(() => {});
    return;
  }`,
  },
  {
    name: "a bump takes the next nonce",
    file: "app/sign.ts",
    find: "nonce: payment.nonce,",
    replace: "nonce: payment.nonce + payment.attempts.length - 1,",
  },
  {
    name: "a cancel pays",
    file: "app/sign.ts",
    find: 'const pays = attempt.kind === "pay";',
    replace: "const pays = attempt.kind !== undefined;",
  },
  {
    name: "what is still in flight at the end of a run is credited back",
    file: "app/run.ts",
    find: "  if (run.stopped !== null) return;",
    replace: `  if (run.stopped !== null) return;
  for (const { payment } of run.inFlight.values()) {
    const back = { kind: "credit-back" as const, debt: payment, payment, hold: null };
    void run.fence.commit([back]).catch(() => {});
  }`,
  },
  {
    name: "fees are never raised",
    file: "domain/decide.ts",
    find: "if (waited >= policy.bumpAfterBlocks &&",
    replace: "if ((false as boolean) &&",
  },
  {
    name: "the chain is not compared with the ledger",
    file: "domain/continuity.ts",
    find: "find((nonce) => !facts.recorded.has(nonce))",
    replace: "find(() => false)",
  },
];

/** Bugs of what is done about a ledger that lost writes. */
const LOST_WRITES: readonly Mutation[] = [
  {
    name: "the local journal is not compared with the ledger",
    file: "domain/continuity.ts",
    find: "filter((nonce) => nonce >= (ledgerNext ?? 0));",
    replace: "filter(() => false);",
  },
  {
    name: "nothing is sealed after a loss of ledger and journal",
    file: "domain/continuity.ts",
    find: "if (noted === null || noted === server.runId) return false;",
    replace: "if (noted !== undefined) return false;",
    test: "tests/simulation/lost_writes_test.ts",
  },
  {
    name: "a ledger that knows no nonce is restored from the journal alone",
    file: "domain/continuity.ts",
    find: "return Math.max(-1, ...known) + 1;",
    replace: "return journalled.size > 0 ? Math.min(...journalled) : Math.max(-1, ...known) + 1;",
  },
  {
    name: "a forgotten payment gets no row",
    file: "domain/effect.ts",
    find: '...move(transition.debt, "balance", "paid"),\n        putPaid(transition),',
    replace: '...move(transition.debt, "balance", "paid"),',
  },
  {
    name: "a forgotten payment is passed over",
    file: "domain/restoration.ts",
    find: 'return { kind: "adopt", nonce, debt, transaction };',
    replace: 'return debt.amountShannon < 0n ? unclear(nonce, "") : pass("it was nothing");',
  },
];

/** Bugs of what a Go resolver took away behind our back. */
const ORPHANS: readonly Mutation[] = [
  {
    name: "an orphan's login is planned",
    file: "domain/leftovers.ts",
    find: "...leftovers.orphans.map(({ login }) => login),",
    replace: "",
  },
  {
    name: "an orphan is forgotten before its end is final",
    file: "domain/decide_orphan.ts",
    find: 'if (newest.kind === "cancel") return plain;',
    replace: 'return { kind: "drop", reason: "cancelled", hash: null, stranger: null };',
  },
  {
    name: "an orphan that was paid and credited back is forgotten",
    file: "domain/decide_orphan.ts",
    find: "return flight.orphan?.recorded",
    replace: "return flight.orphan !== null",
  },
  {
    name: "an orphan's cancel is not durable again after a crash",
    file: "app/recover.ts",
    find: "[...payments, ...leftovers.orphans]",
    replace: "payments",
    test: "tests/simulation/orphans_test.ts",
  },
];

/** Bugs between us and a real Redis. */
const REDIS: readonly Mutation[] = [
  {
    name: "no touch of the lock after a lost answer",
    file: "adapters/redis/fence.ts",
    find: '[["SET", lock, this.#value], ...trace.commands]',
    replace: '[["GET", lock], ...trace.commands]',
    test: "tests/redis/lost_answers_test.ts",
  },
  {
    name: "no check of EXEC's replies",
    file: "adapters/redis/fence.ts",
    find: "verify(commands, replies, this.#link.name);",
    replace: "",
    test: "tests/redis/fence_test.ts",
  },
  {
    name: "ioredis sends again by itself, as it does by default",
    file: "adapters/redis/connection.ts",
    find: `  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  enableOfflineQueue: false,
  enableReadyCheck: false,
  disableClientInfo: true,
  // HINCRBY replies above 2^53 would be rounded.
  stringNumbers: true,
  retryStrategy: (): null => null,
`,
    replace: "  stringNumbers: true,\n",
    test: "tests/redis/lost_answers_test.ts",
  },
  {
    name: "no WATCH on the lock",
    file: "adapters/redis/fence.ts",
    find: "[lock, nonces, journal, pending, all, held],",
    replace: "[nonces, journal, pending, all, held],",
    test: "tests/redis/fence_test.ts",
  },
];

/** All of them. */
export const MUTATIONS: readonly Mutation[] = [
  ...ORDER,
  ...LEDGER,
  ...EVIDENCE,
  ...SENDING,
  ...LOST_WRITES,
  ...ORPHANS,
  ...REDIS,
];
