/**
 * Misspelled keys: found, and reported with the key that was probably meant.
 *
 * @module
 */

import { closest } from "fastest-levenshtein";
import type { JsonObject } from "./json_object.ts";
import type { Finding } from "./finding.ts";
import { showKey } from "./secrets.ts";

/** No key is that long; comparing takes time by the product of the lengths. */
const MAX_COMPARED = 100;

/**
 * Finds the keys of a section that nobody reads.
 *
 * @example
 * ```ts
 * import { findUnknownKeys } from "./unknown_keys.ts";
 *
 * findUnknownKeys({ treshold: 1 }, { path: "payouts", known: ["threshold", "timeout"] });
 * // [{ path: "payouts.treshold", message: 'unknown key; the nearest known one is "threshold"' }]
 * ```
 */
export function findUnknownKeys(
  section: JsonObject,
  { path, known }: { readonly path: string; readonly known: readonly string[] },
): readonly Finding[] {
  return Object.keys(section).filter((key) => !known.includes(key)).map((key) => ({
    path: `${path}.${showKey(key)}`,
    message: `unknown key; the nearest known one is "${nearest(key, known)}"`,
  }));
}

/** Case does not count, and a part of a name is nearer than a name of other letters. */
function nearest(key: string, known: readonly string[]): string {
  const wanted = key.slice(0, MAX_COMPARED).toLowerCase();
  const names = new Map(known.map((name) => [name.toLowerCase(), name]));
  const akin = [...names.keys()].filter((name) => name.includes(wanted) || wanted.includes(name));
  const found = closest(wanted, akin.length > 0 ? akin : [...names.keys()]);
  return names.get(found) ?? found;
}
