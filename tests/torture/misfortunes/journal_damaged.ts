/**
 * The program is killed, and its local journal suffers. Redis still has everything.
 *
 * @module
 */

import { KILLED, type Scene } from "../scene.ts";
import type { Misfortune } from "../schedule.ts";
import { killNow } from "./kill.ts";

/** How much of the last line is there still. */
const LEFT = 0.5;

/** The journal ends within its last line, or is gone. */
export async function journalDamaged(
  scene: Scene,
  { at, how }: Extract<Misfortune, { kind: "journal-damaged" }>,
): Promise<void> {
  const run = await scene.start();
  scene.at(run, at, () => Promise.resolve(killNow(scene, run)));
  await scene.end(run, [KILLED, 0]);
  const { journalPath } = scene.world;
  if (how === "gone") await Deno.remove(journalPath).catch(unlessMissing);
  else await tear(journalPath);
  scene.tell(`the local journal is ${how}`);
}

async function tear(path: string): Promise<void> {
  const lines = (await Deno.readTextFile(path)).trimEnd().split("\n");
  const last = lines.at(-1) ?? "";
  const whole = lines.slice(0, -1).map((line) => `${line}\n`).join("");
  await Deno.writeTextFile(path, whole + last.slice(0, Math.floor(last.length * LEFT)));
}

function unlessMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
