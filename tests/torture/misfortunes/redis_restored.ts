/**
 * Redis comes back as it was some time ago: what was paid meanwhile is owed again.
 *
 * @module
 */

import { readWallet } from "../../support/books.ts";
import { WALLET } from "../../support/pool.ts";
import { overpayments } from "../../support/reconcile.ts";
import { copyData, type DataCopy, exchangeData } from "../redis_data.ts";
import { KILLED, type Scene } from "../scene.ts";
import type { Misfortune, WayOut } from "../schedule.ts";
import { killNow } from "./kill.ts";

type RedisRestored = Extract<Misfortune, { kind: "redis-restored" }>;

/** The exit code that says that an operator is needed. */
const OPERATOR_NEEDED = 3;

/** How often the program is started on what lost writes, before anybody does something about it. */
const RUNS_ON_OLD_DATA = 2;

/** How often an operator resolves and pays before they give up. */
const MAX_TRIES = 6;

/** Loses writes, and looks at what the program makes of it. */
export async function redisRestored(scene: Scene, plan: RedisRestored): Promise<void> {
  const { redis } = scene.world;
  let older = await copyData(redis);
  let loss: Loss | undefined;
  const run = await scene.start();
  if (plan.from !== null) {
    scene.with(run, { sign: "exec", nth: plan.from }, async (request) => {
      older = await copyData(redis);
      scene.tell("somebody copies what Redis has");
      request.pass();
    });
  }
  // The run waits for this write while its Redis goes back, so nothing happens in between.
  scene.with(run, { sign: "exec", nth: plan.at }, async (request) => {
    if (plan.killsRun) killNow(scene, run);
    loss = await goBack(scene, older);
    request.cutBefore();
  });
  await scene.end(run, [KILLED, 0, 1]);
  loss ??= await goBack(scene, older);
  if (loss.debits > 0) await findWayOut(scene, plan.wayOut, loss.newest);
}

/** What went back. */
interface Loss {
  /** How many debits Redis does not know any more. */
  readonly debits: number;
  /** What it had. */
  readonly newest: DataCopy;
}

async function goBack(scene: Scene, older: DataCopy): Promise<Loss> {
  const before = await nextNonce(scene);
  const newest = await exchangeData(scene.world.redis, older);
  const debits = before - await nextNonce(scene);
  scene.tell(`Redis is back as it was copied, without ${debits} debits`);
  return { debits, newest };
}

/** Whoever was debited and is owed again must not be paid again, whatever is done about it. */
async function findWayOut(scene: Scene, wayOut: WayOut, newest: DataCopy): Promise<void> {
  const { redis, journalPath } = scene.world;
  if (wayOut.kind === "resolve" && !wayOut.hasJournal) {
    await Deno.remove(journalPath);
    scene.tell("the local journal is gone");
    return await resolveAll(scene, wayOut);
  }
  for (let count = 0; count < RUNS_ON_OLD_DATA; count++) {
    await scene.end(await scene.start(), [OPERATOR_NEEDED]);
  }
  await demandNoOverpayment(scene);
  if (wayOut.kind === "resolve") return await resolveAll(scene, wayOut);
  await exchangeData(redis, newest);
  scene.tell("Redis has the newer data again");
}

/** What an operator does who has nothing but the program: resolve, pay, and look again. */
async function resolveAll(
  scene: Scene,
  { killedAt }: Extract<WayOut, { kind: "resolve" }>,
): Promise<void> {
  scene.world.mayHaveSealed = true;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const run = await scene.start(["resolve", "--adopt", "--seal", "--yes"]);
    if (killedAt !== null && tries === 0) {
      scene.at(run, killedAt, () => Promise.resolve(killNow(scene, run)));
    }
    await scene.end(run, [KILLED, 0, 1, OPERATOR_NEEDED]);
    const { code } = await scene.end(await scene.start(), [0, OPERATOR_NEEDED]);
    await demandNoOverpayment(scene);
    if (code === 0) return;
  }
  scene.violations.push(`an operator did not get on in ${MAX_TRIES} tries`);
}

async function demandNoOverpayment({ world, violations }: Scene): Promise<void> {
  const { sent } = await readWallet(world.node.url);
  violations.push(...overpayments(sent, world.credits));
}

async function nextNonce({ world }: Scene): Promise<number> {
  return Number(await world.look((client) => client.hget("eth:payments:nonces", WALLET)) ?? 0);
}
