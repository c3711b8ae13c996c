/**
 * What is known about the outside world: a thing was there, was not there, or nobody could say.
 *
 * @module
 */

/**
 * The answer to one question to the outside. *Unknown* is a failed, partial or unreadable answer;
 * it is never taken for *absent*.
 */
export type Fact<T> =
  | { readonly kind: "present"; readonly value: T }
  | { readonly kind: "absent" }
  | { readonly kind: "unknown"; readonly why: string };

/** The thing was there. */
export function present<T>(value: T): Fact<T> {
  return { kind: "present", value };
}

/** The thing was, by a complete answer, not there. */
export const ABSENT: Fact<never> = { kind: "absent" };

/** Nobody could say. `why` is for people. */
export function unknown(why: string): Fact<never> {
  return { kind: "unknown", why };
}

/** The value of a fact, or `undefined` when it is not known to be there. */
export function valueOf<T>(fact: Fact<T> | undefined): T | undefined {
  return fact?.kind === "present" ? fact.value : undefined;
}
