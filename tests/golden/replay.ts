/**
 * Replays recordings: Paydirt runs where a Go payer ran, and what it leaves is compared with what
 * the Go payer left.
 *
 * @module
 */

import { DEFAULT_MAX_IN_FLIGHT } from "../../app/config/payouts_section.ts";
import { main } from "../../app/cli.ts";
import type { CliDeps } from "../../app/commands/command.ts";
import { differences, type Places, placesOf } from "./compare.ts";
import { startRecordedNode } from "./recorded_node.ts";
import type { Recording, Stage } from "./recording.ts";
import { beforeStage, meanwhile } from "./surroundings.ts";
import { openWorld, type World } from "./world.ts";

/** How deep a payment is when it is final: not deep, so that a replay ends soon. */
const CONFIRMATIONS = 2;

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
 * alone, too, from the recorded ledger. A stage that was killed is no stage to compare with: the row
 * ends there.
 */
export async function replay(recording: Recording): Promise<readonly Replayed[]> {
  const replayed: Replayed[] = [];
  await using row = await openWorld(recording, 0);
  let inRow = true;
  for (const [index, stage] of recording.stages.entries()) {
    if (stage.outcome.end === "killed") {
      inRow = false;
      continue;
    }
    if (!inRow || !await standsAsRecorded(row, stage)) {
      await using alone = await openWorld(recording, index);
      replayed.push({ ...await replayStage(alone, stage), alone: true });
    }
    if (inRow) replayed.push({ ...await replayStage(row, stage), alone: false });
  }
  return replayed;
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

async function replayStage(world: World, stage: Stage): Promise<Omit<Replayed, "alone">> {
  const { recording } = world;
  await beforeStage(world.anvil, recording, stage);
  const savesBefore = await countSaves(world);
  const { exitCode, output } = await runPaydirt(world, stage);
  const isLast = stage === recording.stages.at(-1);
  const recorded = new Map([
    ...placesOf(stage.after),
    ["process", endOf(stage)],
    ["background saves", String(stage.log.filter((line) => SAVED.test(line)).length)],
    ...(isLast ? recordedChain(recording) : []),
  ]);
  const found = new Map([
    ...placesOf(await world.ledger()),
    ["process", `exit code ${exitCode}`],
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

async function runPaydirt(
  world: World,
  stage: Stage,
): Promise<{ readonly exitCode: number; readonly output: string }> {
  const onCall = meanwhile(world.recording, world.client);
  await using node = startRecordedNode({
    behind: world.anvil.url,
    stage,
    ...(onCall === undefined ? {} : { onCall }),
  });
  const config = `${world.folder}/config.json`;
  await Deno.writeTextFile(config, configOf(world, stage, node.url));
  const printed: string[] = [];
  const exitCode = await main(["pay", "--config", config], deps(stage, world.folder, printed));
  return { exitCode, output: printed.join("\n") };
}

/** The recorded config, as a pool would hand it to Paydirt. */
function configOf(world: World, { config }: Stage, daemon: string): string {
  return JSON.stringify({
    coin: config.coin,
    redis: { endpoint: world.redisEndpoint, poolSize: 10, database: 0, password: "" },
    payouts: {
      ...config.payouts,
      enabled: true,
      daemon,
      confirmations: CONFIRMATIONS,
      waitLimit: "1m",
    },
  });
}

function deps(stage: Stage, startFolder: string, printed: string[]): CliDeps {
  return {
    stdout: (text) => printed.push(text),
    stderr: (line) => printed.push(line),
    terminal: undefined,
    env: (name) => name === "RESOLVE_PAYOUT" && stage.mode !== "normal" ? "1" : undefined,
    startFolder,
    readTextFile: Deno.readTextFile,
    signal: new AbortController().signal,
    confirm: undefined,
    askPassword: () => Promise.reject(new Error("Cannot ask for a password in a replay")),
  };
}
