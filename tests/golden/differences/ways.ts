/**
 * The names under which an interrupted recording is replayed.
 *
 * @module
 */

/** Paydirt meets the fault and goes on. */
export function goesOn(recording: string): readonly string[] {
  return [`${recording}, goes on`, withoutBytes(`${recording}, goes on`)];
}

/** Paydirt is stopped at the fault, with signed bytes ahead and without. */
export function isStopped(recording: string): readonly [ahead: string, without: string] {
  return [`${recording}, is stopped`, withoutBytes(`${recording}, is stopped`)];
}

/** Paydirt dies at the fault, with signed bytes ahead and without. */
export function isKilled(recording: string): readonly [ahead: string, without: string] {
  return [`${recording}, is killed`, withoutBytes(`${recording}, is killed`)];
}

function withoutBytes(name: string): string {
  return `${name}, without bytes`;
}
