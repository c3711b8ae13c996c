/**
 * The program is frozen until its lease has lapsed, and wakes up while another run pays.
 *
 * @module
 */

import type { Scene } from "../scene.ts";
import type { Misfortune } from "../schedule.ts";

/** SIGSTOP, another run, SIGCONT. */
export async function frozenRun(
  scene: Scene,
  { at, thawAt }: Extract<Misfortune, { kind: "frozen-run" }>,
): Promise<void> {
  const frozen = await scene.start();
  await scene.reach(frozen, at);
  if (frozen.signal("SIGSTOP")) scene.tell("the run is frozen");
  // It waits for the lease of the frozen one to lapse, and takes over.
  const other = await scene.start();
  if (thawAt === null) await other.ended;
  else await scene.reach(other, thawAt);
  if (frozen.signal("SIGCONT")) scene.tell("the frozen run goes on");
  const { code, stderr } = await scene.end(other, [0, 1]);
  // What was frozen while it wrote to the local journal keeps that to itself.
  if (code === 1 && !/another process is writing it/.test(stderr)) {
    scene.violations.push("the other run did not get on, and not for the local journal");
  }
  // It finds its lock taken, or gone; or it had not come to it, and waits for the other.
  await scene.end(frozen, [0, 1, 4]);
}
