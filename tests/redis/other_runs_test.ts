/**
 * Calls that are frozen, or still in the wire, while another run takes the lock over, and calls that
 * come back to another server: at each of their requests.
 *
 * @module
 */

import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { Fault, type FaultKind } from "../../domain/fault.ts";
import type { Ledger } from "../../domain/ports/ledger.ts";
import type { Told } from "../contract/cuts.ts";
import {
  FENCE_CALLS,
  type LedgerCall,
  LOCK_CALLS,
  READER_CALLS,
} from "../contract/ledger_calls.ts";
import { fenceOf } from "../contract/ledger_fixtures.ts";
import { type AttackedRedis, attackedRedis } from "./attacked_redis.ts";
import { around, atEachRequest } from "./each_request.ts";

/** What takes the lock: nobody else is there at first. */
const TAKING = LOCK_CALLS.filter(({ name }) => !/living|Go payer/.test(name));

for (const call of [...TAKING, ...FENCE_CALLS]) {
  Deno.test(`${call.name}, frozen at any request while another run takes over, changes nothing`, async () => {
    await using attacked = await attackedRedis();
    await atEachRequest(attacked, call, async ({ stopped, told }) => {
      await using two = await attacked.ledger();
      await takeOver(attacked, two);
      const before = await attacked.dump();
      stopped.pass();
      isFencedOut(call, await told);
      deepStrictEqual(await attacked.dump(), before);
    });
  });

  Deno.test(`${call.name}, in the wire at any request, changes nothing under the next run`, async () => {
    await using attacked = await attackedRedis();
    await atEachRequest(attacked, call, async ({ stopped, told }) => {
      const held = stopped.hold();
      ok("answer" in await told);
      await using two = await attacked.ledger();
      await takeOver(attacked, two);
      const before = await attacked.dump();
      await held.deliver();
      deepStrictEqual(await attacked.dump(), before);
    });
  });
}

const UNDER_LOCK: readonly LedgerCall[] = READER_CALLS.map((call) => ({
  ...call,
  name: `${call.name} under the lock`,
  ready: async (ledger, around) => {
    await fenceOf(ledger);
    return await call.ready(ledger, around);
  },
}));

for (const call of [...UNDER_LOCK, ...FENCE_CALLS.filter(({ name }) => !/ of a /.test(name))]) {
  Deno.test(`${call.name} stops when it comes back to another server, at any request`, async () => {
    await using attacked = await attackedRedis();
    let restarted: Promise<void> | undefined;
    await atEachRequest(attacked, call, async ({ stopped, told }) => {
      restarted = attacked.redis.restart();
      await restarted;
      stopped.cutBefore();
      isFault(await told, "ledger-changed");
      deepStrictEqual(await attacked.dump(), {});
    }, { onPause: () => restarted });
  });
}

async function takeOver(attacked: AttackedRedis, two: Ledger): Promise<void> {
  await around(attacked).expireLease();
  await fenceOf(two, "two");
}

function isFencedOut(call: LedgerCall, told: Told<unknown>): void {
  if (call.name.startsWith("lock()")) {
    return deepStrictEqual(told, { answer: { kind: "another-run", owner: "paydirt:two" } });
  }
  if (call.name.startsWith("release()")) {
    return deepStrictEqual(told, { answer: { lockReleased: false } });
  }
  // What it refused before it was frozen it may say afterwards.
  if ("answer" in told) strictEqual(Object(told.answer).kind, "refused");
  else isFault(told, "fenced");
}

function isFault(told: Told<unknown>, kind: FaultKind): void {
  ok("error" in told, "it answered");
  if (!(told.error instanceof Fault)) throw told.error;
  strictEqual(told.error.kind, kind);
}
