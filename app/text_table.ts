/**
 * Tables in plain text.
 *
 * @module
 */

import Table from "cli-table3";
import { oneLine } from "../domain/one_line.ts";

/** A titled table, or nothing where there are no items. */
export function section<T>(
  title: string,
  items: readonly T[],
  row: (item: T) => readonly string[],
): readonly string[] {
  return items.length === 0 ? [] : [`${title} (${items.length}):`, table(items.map(row))];
}

/** Columns without borders, which also read well in a mail. */
function table(rows: readonly (readonly string[])[]): string {
  const borderless = Object.fromEntries(
    ["top", "bottom", "left", "right", "mid", "middle"].flatMap((side) =>
      ["", "-mid", "-left", "-right"].map((end) => [`${side}${end}`, ""])
    ),
  );
  const drawn = new Table({
    chars: { ...borderless, middle: "  " },
    style: { "padding-left": 0, "padding-right": 0, border: [], head: [] },
  });
  // A pool may have a miner whose login is empty; the first column shows that it is there.
  for (const cells of rows) {
    const [first = "", ...others] = cells.map(oneLine);
    drawn.push([first === "" ? '""' : first, ...others]);
  }
  return drawn.toString().split("\n").map((line) => `  ${line.trimEnd()}`).join("\n");
}
