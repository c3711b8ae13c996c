/**
 * Redis does not answer for a while.
 *
 * @module
 */

import { pause } from "../moment.ts";
import type { Scene } from "../scene.ts";
import type { Misfortune } from "../schedule.ts";

/** SIGSTOP and SIGCONT; what was said meanwhile is carried out then. */
export async function redisFrozen(
  scene: Scene,
  { at, forMs }: Extract<Misfortune, { kind: "redis-frozen" }>,
): Promise<void> {
  const { redis } = scene.world;
  const run = await scene.start();
  scene.at(run, at, async () => {
    redis.signal("SIGSTOP");
    scene.tell("Redis is frozen");
    await pause(forMs);
    redis.signal("SIGCONT");
    scene.tell("Redis goes on");
  });
  await scene.end(run, [0, 1]);
}
