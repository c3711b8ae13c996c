/**
 * The program is killed.
 *
 * @module
 */

import { pause } from "../moment.ts";
import type { ProgramRun } from "../program_run.ts";
import { KILLED, type Scene } from "../scene.ts";
import type { Misfortune } from "../schedule.ts";

/** SIGKILL at a moment, with or without what the run was about to say then. */
export async function kill(
  scene: Scene,
  { at, isUnsaid }: Extract<Misfortune, { kind: "kill" }>,
): Promise<void> {
  const run = await scene.start();
  scene.with(run, at, async (request) => {
    if (!isUnsaid) {
      request.pass();
      await pause(at.afterMs);
    }
    killNow(scene, run);
    if (isUnsaid) request.cutBefore();
  });
  await scene.end(run, [KILLED, 0]);
}

/** SIGKILL. */
export function killNow(scene: Scene, run: ProgramRun): void {
  if (run.signal("SIGKILL")) scene.tell("the run is killed");
}
