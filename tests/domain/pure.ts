/**
 * How the domain is tested: without any permission, since it needs none.
 *
 * @module
 */

/** Registers a test that runs with no permission, whatever the test command was given. */
export function pureTest(name: string, run: () => void): void {
  Deno.test({ name, permissions: "none", fn: run });
}
