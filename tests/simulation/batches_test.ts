/**
 * Runs whose payees do not fit into one commit: one batch leaves while the next is debited.
 *
 * @module
 */

import assert from "node:assert/strict";
import { memoryLedger, memorySigner } from "../../adapters/memory/mod.ts";
import { decodeTransaction } from "../../adapters/memory/chain_transaction.ts";
import type { RunPorts } from "../../app/run.ts";
import { Fault } from "../../domain/fault.ts";
import type { Chain } from "../../domain/ports/chain.ts";
import type { LocalJournal } from "../../domain/ports/local_journal.ts";
import type { BytesSigner } from "../../domain/ports/signer.ts";
import { withCommit } from "./other_commits.ts";
import { WALLET } from "./payees.ts";
import { miner, SmallPool } from "./small_pool.ts";

/** A step of a batch, at its begin or end, with its first nonce. */
type Step = "sign" | "commit" | "append" | "broadcast";

/** A pool whose ports take a while, and note what they do. */
class SlowPool extends SmallPool {
  readonly log: string[] = [];

  /** Ports that note batches; `fail` may break a step. */
  slowPorts(fail: (step: Step, nonce: number) => Fault | undefined = () => undefined): RunPorts {
    const during = async <T>(step: Step, nonces: readonly number[], does: () => Promise<T>) => {
      const [nonce = -1] = nonces;
      this.log.push(`${step} ${nonce}`);
      await this.clock.sleep(10);
      const fault = fail(step, nonce);
      if (fault !== undefined) throw fault;
      const answer = await does();
      this.log.push(`${step} ${nonce} done`);
      return answer;
    };
    const signer = memorySigner(WALLET) as BytesSigner;
    return this.ports({
      signer: {
        ...signer,
        sign: (requests) =>
          during("sign", requests.map(({ nonce }) => nonce), () => signer.sign(requests)),
      },
      ledger: withCommit(
        memoryLedger(this.store, { clock: this.clock, prefix: "eth" }),
        (fence) => (transitions) => {
          const nonces = transitions.flatMap((each) =>
            each.kind === "debit" ? [each.payment.nonce] : []
          );
          return nonces.length === 0
            ? fence.commit(transitions)
            : during("commit", nonces, () => fence.commit(transitions));
        },
      ),
      localJournal: withAppend(
        this.journal,
        (payments) =>
          during("append", payments.map(({ nonce }) => nonce), () => this.journal.append(payments)),
      ),
      chain: {
        ...this.chain,
        broadcast: (raws) =>
          during(
            "broadcast",
            raws.map((raw) => decodeTransaction(raw)?.nonce ?? -1),
            () => this.chain.broadcast(raws),
          ),
      },
    });
  }

  /** Where in the log something stands; it must. */
  at(line: string): number {
    const index = this.log.indexOf(line);
    assert.notEqual(index, -1, `${line} is not in ${this.log.join(", ")}`);
    return index;
  }
}

function withAppend(journal: LocalJournal, append: LocalJournal["append"]): LocalJournal {
  return {
    name: journal.name,
    read: () => journal.read(),
    prepare: () => journal.prepare(),
    rotate: () => journal.rotate(),
    append,
  };
}

Deno.test("runPayouts() debits one batch while the one before leaves, and signs the one after", async () => {
  const pool = new SlowPool(8);
  const report = await pool.run({ ports: pool.slowPorts(), options: { batchSize: 2 } });
  assert.equal(report.paid.length, 8);
  for (const nonce of [0, 2, 4, 6]) {
    assert.ok(pool.at(`sign ${nonce} done`) < pool.at(`commit ${nonce}`));
    assert.ok(pool.at(`commit ${nonce} done`) < pool.at(`append ${nonce}`));
    assert.ok(pool.at(`append ${nonce} done`) < pool.at(`broadcast ${nonce}`));
  }
  for (const nonce of [2, 4, 6]) {
    assert.ok(pool.at(`commit ${nonce - 2} done`) < pool.at(`commit ${nonce}`));
    assert.ok(pool.at(`broadcast ${nonce - 2} done`) < pool.at(`broadcast ${nonce}`));
    assert.ok(pool.at(`sign ${nonce}`) < pool.at(`commit ${nonce - 2} done`), "signed ahead");
  }
  // Nothing was in flight before: whether the node takes anything is seen before the next debit.
  assert.ok(pool.at("broadcast 0 done") < pool.at("commit 2"));
  for (const nonce of [4, 6]) {
    assert.ok(pool.at(`commit ${nonce}`) < pool.at(`broadcast ${nonce - 2} done`), "at once");
  }
});

Deno.test("runPayouts() signs again what was signed ahead when a payee before it is dropped", async () => {
  const pool = new SlowPool(6);
  pool.store.setField(`eth:miners:${miner(2)}`, "paid", "abc");
  const report = await pool.run({ ports: pool.slowPorts(), options: { batchSize: 2 } });
  assert.deepEqual(report.skipped.map(({ login }) => login), [miner(2)]);
  assert.deepEqual(report.paid.map(({ nonce }) => nonce).sort(), [0, 1, 2, 3, 4]);
  for (const index of [0, 1, 3, 4, 5]) {
    assert.equal(pool.node.balanceWei(miner(index)), 600_000_000n * 1_000_000_000n);
  }
});

Deno.test("runPayouts() sends nothing that follows what could not be made durable", async () => {
  const pool = new SlowPool(8);
  const ports = pool.slowPorts((step, nonce) =>
    step === "append" && nonce === 2 ? new Fault("journal", "The disk is full") : undefined
  );
  const report = await pool.run({ ports, options: { batchSize: 2 } });
  assert.equal(report.stopped?.kind, "fault");
  // The batch behind it was being debited; the one behind that was only signed.
  assert.deepEqual(report.inFlight.map(({ nonce }) => nonce).sort(), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(
    pool.log.filter((line) => line.startsWith("broadcast")),
    ["broadcast 0", "broadcast 0 done"],
  );
  const next = await pool.run({ options: { batchSize: 2 } });
  assert.equal(report.paid.length + next.paid.length, 8);
  for (let index = 0; index < 8; index++) {
    assert.equal(pool.node.balanceWei(miner(index)), 600_000_000n * 1_000_000_000n);
  }
});

Deno.test("runPayouts() sends what is debited although the next debit failed", async () => {
  const pool = new SlowPool(8);
  const ports = pool.slowPorts((step, nonce) =>
    step === "commit" && nonce === 4 ? new Fault("ledger-unreachable", "Redis is gone") : undefined
  );
  const report = await pool.run({ ports, options: { batchSize: 2 } });
  assert.deepEqual(report.inFlight.map(({ nonce }) => nonce).sort(), [0, 1, 2, 3]);
  assert.ok(pool.at("broadcast 2 done") > pool.at("commit 4"));
  assert.equal(pool.log.some((line) => line.startsWith("append 4")), false);
});

Deno.test("runPayouts() debits one batch of a node that refuses them for good", async () => {
  const pool = new SmallPool(8);
  const chain: Chain = {
    ...pool.chain,
    broadcast: (raws) =>
      Promise.resolve(
        raws.map(() => ({ meaning: "fatal", hash: null, detail: "intrinsic gas too low" })),
      ),
  };
  const report = await pool.run({
    ports: pool.ports({ chain }),
    policy: { waitLimitMs: 3_000 },
    options: { batchSize: 2 },
  });
  assert.equal(report.stopped?.kind, "refused");
  assert.equal(report.inFlight.length, 2);
});
