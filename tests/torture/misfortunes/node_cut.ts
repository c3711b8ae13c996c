/**
 * The link to the node breaks around a send or a question.
 *
 * @module
 */

import type { Intercepted } from "../../support/tcp_proxy.ts";
import type { Scene } from "../scene.ts";
import type { Misfortune } from "../schedule.ts";

type NodeCut = Extract<Misfortune, { kind: "node-cut" }>;

/** Whether the node took what was sent is for the run to find out. */
export async function nodeCut(scene: Scene, { sign, nth, how }: NodeCut): Promise<void> {
  const run = await scene.start();
  scene.with(run, { sign, nth }, async (request) => {
    scene.tell("the link to the node breaks");
    await breakLink(request, how);
  });
  await scene.end(run, [0, 1]);
}

async function breakLink(request: Intercepted, how: NodeCut["how"]): Promise<void> {
  if (how === "before") return request.cutBefore();
  if (how === "after") return await request.cutAtAnswer();
  request.silence();
}
