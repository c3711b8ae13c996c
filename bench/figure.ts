/**
 * What a measurement answers: figures, each beside the bar that it has to meet.
 *
 * @module
 */

/** A number that was measured. */
export interface Figure {
  /** Its name, the same in every run: `plan/time`. */
  readonly name: string;
  /** What it says, for people. */
  readonly what: string;
  /** The number. */
  readonly value: number;
  /** What it counts: `×`, `MiB`, `payments/s`. */
  readonly unit: string;
  /** What is asked of it; `null`: nothing, it is there to be read. */
  readonly bar: Bar | null;
}

/** A limit for a figure. */
export interface Bar {
  /** On which side of the limit the figure has to be. */
  readonly kind: "at-most" | "at-least";
  /** The limit, in the figure's unit. */
  readonly limit: number;
}

/** A figure with an upper limit. */
export function atMost(limit: number): Bar {
  return { kind: "at-most", limit };
}

/** A figure with a lower limit. */
export function atLeast(limit: number): Bar {
  return { kind: "at-least", limit };
}

/** Whether a figure meets its bar; `null` where there is none. */
export function isMet({ value, bar }: Figure): boolean | null {
  if (bar === null) return null;
  return bar.kind === "at-most" ? value <= bar.limit : value >= bar.limit;
}

/** The middle one: what disturbs one try of several leaves no trace in it. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) throw new Error("Cannot take the median of nothing");
  return (low + high) / 2;
}
