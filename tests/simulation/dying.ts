/**
 * A run that dies at one of its calls of a port, before that call has its effect or after it, and
 * never comes back.
 *
 * @module
 */

import { memoryChain, memoryLedger, memorySigner } from "../../adapters/memory/mod.ts";
import type { LocalJournal } from "../../domain/ports/local_journal.ts";
import type { RunOptions } from "../../app/run.ts";
import { runPayouts } from "../../app/run_payouts.ts";
import { WALLET } from "./payees.ts";
import { SMALL_POLICY, type SmallPool } from "./small_pool.ts";

/** When a run dies. */
export interface Death {
  /** At which of its calls, from 0 on. */
  readonly call: number;
  readonly when: "before" | "after";
}

/** Runs until it dies; `false`: it came to its end before. */
export async function runUntilDeath(
  pool: SmallPool,
  death: Death,
  options: RunOptions,
): Promise<boolean> {
  const { promise: died, resolve: die } = Promise.withResolvers<void>();
  let calls = 0;
  let dead = false;
  const seam = async <T>(_method: unknown, effect: () => T): Promise<T> => {
    await undefined;
    const isLast = calls++ === death.call;
    if (dead) return await new Promise<never>(() => {});
    if (!isLast) return effect();
    dead = true;
    if (death.when === "after") effect();
    die();
    return await new Promise<never>(() => {});
  };
  const ports = pool.ports({
    ledger: memoryLedger(pool.store, { clock: pool.clock, prefix: "eth", seam }),
    chain: memoryChain(pool.node, { seam }),
    signer: memorySigner(WALLET, seam),
    localJournal: dyingJournal(pool.journal, seam),
    newRunId: () => "mortal",
  });
  let over = false;
  const running = runPayouts(ports, SMALL_POLICY, options);
  const ended = Promise.race([running.then(() => false), died.then(() => true)])
    .finally(() => over = true);
  ended.catch(() => {}); // Who called is told below.
  for (let second = 0; !over && second < 1_000; second++) {
    await pool.clock.advance(1_000);
    pool.node.mine();
  }
  return await ended;
}

function dyingJournal(
  journal: LocalJournal,
  seam: <T>(method: unknown, effect: () => T) => Promise<T>,
): LocalJournal {
  return {
    name: journal.name,
    read: () => seam("read", () => journal.read()).then((payments) => payments),
    prepare: () => seam("prepare", () => journal.prepare()).then(() => {}),
    append: (payments) => seam("append", () => journal.append(payments)).then(() => {}),
    rotate: () => seam("rotate", () => journal.rotate()).then(() => {}),
  };
}
