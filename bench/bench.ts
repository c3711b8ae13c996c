/**
 * The benchmark: what must stay fast, each figure beside its bar.
 *
 * ```sh
 * deno task bench                # everything, under 15 minutes
 * deno task bench --quick        # small, under a minute
 * deno task bench --quick --check  # fails when a figure is missing, or fell by more than half
 * deno task bench --only=pay     # one measurement: plan, pay, growth, start, simulate
 * deno task bench --json         # for machines
 * ```
 *
 * Both servers run on this machine beside what is measured, so only ratios within one run say
 * something. A bar that is missed does not fail the command.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { compareFigures, type Expected, type Finding } from "./compare.ts";
import { type Figure, isMet } from "./figure.ts";
import { measureGrowth } from "./growth.ts";
import { measurePayments } from "./pay_on_anvil.ts";
import { measurePlan } from "./plan_from_redis.ts";
import ratios from "./ratios.json" with { type: "json" };
import { measureSimulator } from "./simulator.ts";
import { measureStart } from "./start_up.ts";
import { renderFigures } from "./table.ts";

/** The measurements by name, each in its full and its quick size. */
const MEASUREMENTS: Readonly<Record<string, (quick: boolean) => Promise<readonly Figure[]>>> = {
  plan: (quick) =>
    measurePlan(
      quick
        ? { miners: 50_000, payees: 500, others: 100_000, sample: 5_000, tries: 1 }
        : { miners: 1_000_000, payees: 10_000, others: 3_000_000, sample: 20_000, tries: 2 },
    ),
  pay: (quick) =>
    measurePayments(
      quick ? { payees: 1_000, payeesByDefault: 100 } : { payees: 10_000, payeesByDefault: 1_000 },
    ),
  growth: (quick) =>
    measureGrowth(
      quick
        ? { payees: [1_000, 10_000], tries: 10 }
        : { payees: [1_000, 10_000, 100_000], tries: 30 },
    ),
  start: (quick) => measureStart({ tries: quick ? 3 : 11 }),
  simulate: (quick) => measureSimulator({ seeds: quick ? 100 : 500 }),
};

/** How often a measurement is tried whose figures fell: a busy machine is no finding. */
const MAX_TRIES = 3;

/** What came of a measurement. */
interface Outcome {
  readonly figures: readonly Figure[];
  readonly findings: readonly Finding[];
}

/**
 * Measures and prints. The exit code is 1 when something could not be measured, or was found; 2 when
 * the arguments are wrong.
 */
async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      only: { type: "string" },
    },
  });
  const { quick, check, only } = values;
  const names = only === undefined ? Object.keys(MEASUREMENTS) : only.split(",");
  const unknown = names.find((name) => !Object.hasOwn(MEASUREMENTS, name));
  if (unknown !== undefined) {
    const known = Object.keys(MEASUREMENTS).join(", ");
    console.error(`Cannot measure "${unknown}": expected one of ${known}`);
    return 2;
  }
  if (check && !quick) {
    console.error("Cannot check full sizes: ratios.json has those of --quick");
    return 2;
  }
  const outcomes: Outcome[] = [];
  for (const name of names) outcomes.push(await outcomeOf(name, { quick, check }));
  const figures = outcomes.flatMap((outcome) => outcome.figures);
  if (values.json) {
    const shown = figures.map((figure) => ({ ...figure, met: isMet(figure) }));
    console.log(JSON.stringify({ quick, figures: shown }, null, 2));
  } else {
    console.log(renderFigures(figures));
  }
  const findings = outcomes.flatMap((outcome) => outcome.findings);
  for (const { text } of findings) console.error(text);
  return findings.length === 0 ? 0 : 1;
}

/** Measures, and again when figures fell. What cannot be measured is missing. */
async function outcomeOf(
  name: string,
  { quick, check }: { readonly quick: boolean; readonly check: boolean },
): Promise<Outcome> {
  for (let tries = 1;; tries++) {
    let figures: readonly Figure[];
    try {
      figures = await measured(name, quick);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return {
        figures: [],
        findings: [{ kind: "missing", text: `Cannot measure ${name}: ${why}` }],
      };
    }
    const findings = check ? compareFigures(figures, expectedOf(name)) : [];
    if (tries === MAX_TRIES || !findings.some(({ kind }) => kind === "fell")) {
      return { figures, findings };
    }
    for (const { text } of findings) console.error(`${text}; trying again`);
  }
}

async function measured(name: string, quick: boolean): Promise<readonly Figure[]> {
  console.error(`measuring ${name} …`);
  const started = performance.now();
  const figures = await MEASUREMENTS[name]?.(quick) ?? [];
  console.error(`… in ${((performance.now() - started) / 1_000).toFixed(1)} s`);
  return figures;
}

function expectedOf(name: string): Expected {
  const all: Readonly<Record<string, unknown>> = ratios;
  return (all[name] ?? { compared: {}, notCompared: {} }) as Expected;
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
