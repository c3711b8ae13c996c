/**
 * Compares quick figures with the checked-in ones (`ratios.json`).
 *
 * @module
 */

import type { Figure } from "./figure.ts";

/** What is expected of one measurement. */
export interface Expected {
  /** Figures that say the same on any machine. */
  readonly compared: Readonly<Record<string, Ratio>>;
  /** Figures that have to be produced, and why nothing more is asked of them. */
  readonly notCompared: Readonly<Record<string, string>>;
}

/** A checked-in figure. */
export interface Ratio {
  readonly value: number;
  /** Which way is better. */
  readonly better: "lower" | "higher";
}

/** What is wrong with a figure. */
export interface Finding {
  readonly kind: "missing" | "unlisted" | "fell";
  /** The figure and what is wrong with it, for people. */
  readonly text: string;
}

/** A figure fell when it got worse by more than this factor. */
const TOLERANCE = 2;

/**
 * What is wrong: figures that were not produced, that nobody expected, and that fell by more than
 * half. What is no number fell.
 */
export function compareFigures(
  figures: readonly Figure[],
  { compared, notCompared }: Expected,
): readonly Finding[] {
  const produced = new Map(figures.map((figure) => [figure.name, figure]));
  const listed = new Set([...Object.keys(compared), ...Object.keys(notCompared)]);
  return [
    ...[...listed].filter((name) => !produced.has(name)).map((name): Finding => ({
      kind: "missing",
      text: `${name} was not produced`,
    })),
    ...figures.filter(({ name }) => !listed.has(name)).map(({ name }): Finding => ({
      kind: "unlisted",
      text: `${name} is not in ratios.json: say there whether it is compared`,
    })),
    ...figures.flatMap((figure): readonly Finding[] => {
      const ratio = compared[figure.name];
      if (!Number.isFinite(figure.value)) return [fell(figure, "no number")];
      return ratio === undefined || isWithin(figure.value, ratio)
        ? []
        : [fell(figure, `more than ${TOLERANCE} × worse than ${ratio.value}`)];
    }),
  ];
}

function isWithin(value: number, ratio: Ratio): boolean {
  return ratio.better === "lower"
    ? value <= ratio.value * TOLERANCE
    : value >= ratio.value / TOLERANCE;
}

function fell({ name, value, unit }: Figure, why: string): Finding {
  return { kind: "fell", text: `${name} fell: ${value} ${unit} is ${why}` };
}
