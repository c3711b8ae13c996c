/**
 * Makes a call again and again, each time stopped one request later.
 *
 * @module
 */

import { ok } from "node:assert/strict";
import { type Told, toldBy } from "../contract/cuts.ts";
import type { Around, Call, LedgerCall } from "../contract/ledger_calls.ts";
import { type Intercepted, nthRequest } from "../support/tcp_proxy.ts";
import type { AttackedLedgerOptions, AttackedRedis } from "./attacked_redis.ts";

/** A call that has come to one of its requests. */
export interface Stopped {
  readonly stopped: Intercepted;
  /** What comes of the call. */
  readonly told: Promise<Told<unknown>>;
}

/** Stops a call at its first request, then at its second, and so on until it needs no more. */
export async function atEachRequest(
  attacked: AttackedRedis,
  call: LedgerCall,
  then: (at: Stopped) => Promise<void>,
  options: AttackedLedgerOptions = {},
): Promise<void> {
  for (let nth = 0;; nth++) {
    await attacked.seed(call.before);
    await using ledger = await attacked.ledger(options);
    const make = await call.ready(ledger, around(attacked));
    const at = await stopAt(attacked, make, nth);
    if (at === undefined) return void ok(nth > 0, "it needs no request");
    await then(at);
  }
}

/** `undefined`: it ended without coming so far. */
async function stopAt(
  { proxy }: AttackedRedis,
  make: Call,
  nth: number,
): Promise<Stopped | undefined> {
  let hasEnded = false;
  const caught = proxy.intercept(nthRequest(nth)).then((stopped) => {
    if (!hasEnded) return stopped;
    stopped.pass();
    return undefined;
  });
  const told = toldBy(make);
  const stopped = await Promise.race([caught, told.then(() => undefined)]);
  hasEnded = stopped === undefined;
  return stopped && { stopped, told };
}

/** What a call needs of a Redis under attack. */
export function around({ client }: AttackedRedis): Around {
  return { expireLease: async () => void await client.del("eth:payments:lease") };
}
