import assert from "node:assert/strict";
import { MUTATIONS } from "./mutations.ts";
import { simulate } from "./simulator.ts";

/** The first seed of those that are always played. */
const BASE_SEED = 1;
const FIXED_SEEDS = 300;
const FRESH_SEEDS = 100;

Deno.test(`simulate() finds nothing wrong in ${FIXED_SEEDS} known seeds`, async () => {
  await playAll(BASE_SEED, FIXED_SEEDS);
});

Deno.test(`simulate() finds nothing wrong in ${FRESH_SEEDS} fresh seeds`, async () => {
  const first = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  console.log(`deno task simulate --seed ${first} --seeds ${FRESH_SEEDS}`);
  await playAll(first, FRESH_SEEDS);
});

Deno.test("simulate() tells the same story for the same seed", async () => {
  for (const seed of [3, 17, 132, 856]) {
    const [one, other] = [await simulate(seed), await simulate(seed)];
    assert.equal(one.trace(), other.trace());
    assert.notEqual(one.trace(), (await simulate(seed + 1)).trace());
  }
});

Deno.test("MUTATIONS are edits of the program as it is", async () => {
  const root = new URL("../../", import.meta.url);
  for (const { name, file, find } of MUTATIONS) {
    const text = await Deno.readTextFile(new URL(file, root));
    assert.ok(text.includes(find), `"${name}" is out of date: its text is not in ${file}`);
  }
});

async function playAll(first: number, count: number): Promise<void> {
  for (let seed = first; seed < first + count; seed++) {
    const { violations, trace } = await simulate(seed);
    assert.deepEqual(
      violations,
      [],
      `${trace()}\n\nPlay it again: deno task simulate --seed ${seed}`,
    );
  }
}
