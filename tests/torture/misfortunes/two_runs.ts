/**
 * The program is started twice.
 *
 * @module
 */

import { pause } from "../moment.ts";
import type { Scene } from "../scene.ts";
import type { Misfortune } from "../schedule.ts";

/** The second run waits for the first, or says that there is one. */
export async function twoRuns(
  scene: Scene,
  { afterMs }: Extract<Misfortune, { kind: "two-runs" }>,
): Promise<void> {
  const first = await scene.start();
  await pause(afterMs);
  const second = await scene.start();
  await scene.end(first, [0, 4]);
  await scene.end(second, [0, 4]);
}
