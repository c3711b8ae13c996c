import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import type { LedgerDump } from "../../adapters/memory/ledger_store.ts";
import type { CommitOutcome, Fence } from "../../domain/ports/ledger.ts";
import { type AttackedRedis, attackedRedis, lockedBy } from "./attacked_redis.ts";
import { COMMIT_CASES, type CommitCase } from "./commit_cases.ts";

/** EXEC's answer when its WATCH broke. */
const NOTHING_APPLIED = /\*-1\r\n$/;

/** What is done to a commit; everything armed before it begins. */
type Disturb = (attacked: AttackedRedis, commit: () => Promise<CommitOutcome>) => Promise<void>;

const DISTURBANCES: Readonly<Record<string, Disturb>> = {
  async "whose EXEC is lost"({ proxy }, commit) {
    const [exec, outcome] = [proxy.intercept("EXEC"), commit()];
    (await exec).cutBefore();
    await isApplied(outcome);
  },
  async "whose MULTI is lost"({ proxy }, commit) {
    const [multi, outcome] = [proxy.intercept("MULTI"), commit()];
    (await multi).cutBefore();
    await isApplied(outcome);
  },
  async "whose WATCH is lost"({ proxy }, commit) {
    const [watch, outcome] = [proxy.intercept("WATCH"), commit()];
    (await watch).cutBefore();
    await isApplied(outcome);
  },
  async "whose answer is lost"({ proxy }, commit) {
    const [exec, outcome] = [proxy.intercept("EXEC"), commit()];
    await (await exec).cutAfter();
    await isApplied(outcome);
  },
  async "whose answer is lost, and the answer to the touch"({ proxy }, commit) {
    const [exec, touch] = [proxy.intercept("EXEC"), proxy.intercept("EXEC")];
    const outcome = commit();
    await (await exec).cutAfter();
    await (await touch).cutAfter();
    await isApplied(outcome);
  },
  async "whose answer is lost, and the touch"({ proxy }, commit) {
    const [exec, touch] = [proxy.intercept("EXEC"), proxy.intercept("EXEC")];
    const outcome = commit();
    await (await exec).cutAfter();
    (await touch).cutBefore();
    await isApplied(outcome);
  },
  async "whose EXEC arrives before the touch"({ proxy }, commit) {
    const [exec, outcome] = [proxy.intercept("EXEC"), commit()];
    const held = (await exec).hold();
    const touch = await proxy.intercept("WATCH");
    await held.deliver();
    touch.pass();
    await isApplied(outcome);
  },
  async "whose EXEC arrives within the touch"({ proxy }, commit) {
    const [exec, outcome] = [proxy.intercept("EXEC"), commit()];
    const held = (await exec).hold();
    const touch = await proxy.intercept("EXEC");
    await held.deliver();
    touch.pass();
    await isApplied(outcome);
  },
  async "whose EXEC arrives after the touch, before it is tried again"({ proxy }, commit) {
    const [exec, outcome] = [proxy.intercept("EXEC"), commit()];
    const held = (await exec).hold();
    (await proxy.intercept("EXEC")).pass();
    const retry = await proxy.intercept("EXEC");
    match(await held.deliver(), NOTHING_APPLIED);
    retry.pass();
    await isApplied(outcome);
  },
  async "whose EXEC arrives when all is done"({ proxy }, commit) {
    const [exec, outcome] = [proxy.intercept("EXEC"), commit()];
    const held = (await exec).hold();
    await isApplied(outcome);
    match(await held.deliver(), NOTHING_APPLIED);
  },
  async "whose connection is killed at EXEC"({ proxy, client }, commit) {
    const [exec, outcome] = [proxy.intercept("EXEC"), commit()];
    const stopped = await exec;
    await client.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    stopped.pass();
    await isApplied(outcome);
  },
};

for (const [what, commitCase] of Object.entries(COMMIT_CASES)) {
  for (const [how, disturb] of Object.entries(DISTURBANCES)) {
    Deno.test(`commit() applies ${what} once ${how}`, async () => {
      await using attacked = await attackedRedis();
      const expected = await undisturbed(attacked, commitCase);
      await attacked.seed(commitCase.before);
      await using ledger = await attacked.ledger();
      const fence = await lockedBy(ledger);
      await disturb(attacked, () => fence.commit(commitCase.transitions));
      deepStrictEqual(await attacked.records(), expected);
      // The fence goes on as if nothing had been.
      await fence.renew();
    });
  }
}

/** What the ledger is after a commit that nothing disturbed. */
async function undisturbed(
  attacked: AttackedRedis,
  { before, transitions }: CommitCase,
): Promise<LedgerDump> {
  await attacked.seed(before);
  await using ledger = await attacked.ledger();
  await isApplied((await lockedBy(ledger)).commit(transitions));
  return await attacked.records();
}

async function isApplied(outcome: Promise<CommitOutcome>): Promise<void> {
  deepStrictEqual(await outcome, { kind: "applied" });
}

/** The three ways in which an EXEC goes wrong, for a step that answers the same in all of them. */
const LOSSES: Readonly<
  Record<string, (attacked: AttackedRedis, step: () => Promise<void>) => Promise<void>>
> = {
  async "its EXEC is lost"({ proxy }, step) {
    const [exec, done] = [proxy.intercept("EXEC"), step()];
    (await exec).cutBefore();
    await done;
  },
  async "its answer is lost"({ proxy }, step) {
    const [exec, done] = [proxy.intercept("EXEC"), step()];
    await (await exec).cutAfter();
    await done;
  },
  async "its EXEC arrives late"({ proxy }, step) {
    const [exec, done] = [proxy.intercept("EXEC"), step()];
    const held = (await exec).hold();
    await done;
    match(await held.deliver(), NOTHING_APPLIED);
  },
};

for (const [how, lose] of Object.entries(LOSSES)) {
  Deno.test(`lock() is taken once when ${how}`, async () => {
    await using attacked = await attackedRedis();
    await using ledger = await attacked.ledger();
    await lose(attacked, async () => void await lockedBy(ledger));
    strictEqual(await attacked.client.get("eth:payments:lock"), "paydirt:one");
    strictEqual(await attacked.client.get("eth:payments:lease"), "paydirt:one");
  });

  Deno.test(`renew() keeps the lease when ${how}`, async () => {
    await using attacked = await attackedRedis();
    await using ledger = await attacked.ledger();
    const fence = await lockedBy(ledger);
    await attacked.client.del("eth:payments:lease");
    await lose(attacked, () => fence.renew());
    strictEqual(await attacked.client.get("eth:payments:lease"), "paydirt:one");
  });

  Deno.test(`release() frees the lock and says so when ${how}`, async () => {
    await using attacked = await attackedRedis();
    await using ledger = await attacked.ledger();
    const fence = await lockedBy(ledger);
    await lose(attacked, () => isReleased(fence));
    strictEqual(await attacked.client.exists("eth:payments:lock", "eth:payments:lease"), 0);
  });
}

async function isReleased(fence: Fence): Promise<void> {
  deepStrictEqual(await fence.release(), { lockReleased: true });
}

Deno.test("release() that arrives late does not touch the next run's lock", async () => {
  await using attacked = await attackedRedis();
  await using one = await attacked.ledger();
  await using two = await attacked.ledger();
  const fence = await lockedBy(one);
  const [exec, done] = [attacked.proxy.intercept("EXEC"), isReleased(fence)];
  const held = (await exec).hold();
  await done;
  await lockedBy(two, "two");
  match(await held.deliver(), NOTHING_APPLIED);
  strictEqual(await attacked.client.get("eth:payments:lock"), "paydirt:two");
});
