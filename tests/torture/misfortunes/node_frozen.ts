/**
 * The node does not answer for a while.
 *
 * @module
 */

import { pause } from "../moment.ts";
import type { Scene } from "../scene.ts";
import type { Misfortune } from "../schedule.ts";

/** SIGSTOP and SIGCONT; what was sent meanwhile is taken then. */
export async function nodeFrozen(
  scene: Scene,
  { at, forMs }: Extract<Misfortune, { kind: "node-frozen" }>,
): Promise<void> {
  const { node } = scene.world;
  const run = await scene.start();
  scene.at(run, at, async () => {
    node.signal("SIGSTOP");
    scene.tell("the node is frozen");
    await pause(forMs);
    node.signal("SIGCONT");
    scene.tell("the node goes on");
  });
  await scene.end(run, [0, 1]);
}
