import { match, ok, strictEqual } from "node:assert/strict";
import { plainLog } from "../../adapters/terminal/plain_log.ts";
import { describeDryRun, describeRun } from "../../app/text_report.ts";
import { section } from "../../app/text_table.ts";
import type { DryRunReport } from "../../app/dry_run.ts";
import type { RunReport } from "../../domain/report.ts";

const NOTHING: RunReport = {
  paid: [],
  creditedBack: [],
  dropped: [],
  held: [],
  inFlight: [],
  skipped: [],
  belowThreshold: 0,
  feesWei: 0n,
  shortfallWei: 0n,
  stopped: null,
  attention: [],
  words: [],
};

Deno.test("describeRun() tells of a payee who is held since no time that there is", () => {
  const since = Number.MAX_SAFE_INTEGER;
  const text = describeRun({ ...NOTHING, held: [{ login: "0xab", reason: "by hand", since }] });
  match(text, /Held for an operator \(1\):\n {2}0xab {2}by hand$/);
});

Deno.test("describeDryRun() tells of a shortfall that is no amount of Wei", () => {
  const report: DryRunReport = {
    wallet: { address: "0xcafe", balanceWei: 0n, nonce: 0 },
    payees: [],
    skipped: [],
    totals: { amountShannon: 0n, feeCeilingWei: 0n, shortfallWei: 2n ** 300n, belowThreshold: 0 },
    checks: [],
    inFlight: [],
    exitCode: 3,
  };
  match(describeDryRun(report), /The wallet lacks [0-9.]+ coins/);
});

Deno.test("describeRun() and its kin send no control characters of others to a terminal", () => {
  const odd = "0xab\u001b[2J\nsecond\u009b31m";
  const lines: string[] = [];
  const log = plainLog({ write: (line) => lines.push(line), verbose: true });
  log({ kind: "trouble", detail: odd });
  log({ kind: "held", hold: { login: odd, reason: odd, since: 0 } });
  const told = describeRun({
    ...NOTHING,
    held: [{ login: odd, reason: odd, since: 0 }],
    attention: [odd],
    stopped: { kind: "fault", fault: "journal", detail: odd },
  });
  // deno-lint-ignore no-control-regex -- these are what is looked for
  for (const text of [...lines, told]) ok(!/[\u001b\u009b]/.test(text), text);
  strictEqual(lines.length, 2);
  strictEqual(told.split("\n").length, 5);
  strictEqual(section("Odd", [odd], (login) => [login]).join("\n").split("\n").length, 2);
});
