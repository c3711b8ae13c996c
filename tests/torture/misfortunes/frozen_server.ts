/**
 * Redis or the node does not answer for a while.
 *
 * @module
 */

import { pause } from "../moment.ts";
import type { Scene } from "../scene.ts";
import type { Misfortune } from "../schedule.ts";

/** SIGSTOP and SIGCONT; what was said meanwhile is carried out then. */
export async function frozenServer(
  scene: Scene,
  { kind, at, forMs }: Extract<Misfortune, { kind: "redis-frozen" | "node-frozen" }>,
): Promise<void> {
  const { redis, node } = scene.world;
  const [server, name] = kind === "redis-frozen" ? [redis, "Redis"] : [node, "the node"];
  const run = await scene.start();
  scene.at(run, at, async () => {
    server.signal("SIGSTOP");
    scene.tell(`${name} is frozen`);
    await pause(forMs);
    server.signal("SIGCONT");
    scene.tell(`${name} goes on`);
  });
  await scene.end(run, [0, 1]);
}
