/**
 * A bug that has to be found.
 *
 * @module
 */

/** A bug: one edit of the program's own text. */
export interface Mutation {
  /** What is wrong then. */
  readonly name: string;
  /** Where, from the root of the repository. */
  readonly file: string;
  /** The text as it is. It must be there, or the mutation is out of date. */
  readonly find: string;
  readonly replace: string;
  /** The test that finds it, where the simulator has no part, or meets it too seldom. */
  readonly test?: string;
}
