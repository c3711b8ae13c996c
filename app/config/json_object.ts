/**
 * Telling a JSON object from everything else that JSON can hold.
 *
 * @module
 */

import { Numeral } from "./json_text.ts";

/** A JSON object whose values nobody has looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value from a JSON text is an object: no list, no number, not `null`. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Numeral);
}

/** What an object itself holds under a key; `null` is nothing, as for Go. */
export function member(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] ?? undefined : undefined;
}
