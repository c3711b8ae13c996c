/**
 * The newest blocks are replaced.
 *
 * @module
 */

import type { Scene } from "../scene.ts";
import type { Misfortune } from "../schedule.ts";

/** The new blocks are empty, and what the old ones held is in no mempool. */
export async function reorg(
  scene: Scene,
  { at, depth }: Extract<Misfortune, { kind: "reorg" }>,
): Promise<void> {
  const run = await scene.start();
  scene.at(run, at, async () => {
    await scene.world.node.replaceBlocks(depth);
    scene.tell(`the newest ${depth} blocks are replaced by empty ones`);
  });
  await scene.end(run, [0, 1]);
}
