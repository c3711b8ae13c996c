import { deepStrictEqual, fail, match, strictEqual } from "node:assert/strict";
import { TABLE } from "./differences.ts";
import { type Replay, waysToReplay } from "./interrupted_replay.ts";
import { isInterrupted } from "./interruption.ts";
import { readRecording, recordingNames } from "./recording.ts";
import { replay, replayAlone } from "./replay.ts";
import { disagreements, titleOf } from "./table.ts";

const NAMES = recordingNames();

const REPLAYS: readonly Replay[] = NAMES.flatMap((name) =>
  isInterrupted(name) ? waysToReplay(name) : [{ name, replay: () => replay(readRecording(name)) }]
);

for (const { name, replay } of REPLAYS) {
  Deno.test(`pay() leaves what ${name} shows, or what the table of differences says`, async () => {
    const replayed = await replay();
    const wrong = disagreements(name, replayed, TABLE);
    if (wrong.length === 0) return;
    const printed = replayed.map((stage) => `--- ${titleOf(stage)}\n${stage.output}`);
    fail([...wrong, ...printed].join("\n"));
  });
}

Deno.test("resolve() reports what it credited back, also when continuity asks for an operator", async () => {
  const resolved = await replayAlone(readRecording("g3-resolve-after-revert"), 1);
  match(resolved.output, /^Credited back \(1\):$/m);
  match(resolved.output, /resolve --adopt/);
});

Deno.test("recordings are all replayed, interrupted where the recorded payer was", () => {
  const faulty = NAMES.filter((name) => /^[efk]\d/.test(name) || wasKilled(name));
  deepStrictEqual(NAMES.filter(isInterrupted), faulty);
  strictEqual(NAMES.length, 40);
});

function wasKilled(name: string): boolean {
  return readRecording(name).stages.some(({ outcome }) => outcome.end === "killed");
}

Deno.test("TABLE names nothing that is not replayed", () => {
  const named = [
    ...TABLE.differences.flatMap(({ recordings }) => recordings),
    ...TABLE.everywhere.map(({ seenIn }) => seenIn),
  ];
  const replayed = new Set(REPLAYS.map(({ name }) => name));
  deepStrictEqual(named.filter((name) => !replayed.has(name)), []);
});
