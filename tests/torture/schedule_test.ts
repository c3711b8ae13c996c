import { deepStrictEqual, notDeepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { describeRound } from "./plan_text.ts";
import { CONFIRMATIONS, DECK, KINDS, ROUNDS_OF_POOL, scheduleOf } from "./schedule.ts";
import type { RoundPlan } from "./schedule.ts";

const SEEDS = [0, 1, 17, 2 ** 32 - 1];

function roundsOf(seed: number, count: number): readonly RoundPlan[] {
  return scheduleOf(seed, count).flatMap(({ rounds }) => rounds);
}

Deno.test("scheduleOf() gives the same seed the same schedule, and another seed another", () => {
  for (const seed of SEEDS) {
    deepStrictEqual(scheduleOf(seed, 40), scheduleOf(seed, 40));
    notDeepStrictEqual(scheduleOf(seed, 40), scheduleOf(seed + 1, 40));
  }
});

Deno.test("scheduleOf() begins with the same rounds however many there are", () => {
  for (const seed of SEEDS) deepStrictEqual(roundsOf(seed, 7), roundsOf(seed, 40).slice(0, 7));
});

Deno.test("scheduleOf() plans as many rounds as it is asked for, in pools that live for some", () => {
  for (const count of [1, ROUNDS_OF_POOL, ROUNDS_OF_POOL + 1, 500]) {
    const pools = scheduleOf(1, count);
    deepStrictEqual(
      pools.flatMap(({ rounds }) => rounds.map(({ index }) => index)),
      Array.from({ length: count }, (_, index) => index),
    );
    ok(pools.every(({ rounds }) => rounds.length <= ROUNDS_OF_POOL && rounds.length > 0));
  }
});

Deno.test(`scheduleOf() has every kind of misfortune in each ${DECK} rounds`, () => {
  strictEqual(DECK, 15);
  for (const seed of SEEDS) {
    const rounds = roundsOf(seed, 4 * DECK);
    for (let start = 0; start < rounds.length; start += DECK) {
      const deck = rounds.slice(start, start + DECK);
      deepStrictEqual(new Set(deck.map(({ kind }) => kind)), KINDS);
      for (const { kind, misfortunes } of deck) {
        ok(misfortunes.some((misfortune) => misfortune.kind === kind));
      }
    }
  }
});

Deno.test("scheduleOf() pays over 50 payees in each round", () => {
  for (const seed of SEEDS) ok(roundsOf(seed, 500).every(({ payees }) => payees > 50));
});

Deno.test("scheduleOf() replaces fewer blocks than have to confirm a payment", () => {
  const depths = roundsOf(1, 500).flatMap(({ misfortunes }) =>
    misfortunes.flatMap((each) => each.kind === "reorg" ? [each.depth] : [])
  );
  deepStrictEqual(new Set(depths), new Set([1, CONFIRMATIONS - 1]));
});

Deno.test("describeRound() tells rounds apart", () => {
  const told = roundsOf(1, 500).map(describeRound);
  strictEqual(new Set(told).size, told.length);
});
