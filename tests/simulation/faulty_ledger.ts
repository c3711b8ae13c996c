/**
 * The simulated pool's Redis as one process sees it.
 *
 * @module
 */

import { Fault } from "../../domain/fault.ts";
import type { Ledger } from "../../domain/ports/ledger.ts";
import { type LedgerMethod, memoryLedger } from "../../adapters/memory/mod.ts";
import { checkBetweenCommits } from "./invariants.ts";
import type { Process } from "./process.ts";
import { losesWrites } from "./scenario.ts";
import { KEYS, type World } from "./world.ts";

const WRITES: ReadonlySet<LedgerMethod> = new Set(["commit", "lock", "release"]);

/** A ledger whose link breaks. The world is looked at after everything that changed it. */
export function faultyLedger(world: World, process: Process): Ledger {
  let server = world.restarts;
  return memoryLedger(world.store, { clock: world.clock, prefix: "eth", seam });

  function seam<T>(method: LedgerMethod, effect: () => T): Promise<T> {
    const writes = WRITES.has(method);
    const asked = world.restarts;
    return process.call({
      name: `ledger.${method}`,
      writes,
      lostRate: (process.rates?.ledgerLost ?? 0) * (writes ? 5 : 1),
      effect: () => {
        if (asked !== world.restarts) unreachable(method);
        if (method === "lock") server = world.restarts;
        if (FENCED.has(method)) demandServer();
        const [lease, lock] = [world.store.text(KEYS.lease), world.store.text(KEYS.lock)];
        const answer = effect();
        if (method === "lock") checkTaken({ lease, lock });
        if (writes) noteChange(method, answer);
        // It keeps every write that came before it.
        if (method === "persist") {
          for (const deed of world.inLedger.keys()) world.onDisk.add(deed);
        }
        return answer;
      },
      lost: () => unreachable(method),
    });
  }

  function demandServer(): void {
    if (server === world.restarts) return;
    throw new Fault("ledger-changed", "The ledger's server is another process now");
  }

  /** Nobody takes the lock of a run whose lease has not lapsed, nor of an old payer at work. */
  function checkTaken(before: Readonly<Record<"lease" | "lock", string | null>>): void {
    const { lease, lock } = before;
    const now = world.store.text(KEYS.lease);
    if (lease !== null && now !== lease) world.violated(`${now} took the lock of ${lease}`);
    if (lock !== null && world.deadLocks.has(lock)) return;
    if (world.goPayerIsAlive && world.store.text(KEYS.lock) !== lock) {
      world.violated(`${now} took the old payer's lock ${lock}`);
    }
  }

  function noteChange(method: LedgerMethod, answer: unknown): void {
    world.noteJournal();
    checkBetweenCommits(world);
    const copies = losesWrites(world.scenario.weather) && method === "commit";
    if (copies && process.random.chance(0.5)) world.noteCopy();
    const outcome = answer as { readonly kind?: string; readonly lockReleased?: boolean };
    process.log(`ledger.${method} ${outcome.kind ?? `lock released: ${outcome.lockReleased}`}`);
  }
}

/** A link breaks by itself, and with the server process: what was on its way is gone. */
function unreachable(method: LedgerMethod): never {
  throw new Fault("ledger-unreachable", `The link broke (${method})`);
}

/** What a fence does goes over a connection that knows its server. */
const FENCED: ReadonlySet<LedgerMethod> = new Set([
  "commit",
  "confirm",
  "renew",
  "release",
]);
