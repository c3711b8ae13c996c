/**
 * `${NAME}` in the texts of a config file stands for a variable of the environment.
 *
 * @module
 */

import type { Finding } from "./finding.ts";
import { isJsonObject, type JsonObject } from "./json_object.ts";

/** Tells the value of an environment variable, `undefined` when it is not set. */
export type Environment = (name: string) => string | undefined;

/** Objects in objects: nothing that is read lies deeper than `payouts.signer.kind`. */
const LEVELS = 3;

/**
 * Expands every `${NAME}` in the texts of a config; `$${` stands for a plain `${`. A variable that
 * is not set is a problem, an empty one is an empty text. What a variable holds is not expanded
 * again, and no message shows it.
 *
 * @example
 * ```ts
 * import { expandEnvironment } from "./environment.ts";
 *
 * const config = { redis: { password: "${REDIS_PASSWORD}" } };
 * expandEnvironment(config, (name) => name === "REDIS_PASSWORD" ? "hunter2" : undefined);
 * // { value: { redis: { password: "hunter2" } }, problems: [] }
 * ```
 */
export function expandEnvironment(
  config: JsonObject,
  env: Environment,
): { readonly value: JsonObject; readonly problems: readonly Finding[] } {
  const problems: Finding[] = [];
  const expandObject = (object: JsonObject, keys: readonly string[]): JsonObject =>
    // fromEntries and not an assignment: a key may be "__proto__".
    Object.fromEntries(
      Object.entries(object).map(([key, value]) => [key, expand(value, [...keys, key])]),
    );
  const expand = (value: unknown, keys: readonly string[]): unknown => {
    if (typeof value !== "string") {
      return isJsonObject(value) && keys.length < LEVELS ? expandObject(value, keys) : value;
    }
    const { text, faults } = expandText(value, env);
    problems.push(...faults.map((message) => ({ path: keys.join("."), message })));
    return text;
  };
  return { value: expandObject(config, []), problems };
}

function expandText(
  text: string,
  env: Environment,
): { readonly text: string; readonly faults: readonly string[] } {
  const faults: string[] = [];
  const expanded = text.replace(
    /\$(\$?)\{(?:([A-Za-z_][A-Za-z0-9_]*)\})?/g,
    (match, escape: string, name: string | undefined) => {
      if (escape !== "") return match.slice(1);
      const value = name === undefined ? undefined : env(name);
      if (value !== undefined) return value;
      faults.push(
        name === undefined
          ? "expected ${NAME} of an environment variable; a plain ${ is written $${"
          : `the environment variable ${name} is not set`,
      );
      return match;
    },
  );
  return { text: expanded, faults };
}
