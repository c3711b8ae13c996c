/**
 * Replays interrupted recordings: the fault that struck the recorded payer strikes Paydirt at the
 * point of its own street that corresponds, and then it is started again as often as the recorded
 * payer was, and once more, as cron would.
 *
 * @module
 */

import { strictEqual } from "node:assert/strict";
import { WEI_PER_SHANNON } from "../../domain/money.ts";
import { type Interruption, INTERRUPTIONS, type Way } from "./interruption.ts";
import { runInterrupted, runPaydirt } from "./paydirt_run.ts";
import { readRecording, type Recording, type Stage } from "./recording.ts";
import { replayAlone, type Replayed, replayStage } from "./replay.ts";
import { isMinedByHand, mineByItself } from "./surroundings.ts";
import { openWorld, type World } from "./world.ts";

/** The stage that no recording has. */
export const CRON = "cron starts it again";

/** One way to replay an interrupted recording. */
export interface Replay {
  /** The name by which the table of differences knows it. */
  readonly name: string;
  readonly replay: () => Promise<readonly Replayed[]>;
}

/**
 * Every way to replay an interrupted recording. Under the recording's own name: the stages after the
 * fault, each alone, on the ledger that the recorded payer left.
 */
export function waysToReplay(name: string): readonly Replay[] {
  const interruption = INTERRUPTIONS[name];
  if (interruption === undefined) throw new Error(`Cannot interrupt ${name}: nobody says where`);
  const recording = readRecording(name);
  const rows = interruption.ways.flatMap((way) =>
    signersAt(interruption).map(({ signer, onlySends }) => ({
      name: `${name}, ${way}${signer}`,
      replay: () => replayRow(recording, { interruption, way, onlySends }),
    }))
  );
  const leftovers = { name, replay: () => replayLeftovers(recording) };
  return recording.stages.length > 1 ? [...rows, leftovers] : rows;
}

/**
 * Where the fault is at a send, a node that signs only what it sends itself is the harder case: no
 * bytes are written ahead.
 */
function signersAt(
  { point }: Interruption,
): readonly { readonly signer: string; readonly onlySends: boolean }[] {
  const bytes = { signer: "", onlySends: false };
  return point.kind === "send" ? [bytes, { signer: ", without bytes", onlySends: true }] : [bytes];
}

/** All stages in a row, the first ones into the fault. */
async function replayRow(
  recorded: Recording,
  { interruption, way, onlySends }: HowToReplay,
): Promise<readonly Replayed[]> {
  const recording = withCronStage(recorded);
  await using world = await openWorld(recording, 0, { onlySends });
  const strikes = interruption.stages ?? 1;
  const replayed: Replayed[] = [];
  for (const [index, stage] of recording.stages.entries()) {
    const run = index < strikes
      ? (world: World, stage: Stage) => runInterrupted(world, stage, { interruption, way })
      : runPaydirt;
    if (stage.name === CRON && isMinedByHand(recording)) await mineByItself(world.anvil);
    replayed.push({ ...await replayStage(world, stage, run), alone: false });
    if (index < strikes && way === "is killed") await lapseLease(world, stage);
  }
  await demandArrived(world);
  return replayed;
}

interface HowToReplay {
  readonly interruption: Interruption;
  readonly way: Way;
  readonly onlySends: boolean;
}

/** A dead run's lease lapses by itself ten seconds after its last sign of life. */
async function lapseLease({ client }: World, { config }: Stage): Promise<void> {
  await client.del(`${config.coin}:payments:lease`);
}

/** In the end every payee has on the chain what the ledger calls paid, to the last Wei. */
async function demandArrived({ anvil, ledger }: World): Promise<void> {
  for (const [key, dumped] of Object.entries(await ledger())) {
    const login = /:miners:(.*)/.exec(key)?.[1];
    if (login === undefined || dumped.type !== "hash") continue;
    const paidWei = BigInt(dumped.value.paid ?? 0) * WEI_PER_SHANNON;
    const arrivedWei = BigInt(await anvil.rpc("eth_getBalance", [login, "latest"]));
    strictEqual(arrivedWei, paidWei, `coins of ${login} on the chain`);
  }
}

/** Cron starts the program once more: it ends on what the recording ends on, or on better. */
function withCronStage(recording: Recording): Recording {
  const { config, after } = recording.stages.at(-1) ?? recording.stages[0];
  const cron: Stage = {
    name: CRON,
    mode: "normal",
    config,
    before: after,
    after,
    steps: [],
    log: [],
    outcome: { end: "exited", exitCode: 0 },
  };
  return { ...recording, stages: [...recording.stages, cron] };
}

/** What the recorded payer left, for whoever comes after it. */
async function replayLeftovers(recording: Recording): Promise<readonly Replayed[]> {
  const replayed: Replayed[] = [];
  for (const index of recording.stages.keys()) {
    if (index > 0) replayed.push(await replayAlone(recording, index));
  }
  return replayed;
}
