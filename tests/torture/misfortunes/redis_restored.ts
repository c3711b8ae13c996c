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
import type { Misfortune } from "../schedule.ts";
import { killNow } from "./kill.ts";

type RedisRestored = Extract<Misfortune, { kind: "redis-restored" }>;

/** How often the program is started on what lost writes. */
const RUNS_ON_OLD_DATA = 2;

/** The exit code that says that an operator is needed. */
const OPERATOR_NEEDED = 3;

/** Loses writes, looks at what the program makes of it, and brings them back if debits are lost. */
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
  if (loss.debits > 0) await payOnOldData(scene, loss.newest);
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

/**
 * Whoever was debited and is owed again must not be paid again: the program stops for an operator,
 * who has the newer data.
 */
async function payOnOldData(scene: Scene, newest: DataCopy): Promise<void> {
  const { redis, node, credits } = scene.world;
  for (let count = 0; count < RUNS_ON_OLD_DATA; count++) {
    await scene.end(await scene.start(), [OPERATOR_NEEDED]);
  }
  scene.violations.push(...overpayments((await readWallet(node.url)).sent, credits));
  await exchangeData(redis, newest);
  scene.tell("Redis has the newer data again");
}

async function nextNonce({ world }: Scene): Promise<number> {
  return Number(await world.look((client) => client.hget("eth:payments:nonces", WALLET)) ?? 0);
}
