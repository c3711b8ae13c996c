/**
 * The program dies, and what it had last said to Redis arrives while the next run is there.
 *
 * @module
 */

import type { Held } from "../../support/tcp_proxy.ts";
import { KILLED, type Scene } from "../scene.ts";
import type { Misfortune } from "../schedule.ts";
import { killNow } from "./kill.ts";

/** Before the next run has the lock, the write counts; afterwards it must change nothing. */
export async function lateWrite(
  scene: Scene,
  { nth, arrivesAt }: Extract<Misfortune, { kind: "late-write" }>,
): Promise<void> {
  const dead = await scene.start();
  let held: Held | undefined;
  scene.with(dead, { sign: "exec", nth }, (request) => {
    held = request.hold();
    killNow(scene, dead);
    return Promise.resolve();
  });
  await scene.end(dead, [KILLED, 0]);
  const next = await scene.start();
  scene.at(next, arrivesAt, async () => {
    const answer = await held?.deliver() ?? "nothing was said";
    scene.tell(
      `the dead run's write arrives, and is answered: ${JSON.stringify(answer.slice(-40))}`,
    );
  });
  await scene.end(next, [0]);
}
