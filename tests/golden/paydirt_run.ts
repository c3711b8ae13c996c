/**
 * Paydirt where a Go payer ran: through its command line in this process, or as a process of its own
 * that can be stopped and killed.
 *
 * @module
 */

import { main } from "../../app/cli.ts";
import { cliDeps } from "../support/cli_deps.ts";
import { resultOf, spawnCli } from "../support/cli_process.ts";
import { type Ambush, type Interruption, layAmbush, type Way } from "./interruption.ts";
import { isSend, startRecordedNode } from "./recorded_node.ts";
import type { Stage } from "./recording.ts";
import {
  CONFIRMATIONS,
  isMinedByHand,
  meanwhile,
  mineByItself,
  stopMining,
} from "./surroundings.ts";
import type { World } from "./world.ts";

/** How a run of Paydirt ended. */
export interface Ended {
  /** `exit code 0`, or `killed`. */
  readonly end: string;
  /** What it printed. */
  readonly output: string;
}

/** Runs `pay` as the recorded payer ran in a stage. */
export async function runPaydirt(world: World, stage: Stage): Promise<Ended> {
  const onCall = meanwhile(world.recording, world.client);
  const { anvil, onlySends } = world;
  await using node = startRecordedNode({ behind: anvil.url, stage, onCall, onlySends });
  return await runHere(world, stage, { daemon: node.url, redis: `127.0.0.1:${world.redisPort}` });
}

/** How a run is interrupted. */
export interface InterruptedRun {
  readonly interruption: Interruption;
  readonly way: Way;
}

/** Runs `pay` into the fault of an interrupted recording. */
export async function runInterrupted(
  world: World,
  stage: Stage,
  { interruption, way }: InterruptedRun,
): Promise<Ended> {
  const { point, maxInFlight } = interruption;
  let strike: () => Promise<void> = () => Promise.resolve();
  await using ambush = layAmbush(point, world.redisPort, () => strike());
  const { onFaultySend } = ambush;
  const { anvil, onlySends } = world;
  // What is to be met waiting must not be mined before.
  const standsStill = point.kind === "waiting" && !isMinedByHand(world.recording);
  const onCall = async (method: string): Promise<void> => {
    if (standsStill && isSend(method)) await stopMining(anvil);
    await ambush.onCall(method);
  };
  const asRecorded = { behind: anvil.url, stage, onCall, onFaultySend, onlySends };
  await using node = startRecordedNode(asRecorded);
  const { redisEndpoint } = ambush;
  const around = { daemon: node.url, redis: redisEndpoint, ...maxInFlight && { maxInFlight } };
  if (way === "goes on") return await demandStruck(ambush, runHere(world, stage, around));
  const child = spawnCli(["pay", "--config", await writeConfig(world, stage, around)]);
  const result = resultOf(child);
  strike = async () => {
    child.kill(way === "is killed" ? "SIGKILL" : "SIGTERM");
    if (way === "is killed") await result;
  };
  const ended = await demandStruck(
    ambush,
    result.then(({ code, signal, stdout, stderr }) => ({
      end: signal === "SIGKILL" ? "killed" : `exit code ${code}`,
      output: stdout + stderr,
    })),
  );
  if (standsStill) await mineByItself(anvil);
  return ended;
}

/** A run that never met its fault shows nothing. */
async function demandStruck(ambush: Ambush, run: Promise<Ended>): Promise<Ended> {
  const ended = await run;
  if (ambush.hasStruck()) return ended;
  throw new Error(`The fault did not strike: ${ended.end}\n${ended.output}`);
}

const NEVER = 1_000_000;

/** Where a run finds its servers, and how many payments it may send at once. */
interface Around {
  readonly daemon: string;
  readonly redis: string;
  readonly maxInFlight?: number;
}

async function runHere(world: World, stage: Stage, around: Around): Promise<Ended> {
  const deps = cliDeps({
    env: (name) => name === "RESOLVE_PAYOUT" && stage.mode !== "normal" ? "1" : undefined,
  });
  const args = ["pay", "--config", await writeConfig(world, stage, around)];
  const exitCode = await main(args, deps);
  const { stdout, stderr } = deps.printed;
  return { end: `exit code ${exitCode}`, output: [...stderr, ...stdout].join("\n") };
}

/** The recorded config, as a pool would hand it to Paydirt. */
async function writeConfig(
  { folder }: World,
  { config }: Stage,
  { daemon, redis, maxInFlight }: Around,
): Promise<string> {
  const path = `${folder}/config.json`;
  const text = JSON.stringify({
    coin: config.coin,
    redis: { endpoint: redis, poolSize: 10, database: 0, password: "" },
    payouts: {
      ...config.payouts,
      enabled: true,
      daemon,
      confirmations: CONFIRMATIONS,
      waitLimit: "1m",
      fees: { bumpAfter: NEVER }, // How many blocks pass while a process starts is chance.
      ...maxInFlight && { maxInFlight },
    },
  });
  await Deno.writeTextFile(path, text);
  return path;
}
