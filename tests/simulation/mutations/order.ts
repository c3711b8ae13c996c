/**
 * Bugs of the order in which things are done.
 *
 * @module
 */

import type { Mutation } from "./mutation.ts";

/** Bugs of the order in which things are done. */
export const ORDER: readonly Mutation[] = [
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
    replace:
      'if (!inMempool && newest.raw !== null) return wait("");\nif ((false as boolean)) return',
  },
  {
    name: "a ledger that keeps every write is not asked whether it did",
    file: "app/make_durable.ts",
    find: "return await run.fence.persist(durability);",
    replace: "return;",
  },
  {
    name: "what was journalled is sent though the lock is gone",
    file: "app/make_durable.ts",
    find: "await run.fence.confirm();",
    replace: "",
    test: "tests/simulation/sleeper_test.ts",
  },
  {
    name: "leftovers are not durable again before they are sent",
    file: "app/recover.ts",
    find: "await journalAgain(run, [...sure, ...leftovers.orphans], journalled);",
    replace: "",
  },
];
