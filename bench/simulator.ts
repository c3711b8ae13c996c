/**
 * Measures how many stories the simulator plays.
 *
 * @module
 */

import { runAlone } from "./alone/answer.ts";
import type { SimulateInput, SimulateResult } from "./alone/simulate.ts";
import { atLeast, type Figure } from "./figure.ts";

/** How large the measurement is. */
export interface SimulatorSize {
  /** How many seeds are played and measured. */
  readonly seeds: number;
}

const WARM_UP = 50;

/** Plays seeds in a process of its own. A second is one of a processor that does nothing else. */
export async function measureSimulator({ seeds }: SimulatorSize): Promise<readonly Figure[]> {
  const input: SimulateInput = { warmUp: WARM_UP, seeds };
  const { cpuSeconds, runs } = await runAlone<SimulateResult>("simulate.ts", input);
  return [{
    name: "simulate/rate",
    what: `seeds of the simulator, ${(runs / seeds).toFixed(1)} runs each, a processor's second`,
    value: seeds / cpuSeconds,
    unit: "seeds/s",
    bar: atLeast(100),
  }];
}
