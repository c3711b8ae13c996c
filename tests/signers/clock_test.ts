import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { VirtualClock } from "../../adapters/memory/clock.ts";
import { systemClock } from "../../adapters/system/clock.ts";

Deno.test("systemClock.now() is the machine's time in milliseconds", () => {
  ok(Math.abs(systemClock.now() - Date.now()) < 1_000);
});

Deno.test("systemClock.sleep() waits as long as asked", async () => {
  const start = performance.now();
  await systemClock.sleep(20);
  ok(performance.now() - start >= 19);
});

Deno.test("systemClock.sleep() ends without an error when it is aborted", async () => {
  const stop = new AbortController();
  const nap = systemClock.sleep(3_600_000, stop.signal);
  stop.abort();
  await nap;
  await systemClock.sleep(3_600_000, stop.signal);
});

Deno.test("systemClock.sleep() waits longer than a timer can hold", async () => {
  const stop = new AbortController();
  let awake = false;
  const nap = systemClock.sleep(2 ** 31 + 5, stop.signal).then(() => awake = true);
  await systemClock.sleep(5);
  strictEqual(awake, false);
  stop.abort();
  await nap;
});

Deno.test("systemClock.sleep() of no time resolves at once", async () => {
  for (const ms of [0, -1, NaN]) await systemClock.sleep(ms);
});

Deno.test("VirtualClock.advance() wakes sleepers in the order of their times", async () => {
  const clock = new VirtualClock(1_000);
  const woken: [string, number][] = [];
  for (const [name, ms] of [["late", 300], ["soon", 100], ["also soon", 100]] as const) {
    void clock.sleep(ms).then(() => woken.push([name, clock.now()]));
  }
  await clock.advance(250);
  deepStrictEqual(woken, [["soon", 1_100], ["also soon", 1_100]]);
  strictEqual(clock.now(), 1_250);
  strictEqual(clock.sleeping, 1);
  await clock.advance(50);
  deepStrictEqual(woken.at(-1), ["late", 1_300]);
});

Deno.test("VirtualClock.advance() wakes who lies down again on the way", async () => {
  const clock = new VirtualClock(0);
  const ticks: number[] = [];
  const stop = new AbortController();
  const loop = (async () => {
    while (!stop.signal.aborted) {
      await clock.sleep(10, stop.signal);
      ticks.push(clock.now());
    }
  })();
  await clock.advance(35);
  deepStrictEqual(ticks, [10, 20, 30]);
  stop.abort();
  await loop;
  strictEqual(clock.sleeping, 0);
});

Deno.test("VirtualClock.runUntilIdle() runs on until nobody sleeps", async () => {
  const clock = new VirtualClock(0);
  let rounds = 0;
  void (async () => {
    while (rounds < 3) {
      await clock.sleep(1_000);
      rounds++;
    }
  })();
  await clock.runUntilIdle();
  strictEqual(rounds, 3);
  strictEqual(clock.now(), 3_000);
});

Deno.test("VirtualClock.runUntilIdle() says when a loop never ends", async () => {
  const clock = new VirtualClock(0);
  const stop = new AbortController();
  const loop = (async () => {
    while (!stop.signal.aborted) await clock.sleep(1, stop.signal);
  })();
  await rejects(() => clock.runUntilIdle(100), /still busy after 100 wakes/);
  stop.abort();
  await loop;
});

Deno.test("VirtualClock.sleep() of no time, or aborted, resolves at once", async () => {
  const clock = new VirtualClock();
  await clock.sleep(0);
  await clock.sleep(60_000, AbortSignal.abort());
  strictEqual(clock.sleeping, 0);
});
