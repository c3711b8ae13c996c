/**
 * Redis is killed and comes back with everything.
 *
 * @module
 */

import { killAndRestart } from "../redis_data.ts";
import type { Scene } from "../scene.ts";
import type { Misfortune } from "../schedule.ts";

/** Another server process ends the run; the next one goes on. */
export async function redisKilled(
  scene: Scene,
  { at }: Extract<Misfortune, { kind: "redis-killed" }>,
): Promise<void> {
  const run = await scene.start();
  scene.at(run, at, async () => {
    await killAndRestart(scene.world.redis);
    scene.tell("Redis was killed and is back with everything");
  });
  await scene.end(run, [0, 1]);
}
