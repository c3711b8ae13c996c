/**
 * Calls whose request is believed lost and arrives while they find out what became of it: each
 * request, before each later one.
 *
 * @module
 */

import { deepStrictEqual, ok } from "node:assert/strict";
import { toldBy } from "../contract/cuts.ts";
import { FENCE_CALLS, type LedgerCall, LOCK_CALLS } from "../contract/ledger_calls.ts";
import { type Held, nthRequest } from "../support/tcp_proxy.ts";
import { type AttackedRedis, attackedRedis } from "./attacked_redis.ts";
import { around, atEachRequest } from "./each_request.ts";

for (const call of [...LOCK_CALLS, ...FENCE_CALLS]) {
  Deno.test(`${call.name} is done once whenever a request of it arrives late`, async () => {
    await using attacked = await attackedRedis();
    const expected = await undisturbed(attacked, call);
    let pairs = 0;
    for (let between = 0, isMet = true; isMet; between++) {
      isMet = false;
      await atEachRequest(attacked, call, async ({ stopped, told }) => {
        const held = stopped.hold();
        const arrived = arriveBefore(attacked, held, between);
        deepStrictEqual(await told, { answer: expected.answer });
        arrived.end();
        deepStrictEqual(await attacked.dump(), expected.after);
        if (!arrived.hasArrived()) return;
        isMet = true;
        pairs++;
      });
    }
    ok(pairs > 0, "nothing arrived in between");
  });
}

async function undisturbed(attacked: AttackedRedis, call: LedgerCall) {
  await attacked.seed(call.before);
  await using ledger = await attacked.ledger();
  const told = await toldBy(await call.ready(ledger, around(attacked)));
  if ("error" in told) throw told.error;
  return { answer: told.answer, after: await attacked.dump() };
}

/** Delivers what is in the wire just before the n-th request from now on. */
function arriveBefore({ proxy }: AttackedRedis, held: Held, nth: number) {
  let hasArrived = false;
  let isOver = false;
  void proxy.intercept(nthRequest(nth)).then(async (next) => {
    if (!isOver) {
      await held.deliver();
      hasArrived = true;
    }
    next.pass();
  });
  return { hasArrived: () => hasArrived, end: () => void (isOver = true) };
}
