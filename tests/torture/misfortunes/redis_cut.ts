/**
 * The link to Redis breaks around a write.
 *
 * @module
 */

import { pause } from "../moment.ts";
import type { Intercepted } from "../../support/tcp_proxy.ts";
import type { Scene } from "../scene.ts";
import type { Misfortune } from "../schedule.ts";

type RedisCut = Extract<Misfortune, { kind: "redis-cut" }>;

/** Whether the write was applied is for the run to find out. */
export async function redisCut(scene: Scene, { nth, how }: RedisCut): Promise<void> {
  const run = await scene.start();
  scene.with(run, { sign: "exec", nth }, (request) => breakLink(scene, request, how));
  await scene.end(run, [0, 1]);
}

async function breakLink(scene: Scene, request: Intercepted, how: RedisCut["how"]): Promise<void> {
  scene.tell("the link to Redis breaks");
  if (how === "before") return request.cutBefore();
  if (how === "after") return await request.cutAfter();
  if (how === "untold") return request.silence();
  const held = request.hold();
  await pause(how.lateMs);
  const answer = await held.deliver();
  scene.tell(`the late write arrives, and is answered: ${JSON.stringify(answer.slice(-40))}`);
}
