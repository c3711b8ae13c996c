import { deepStrictEqual } from "node:assert/strict";
import { addCounts, countsOf } from "./runner_counts.ts";

Deno.test("countsOf() reads the runner's last line", () => {
  const output =
    "a ... ok (1ms)\n\nok | 12 passed (3 steps) | 0 failed | 2 ignored (5 steps) (9s)\n";
  deepStrictEqual(countsOf(output, 0), { passed: 12, failed: 0, ignored: 2 });
});

Deno.test("countsOf() reads through colours, and past what a test prints", () => {
  const output = "ok | 99 passed | 0 failed\n\x1b[31mFAILED\x1b[0m | 1 passed | 4 failed (1s)\n";
  deepStrictEqual(countsOf(output, 1), { passed: 1, failed: 4, ignored: 0 });
});

Deno.test("countsOf() takes a run that ended badly for a failure", () => {
  deepStrictEqual(countsOf("", 1), { passed: 0, failed: 1, ignored: 0 });
  deepStrictEqual(countsOf("ok | 3 passed | 0 failed (1s)", 139), {
    passed: 3,
    failed: 1,
    ignored: 0,
  });
});

Deno.test("addCounts() adds up two runs", () => {
  const run = { passed: 1, failed: 2, ignored: 3 };
  deepStrictEqual(addCounts(run, run), { passed: 2, failed: 4, ignored: 6 });
});
