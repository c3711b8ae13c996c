/**
 * Compares two ledgers and says each difference in one line, such as
 * `eth:finances paid: 600000000 → 0`.
 *
 * @module
 */

import type { Dump, DumpedKey } from "./recording.ts";

/** Places by name, each with what stands there. A place is a string, a field or a member. */
export type Places = ReadonlyMap<string, string>;

/** The places of a ledger: `key`, `key field` or `key member`. */
export function placesOf(dump: Dump): Places {
  return new Map(Object.entries(dump).flatMap(([key, dumped]) => placesOfKey(key, dumped)));
}

function placesOfKey(key: string, dumped: DumpedKey): readonly (readonly [string, string])[] {
  switch (dumped.type) {
    case "string":
      return [[key, dumped.value]];
    case "hash":
      return Object.entries(dumped.value).map(([field, value]) => [`${key} ${field}`, value]);
    case "zset":
      return dumped.value.map(([member, score]) => [`${key} ${member}`, String(score)]);
    default:
      return dumped satisfies never;
  }
}

/** One line for each place that differs, in order: `place: recorded → found`. */
export function differences(recorded: Places, found: Places): readonly string[] {
  const places = [...new Set([...recorded.keys(), ...found.keys()])].toSorted();
  return places.flatMap((place) => {
    const was = recorded.get(place) ?? "nothing";
    const is = found.get(place) ?? "nothing";
    return was === is ? [] : [`${place}: ${was} → ${is}`];
  });
}
