/**
 * The node is restarted and has lost its mempool.
 *
 * @module
 */

import type { Scene } from "../scene.ts";
import type { Misfortune } from "../schedule.ts";

/** What was accepted and not mined is in nobody's mempool any more. */
export async function nodeRestarted(
  scene: Scene,
  { at }: Extract<Misfortune, { kind: "node-restarted" }>,
): Promise<void> {
  const run = await scene.start();
  scene.at(run, at, async () => {
    await scene.world.node.restart();
    scene.tell("the node was restarted and has lost its mempool");
  });
  await scene.end(run, [0, 1]);
}
