/**
 * The seam between a port in memory and what it does.
 *
 * @module
 */

/**
 * The way of a question to where it takes effect, and of the answer back. A simulation puts its
 * faults here: before the effect nothing has happened, after it everything.
 */
export type Seam<Method> = <T>(method: Method, effect: () => T) => Promise<T>;

/** The plain way: an await before the effect and one after it. */
export async function awaitAround<T>(_method: unknown, effect: () => T): Promise<T> {
  await undefined;
  const answer = effect();
  await undefined;
  return answer;
}
