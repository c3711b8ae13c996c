/**
 * One round: credits, misfortunes, a run that nothing disturbs, and the reckoning.
 *
 * @module
 */

import { Random } from "../simulation/random.ts";
import { readBooks } from "../support/books.ts";
import { disagreements, sealsOf } from "../support/reconcile.ts";
import { strike } from "./misfortunes/strike.ts";
import { describeMisfortune } from "./plan_text.ts";
import { Scene } from "./scene.ts";
import type { RoundPlan } from "./schedule.ts";
import type { World } from "./world.ts";

/** What became of a round. */
export interface RoundResult {
  readonly plan: RoundPlan;
  /** What must not be so. */
  readonly violations: readonly string[];
  /** How many payees were credited. */
  readonly payees: number;
  /** How often the program was started. */
  readonly runs: number;
  /** How many moments came before their run had ended. */
  readonly struck: number;
  readonly seconds: number;
  /** What happened. */
  readonly story: string;
}

/** Plays a round to its end. What breaks it is a violation, too: nobody knows who was paid. */
export async function playRound(world: World, plan: RoundPlan): Promise<RoundResult> {
  const start = performance.now();
  await using scene = new Scene(world, plan);
  const violations = await playIn(scene, plan).catch((error: unknown) => [
    `the round broke: ${error instanceof Error ? error.stack : error}`,
  ]);
  return {
    plan,
    violations: [...scene.violations, ...violations],
    payees: plan.payees + (plan.late?.payees ?? 0),
    runs: scene.runs,
    struck: scene.struck,
    seconds: (performance.now() - start) / 1000,
    story: scene.story.join("\n"),
  };
}

/** Answers what ledger and chain disagree about in the end. */
async function playIn(scene: Scene, plan: RoundPlan): Promise<readonly string[]> {
  const { world } = scene;
  await world.configure(scene.links, plan);
  const amounts = new Random(plan.amountSeed);
  await world.credit(plan.payees, amounts);
  if (plan.late !== null) creditLate(scene, plan.late, amounts);
  for (const misfortune of plan.misfortunes) {
    scene.tell(`misfortune: ${describeMisfortune(misfortune)}`);
    await strike(scene, misfortune);
  }
  scene.tell("nothing disturbs the program any more");
  await payInPeace(scene);
  const books = await world.look((client) =>
    readBooks(client, world.node.url, world.credits.keys())
  );
  if (!world.mayHaveSealed && sealsOf(books) > 0) scene.violations.push("nonces were used up");
  return disagreements(books, world.credits);
}

/**
 * Nothing that happened demands an operator, nor a second run but for who was credited again while
 * an earlier payment was in flight.
 */
async function payInPeace(scene: Scene): Promise<void> {
  const { stdout } = await scene.end(await scene.start(), [0]);
  if (stdout.includes('"reason": "in-flight"')) await scene.end(await scene.start(), [0]);
}

function creditLate(
  scene: Scene,
  { payees, at }: NonNullable<RoundPlan["late"]>,
  amounts: Random,
): void {
  scene.atFirst(at, async () => {
    await scene.world.credit(payees, amounts);
    scene.tell(`${payees} more miners are credited`);
  });
}
