/**
 * The benchmark: what must stay fast, each figure beside its bar.
 *
 * ```sh
 * deno task bench                # everything, under 15 minutes
 * deno task bench --quick        # small, under a minute
 * deno task bench --only=pay     # one measurement: plan, pay, growth, start
 * deno task bench --json         # for machines
 * ```
 *
 * Both servers run on this machine beside what is measured, so only ratios within one run say
 * something. A bar that is missed does not fail the command.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { type Figure, isMet } from "./figure.ts";
import { measureGrowth } from "./growth.ts";
import { measurePayments } from "./pay_on_anvil.ts";
import { measurePlan } from "./plan_from_redis.ts";
import { measureStart } from "./start_up.ts";
import { renderFigures } from "./table.ts";

/** The measurements by name, each in its full and its quick size. */
const MEASUREMENTS: Readonly<Record<string, (quick: boolean) => Promise<readonly Figure[]>>> = {
  plan: (quick) =>
    measurePlan(
      quick
        ? { miners: 50_000, payees: 500, others: 0, sample: 5_000, tries: 3 }
        : { miners: 1_000_000, payees: 10_000, others: 3_000_000, sample: 50_000, tries: 2 },
    ),
  pay: (quick) =>
    measurePayments(
      quick ? { payees: 1_000, payeesByDefault: 100 } : { payees: 10_000, payeesByDefault: 1_000 },
    ),
  growth: (quick) =>
    measureGrowth(
      quick
        ? { payees: [1_000, 10_000], tries: 10 }
        : { payees: [1_000, 10_000, 100_000], tries: 50 },
    ),
  start: (quick) => measureStart({ tries: quick ? 3 : 15 }),
};

/** Measures and prints. The exit code is 1 when something could not be measured. */
async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      only: { type: "string" },
    },
  });
  const { quick, only } = values;
  const names = only === undefined ? Object.keys(MEASUREMENTS) : only.split(",");
  const figures: Figure[] = [];
  let failed = 0;
  for (const name of names) {
    const measure = MEASUREMENTS[name];
    if (measure === undefined) {
      const known = Object.keys(MEASUREMENTS).join(", ");
      console.error(`Cannot measure "${name}": expected one of ${known}`);
      return 2;
    }
    console.error(`measuring ${name} …`);
    try {
      figures.push(...await measure(quick));
    } catch (error) {
      failed++;
      console.error(error instanceof Error ? error.message : error);
    }
  }
  if (values.json) {
    const shown = figures.map((figure) => ({ ...figure, met: isMet(figure) }));
    console.log(JSON.stringify({ quick, figures: shown }, null, 2));
  } else {
    console.log(renderFigures(figures));
  }
  return failed === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
