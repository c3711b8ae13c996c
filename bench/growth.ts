/**
 * Measures whether a payee costs more time when there are more of them.
 *
 * @module
 */

import { runAlone } from "./alone/answer.ts";
import type { GrowthInput } from "./alone/growth.ts";
import { atMost, type Figure, median } from "./figure.ts";

/** How large the measurement is. */
export interface GrowthSize {
  /** How many payees the runs have that are compared, ascending. */
  readonly payees: readonly number[];
  /** How many runs of the smallest size there are; larger ones are slower, and fewer. */
  readonly tries: number;
}

/** Pays on memory ports, in runs of different sizes. */
export async function measureGrowth(size: GrowthSize): Promise<readonly Figure[]> {
  const [fewest = 0] = size.payees;
  const figures: Figure[] = [];
  let base: number | undefined;
  for (const payees of size.payees) {
    const tries = Math.max(1, Math.round(size.tries * fewest / payees));
    const input: GrowthInput = { payees, tries };
    const each = median(await runAlone<readonly number[]>("growth.ts", input));
    base ??= each;
    if (payees === fewest) {
      figures.push({
        name: "growth/base",
        what: `processor time a payee of ${payees}, ledger and chain in memory`,
        value: each,
        unit: "µs",
        bar: null,
      });
      continue;
    }
    figures.push({
      name: `growth/${payees}`,
      what: `the same of ${payees}, in payees of ${fewest}`,
      value: each / base,
      unit: "×",
      bar: atMost(1.5),
    });
  }
  return figures;
}
