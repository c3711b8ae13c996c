import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { depthOf, extendRun, type HeaderRun, isLinked } from "../../domain/headers.ts";
import { blockOf, type Fork, headersOf } from "./arbitraries.ts";
import { pureTest } from "./pure.ts";

const FORK: Fork = { id: 1, at: 105 };

/** A chain from block 100 up, and a fork of it. */
const anyFork = fc.record({
  to: fc.integer({ min: 100, max: 130 }),
  fork: fc.record({ id: fc.constant(1), at: fc.integer({ min: 101, max: 130 }) }),
  forkTo: fc.integer({ min: 101, max: 140 }),
});

pureTest("isLinked() takes headers of which each is the parent of the next", () => {
  ok(isLinked([]));
  ok(isLinked(headersOf(100, 100)));
  ok(isLinked(headersOf(100, 110, FORK)));
});

pureTest("isLinked() refuses a gap, another order, a repetition and a mix of forks", () => {
  const run = headersOf(100, 110);
  for (
    const headers of [
      run.toSpliced(5, 1),
      run.toReversed(),
      run.toSpliced(5, 0, run[5]!),
      [...headersOf(100, 106), ...headersOf(107, 110, FORK)],
    ]
  ) strictEqual(isLinked(headers), false);
});

pureTest("isLinked() refuses a child whose number does not follow", () => {
  const [parent, child] = headersOf(100, 101);
  strictEqual(isLinked([parent!, { ...child!, number: 102 }]), false);
});

pureTest("extendRun() starts a run, and leaves it when nothing came", () => {
  deepStrictEqual(extendRun([], headersOf(100, 102)), headersOf(100, 102));
  deepStrictEqual(extendRun(headersOf(100, 102), []), headersOf(100, 102));
});

pureTest("extendRun() takes newer headers that overlap or follow", () => {
  for (const from of [101, 105, 110, 111]) {
    deepStrictEqual(extendRun(headersOf(100, 110), headersOf(from, 112)), headersOf(100, 112));
  }
});

pureTest("extendRun() replaces what a reorg took away", () => {
  deepStrictEqual(
    extendRun(headersOf(100, 110), headersOf(105, 111, FORK)),
    headersOf(100, 111, FORK),
  );
});

pureTest("extendRun() refuses what does not link", () => {
  const run = headersOf(100, 110);
  for (
    const newer of [
      headersOf(112, 113),
      headersOf(107, 112, FORK),
      headersOf(90, 95),
      headersOf(100, 112),
      [...headersOf(111, 112), ...headersOf(113, 114, FORK)],
    ]
  ) strictEqual(extendRun(run, newer), undefined);
});

pureTest("extendRun() of an empty run refuses headers that do not link", () => {
  strictEqual(extendRun([], [...headersOf(100, 101), ...headersOf(103, 104)]), undefined);
});

pureTest("extendRun() answers linked headers that end with the newer ones, or nothing", () => {
  const anyPart = fc.record({
    from: fc.integer({ min: 95, max: 125 }),
    length: fc.integer({ min: 0, max: 20 }),
    fork: fc.option(fc.constant(FORK), { nil: undefined }),
  }).map(({ from, length, fork }) => headersOf(from, from + length - 1, fork));
  fc.assert(fc.property(anyPart, anyPart, (run, newer) => {
    const extended = extendRun(run, newer);
    if (extended === undefined) return;
    ok(isLinked(extended));
    if (newer.length > 0) deepStrictEqual(extended.slice(-newer.length), newer);
  }));
});

pureTest("depthOf() counts the block itself", () => {
  const runs = [headersOf(100, 110)];
  strictEqual(depthOf(blockOf(110), runs), 1);
  strictEqual(depthOf(blockOf(99), runs), 0);
  strictEqual(depthOf(blockOf(100), runs), 11);
  strictEqual(depthOf(blockOf(111), runs), 0);
});

pureTest("depthOf() takes the deepest run, and none is no depth", () => {
  strictEqual(depthOf(blockOf(100), [headersOf(100, 102), headersOf(90, 110), []]), 11);
  strictEqual(depthOf(blockOf(100), []), 0);
});

pureTest("depthOf() never counts a block on a fork", () => {
  fc.assert(fc.property(anyFork, ({ to, fork, forkTo }) => {
    const runs: readonly HeaderRun[] = [headersOf(100, to)];
    for (let number = 100; number <= forkTo; number++) {
      const depth = depthOf(blockOf(number, fork), runs);
      strictEqual(depth, number >= fork.at ? 0 : Math.max(0, to - number + 1));
    }
  }));
});

pureTest("depthOf() of a block that a reorg took away is 0", () => {
  fc.assert(fc.property(anyFork, ({ to, fork, forkTo }) => {
    fc.pre(fork.at <= to && fork.at <= forkTo);
    const after = extendRun(headersOf(100, to), headersOf(fork.at, forkTo, fork));
    ok(after !== undefined);
    for (let number = fork.at; number <= to; number++) {
      strictEqual(depthOf(blockOf(number), [after]), 0);
    }
    strictEqual(depthOf(blockOf(100), [after]), forkTo - 100 + 1);
  }));
});
