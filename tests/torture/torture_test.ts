import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { play } from "./play.ts";
import type { RoundResult } from "./round.ts";
import { DECK } from "./schedule.ts";
import { describeResult, freshSeed, isGood, POOLS } from "./torture.ts";

Deno.test(`play() pays everybody exactly once in ${DECK} rounds`, async () => {
  // CI plays the same schedules each time, as far as the machine's own pace lets it.
  const seed = Deno.env.has("CI") ? 1_179_998_593 : freshSeed();
  console.log(`deno task torture --runs ${DECK} --seed ${seed}`);
  const results: RoundResult[] = [];
  await play({ seed, rounds: DECK, pools: POOLS }, (result) => results.push(result));
  strictEqual(results.length, DECK);
  const violated = results.filter((result) => !isGood(result));
  for (const result of violated) console.error(describeResult(result));
  deepStrictEqual(violated.map(({ violations }) => violations), []);
});
