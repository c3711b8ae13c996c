/**
 * Nonsense in the keys that all payments need: something writes it, and somebody sees it some blocks
 * later and takes it away.
 *
 * @module
 */

import type { Random } from "./random.ts";
import { KEYS, type World } from "./world.ts";

const NONSENSE = "nonsense";

/** Keys that all payments need, and that are not there while nothing is in flight. */
const SHARED_KEYS = [
  KEYS.pending,
  KEYS.journal,
  KEYS.pendingTx,
  KEYS.pendingNonce,
  KEYS.all,
  KEYS.held,
  KEYS.server,
] as const;

/** Whether one of them holds nonsense: nothing can be committed then. */
export function isBroken({ store }: Pick<World, "store">): boolean {
  return SHARED_KEYS.some((key) => store.typeOf(key) === "string") ||
    store.hasMember(KEYS.pending, NONSENSE);
}

/** At a block: breaks what is whole, now and then, and mends what is broken. */
export function breakOrMend(world: World, random: Random): void {
  const { store, scenario, repairs, trace } = world;
  if (isBroken(world)) {
    if (random.chance(0.3)) mend(world);
    return;
  }
  if (!random.chance(scenario.weather.sharedValue)) return;
  const key = random.pick(SHARED_KEYS);
  if (key === KEYS.pending && random.chance(0.5)) store.addMember(key, NONSENSE, 1);
  else if (store.typeOf(key) === null) store.setText(key, NONSENSE);
  else return;
  repairs.push(() => mend(world));
  trace.add("world", `${key} has nonsense now`);
}

function mend({ store }: World): void {
  for (const key of SHARED_KEYS) if (store.typeOf(key) === "string") store.delete(key);
  if (store.typeOf(KEYS.pending) !== null) store.removeMember(KEYS.pending, NONSENSE);
}
