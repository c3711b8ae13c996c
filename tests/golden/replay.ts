/**
 * Replays recordings: Paydirt runs where a Go payer ran, and what it leaves is compared with what
 * the Go payer left.
 *
 * @module
 */

import { DEFAULT_MAX_IN_FLIGHT } from "../../app/config/payouts_section.ts";
import { differences, type Places, placesOf } from "./compare.ts";
import { type Ended, runPaydirt } from "./paydirt_run.ts";
import type { Recording, Stage } from "./recording.ts";
import { beforeStage } from "./surroundings.ts";
import { openWorld, type World } from "./world.ts";

/** A replayed stage. */
export interface Replayed {
  readonly stage: string;
  /** Whether it began with the recorded ledger instead of what Paydirt itself had left. */
  readonly alone: boolean;
  /** What Paydirt left that the Go payer did not, or the reverse: a line each. */
  readonly differences: readonly string[];
  /** What Paydirt printed. */
  readonly output: string;
}

/**
 * Replays a recording: its stages in a row, each on what Paydirt left in the one before. Where Paydirt
 * does not arrive at the ledger that the recording shows before a stage, that stage is replayed
 * alone, too.
 */
export async function replay(recording: Recording): Promise<readonly Replayed[]> {
  const replayed: Replayed[] = [];
  await using row = await openWorld(recording, 0);
  for (const [index, stage] of recording.stages.entries()) {
    if (!await standsAsRecorded(row, stage)) replayed.push(await replayAlone(recording, index));
    replayed.push({ ...await replayStage(row, stage), alone: false });
  }
  return replayed;
}

/** Replays one stage from the recorded ledger, with what the recorded payer had sent on the chain. */
export async function replayAlone(recording: Recording, stageIndex: number): Promise<Replayed> {
  await using world = await openWorld(recording, stageIndex);
  const stage = recording.stages[stageIndex];
  if (stage === undefined) throw new Error(`${recording.name} has no stage ${stageIndex}`);
  return { ...await replayStage(world, stage), alone: true };
}

/** Whether a ledger is what the recording shows before a stage, but for what only Paydirt keeps. */
async function standsAsRecorded(world: World, stage: Stage): Promise<boolean> {
  const { coin } = stage.config;
  const {
    [`${coin}:payments:nonces`]: _nonces,
    [`${coin}:payments:server`]: _server,
    ...ledger
  } = await world.ledger();
  return differences(placesOf(stage.before), placesOf(ledger)).length === 0;
}

/** Replays a stage in a world that stands before it, and compares what it leaves. */
export async function replayStage(
  world: World,
  stage: Stage,
  run: (world: World, stage: Stage) => Promise<Ended> = runPaydirt,
): Promise<Omit<Replayed, "alone">> {
  const { recording } = world;
  await beforeStage(world.anvil, recording, stage);
  const savesBefore = await countSaves(world);
  const { end, output } = await run(world, stage);
  const isLast = stage === recording.stages.at(-1);
  const recorded = new Map([
    ...placesOf(stage.after),
    ["process", endOf(stage)],
    ["background saves", String(stage.log.filter((line) => SAVED.test(line)).length)],
    ...(isLast ? recordedChain(recording) : []),
  ]);
  const found = new Map([
    ...placesOf(await world.ledger()),
    ["process", end],
    ["background saves", String(await countSaves(world) - savesBefore)],
    ...(isLast ? await foundChain(world) : []),
  ]);
  await nameOwnValues(world, stage, found);
  return { stage: stage.name, differences: differences(recorded, found), output };
}

const SAVED = /^Saving backend state to disk: /;

/** A process that had to be stopped from outside idled, or waited for its interval. */
function endOf({ outcome }: Stage): string {
  return outcome.end === "exited" ? `exit code ${outcome.exitCode}` : outcome.end;
}

async function countSaves({ client }: World): Promise<number> {
  const calls = /^cmdstat_bgsave:calls=(\d+)/m.exec(await client.info("commandstats"));
  return Number(calls?.[1] ?? 0);
}

/** What Paydirt's own keys hold is called by what it must be. */
async function nameOwnValues(
  world: World,
  stage: Stage,
  found: Map<string, string>,
): Promise<void> {
  const { client, recording } = world;
  const keys = `${stage.config.coin}:payments`;
  const runId = /^run_id:(\w+)/m.exec(await client.info("server"))?.[1];
  const names = [
    [
      `${keys}:nonces ${recording.chain.poolAddress}`,
      await world.sentCount(),
      "transactions of the wallet",
    ],
    [`${keys}:server run_id`, runId, "run_id of Redis"],
    [`${keys}:server window`, DEFAULT_MAX_IN_FLIGHT, "payouts.maxInFlight"],
  ] as const;
  for (const [place, value, name] of names) {
    if (found.get(place) === String(value)) found.set(place, `<${name}>`);
  }
}

function recordedChain(recording: Recording): Places {
  return new Map([
    ["chain transactions", String(recording.transactionsSeenByNode)],
    ...Object.entries(recording.chainAfter ?? {}).map(([payee, balance]) =>
      [`chain ${payee}`, `${BigInt(balance)} Wei`] as const
    ),
  ]);
}

async function foundChain({ anvil, recording, sentCount }: World): Promise<Places> {
  const found = new Map([["chain transactions", String(await sentCount())]]);
  for (const payee of Object.keys(recording.chainAfter ?? {})) {
    const balance = await anvil.rpc("eth_getBalance", [payee, "latest"]);
    found.set(`chain ${payee}`, `${BigInt(balance)} Wei`);
  }
  return found;
}
