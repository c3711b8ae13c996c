/**
 * Holds what a replay found against the table of differences: nothing unexplained, and no row that
 * does not occur.
 *
 * @module
 */

/** A row of the table: a difference between a recorded stage and what Paydirt leaves there. */
export interface Difference {
  /** The recordings that have it. */
  readonly recordings: readonly string[];
  readonly stage: string;
  /** Whether it is of the stage replayed alone, from the recorded ledger. */
  readonly alone?: true;
  /** The improvement that it comes from. */
  readonly reason: string;
  /** Every place that differs: `place: recorded → found`. */
  readonly lines: readonly string[];
}

/** A line that needs no row of its own in any stage. */
export interface Everywhere {
  readonly line: string;
  /** A recording that has it. */
  readonly seenIn: string;
  readonly reason: string;
}

/** The whole table. */
export interface Table {
  readonly everywhere: readonly Everywhere[];
  readonly differences: readonly Difference[];
}

/** What of a replayed stage is compared. */
export interface FoundStage {
  readonly stage: string;
  readonly alone: boolean;
  readonly differences: readonly string[];
}

/** Where a replay and the table disagree, a line each; nothing where all is explained. */
export function disagreements(
  recording: string,
  found: readonly FoundStage[],
  table: Table,
): readonly string[] {
  const rows = table.differences.filter(({ recordings }) => recordings.includes(recording));
  const general = new Set(table.everywhere.map(({ line }) => line));
  const occurring = new Set(found.flatMap(({ differences }) => differences));
  return [
    ...found.flatMap((stage) => {
      const listed = new Set(rows.filter((row) => isOf(row, stage)).flatMap(({ lines }) => lines));
      return stage.differences
        .filter((line) => !listed.has(line) && !general.has(line))
        .map((line) => `unexplained in ${titleOf(stage)}: ${line}`);
    }),
    ...rows.flatMap((row) => {
      const there = found.filter((stage) => isOf(row, stage)).flatMap((stage) => stage.differences);
      return row.lines
        .filter((line) => !there.includes(line))
        .map((line) => `listed, but not in ${titleOf(row)}: ${line}`);
    }),
    ...table.everywhere
      .filter(({ seenIn, line }) => seenIn === recording && !occurring.has(line))
      .map(({ line }) => `listed, but nowhere in ${recording}: ${line}`),
  ];
}

function isOf(row: Difference, { stage, alone }: FoundStage): boolean {
  return row.stage === stage && (row.alone ?? false) === alone;
}

/** A stage's name for a reader. */
export function titleOf(
  { stage, alone }: { readonly stage: string; readonly alone?: boolean },
): string {
  return alone ? `"${stage}" alone` : `"${stage}"`;
}
