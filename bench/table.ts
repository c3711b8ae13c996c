/**
 * Shows figures to people, as a table of Markdown.
 *
 * @module
 */

import { type Bar, type Figure, isMet } from "./figure.ts";

/** One line a figure: what it is, the figure, its bar, and whether it meets it. */
export function renderFigures(figures: readonly Figure[]): string {
  const rows = [
    ["figure", "what", "measured", "bar", ""],
    ["---", "---", "---:", "---:", "---"],
    ...figures.map((figure) => [
      `\`${figure.name}\``,
      figure.what,
      `${shown(figure.value)} ${figure.unit}`,
      figure.bar === null ? "" : shownBar(figure.bar),
      verdict(isMet(figure)),
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0))
  );
  return rows.map((row, index) => {
    const cells = row.map((cell, column) =>
      index === 1 ? rule(cell, widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)
    );
    return `| ${cells.join(" | ")} |`;
  }).join("\n");
}

function rule(cell: string, width: number): string {
  return cell.endsWith(":") ? `${"-".repeat(Math.max(2, width - 1))}:` : "-".repeat(width);
}

function shown(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

function shownBar({ kind, limit }: Bar): string {
  return `${kind === "at-most" ? "≤" : "≥"} ${limit.toLocaleString("en")}`;
}

function verdict(met: boolean | null): string {
  return met === null ? "" : met ? "met" : "**missed**";
}
