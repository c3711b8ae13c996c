import assert from "node:assert/strict";
import { TABLE } from "./differences.ts";
import { isReplayed, readRecording, recordingNames } from "./recording.ts";
import { replay } from "./replay.ts";
import { disagreements, titleOf } from "./table.ts";

const NAMES = recordingNames();

for (const name of NAMES.filter(isReplayed)) {
  Deno.test(`pay() leaves what ${name} shows, or what the table of differences says`, async () => {
    const replayed = await replay(readRecording(name));
    const wrong = disagreements(name, replayed, TABLE);
    if (wrong.length === 0) return;
    const printed = replayed.map((stage) => `--- ${titleOf(stage)}\n${stage.output}`);
    assert.fail([...wrong, ...printed].join("\n"));
  });
}

Deno.test("resolve() reports what it credited back, also when continuity asks for an operator", async () => {
  const [resolved] = await replay(readRecording("g3-resolve-after-revert"));
  assert.match(resolved?.output ?? "", /^Credited back \(1\):$/m);
  assert.match(resolved?.output ?? "", /run: resolve --adopt/);
});

Deno.test("recordings are all replayed, but for those of cut links and kills", () => {
  const initials = (names: readonly string[]): string =>
    [...new Set(names.map((name) => name.replace(/.*\//, "")[0]))].toSorted().join("");
  assert.equal(initials(NAMES.filter(isReplayed)), "abcdghij");
  assert.equal(initials(NAMES.filter((name) => !isReplayed(name))), "efk");
  assert.equal(NAMES.filter(isReplayed).length, 27);
});

Deno.test("TABLE names no recording that is not replayed", () => {
  const named = [
    ...TABLE.differences.flatMap(({ recordings }) => recordings),
    ...TABLE.everywhere.map(({ seenIn }) => seenIn),
  ];
  assert.deepEqual(named.filter((name) => !NAMES.includes(name) || !isReplayed(name)), []);
});
