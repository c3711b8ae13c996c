import assert from "node:assert/strict";
import { adjustWindow, heedFullMempool, openWindow } from "../../app/window.ts";
import { newWatch } from "../../app/observe.ts";
import type { Hash } from "../../domain/address.ts";
import { present, unknown } from "../../domain/fact.ts";
import { wei } from "../../domain/money.ts";
import type { Tip } from "../../domain/ports/chain.ts";
import type { SendMeaning } from "../../domain/send_answer.ts";
import { SmallPool } from "./small_pool.ts";

const HASH = `0x${"1".repeat(64)}` as Hash;

/** A window of at most this many, and what it is after heads with these counts of the wallet. */
class Watched {
  readonly window;
  readonly watch;
  readonly policy;

  constructor(maxInFlight: number) {
    this.window = openWindow(maxInFlight);
    this.watch = newWatch(tipWith(0, 0));
    this.policy = { maxInFlight };
  }

  at(latest: number | null, pending: number | null): number {
    this.watch.tip = tipWith(latest, pending);
    adjustWindow(this);
    return this.window.size;
  }

  answered(from: number, meanings: readonly SendMeaning[]): number {
    heedFullMempool(
      this,
      meanings.map((_, index) => ({ nonce: from + index })),
      meanings.map((meaning) => ({ meaning })),
    );
    return this.window.size;
  }
}

function tipWith(latest: number | null, pending: number | null): Tip {
  const count = (value: number | null) => value === null ? unknown("no answer") : present(value);
  return {
    head: { number: 1, hash: HASH, parentHash: HASH, time: 0, baseFeeWei: null },
    latestNonce: count(latest),
    pendingNonce: count(pending),
    balanceWei: present(wei(0n)),
  };
}

Deno.test("a window shrinks to what the node has room for", () => {
  const watched = new Watched(64);
  assert.equal(watched.at(10, 10), 64);
  assert.equal(watched.answered(10, ["accepted", "known", "accepted"]), 64);
  assert.equal(watched.answered(13, ["accepted", "pool-full", "pool-full"]), 4);
  assert.equal(watched.answered(10, ["pool-full"]), 1);
});

Deno.test("a window grows while blocks take half of it, and never above what the operator allows", () => {
  const watched = new Watched(64);
  watched.at(0, 0);
  watched.answered(0, ["pool-full"]);
  assert.equal(watched.at(0, 1), 1);
  const sizes = [1, 2, 4, 7, 11, 18, 28, 42].map((latest) => watched.at(latest, latest));
  assert.deepEqual(sizes, [2, 3, 5, 8, 12, 18, 27, 41]);
  assert.equal(watched.at(43, 60), 41);
  assert.equal(watched.at(200, 200), 62);
  assert.equal(watched.at(300, 300), 64);
});

Deno.test("a window shrinks when the node drops payments, by half at the most", () => {
  const watched = new Watched(64);
  assert.equal(watched.at(10, 74), 64);
  assert.equal(watched.at(12, 60), 48);
  assert.equal(watched.at(12, 13), 24);
  assert.equal(watched.at(12, 13), 24);
});

Deno.test("a window stays when the node does not say the wallet's counts", () => {
  const watched = new Watched(64);
  watched.at(10, 74);
  assert.equal(watched.at(null, 10), 64);
  assert.equal(watched.at(11, null), 64);
});

Deno.test("runPayouts() bothers a full mempool with little more than it takes", async () => {
  const pool = new SmallPool(40);
  pool.node.rules = { ...pool.node.rules, mempoolLimit: 4 };
  const report = await pool.run({
    policy: { maxInFlight: 40, bumpAfterBlocks: 100 },
    options: { batchSize: 4 },
  });
  assert.equal(report.paid.length, 40);
  const refused =
    pool.events.filter((event) => event.kind === "sent" && event.meaning === "pool-full").length;
  // Each block takes four: a window that stayed open would ask 216 times in vain.
  assert.ok(refused <= 60, `${refused} refused`);
});
