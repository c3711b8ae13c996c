/**
 * From the text of a config file to a {@linkcode Config}. Pure: what it needs is handed in.
 *
 * @module
 */

import type { Checksum } from "../../domain/ports/checksum.ts";
import type { Config } from "./config.ts";
import { type Environment, expandEnvironment } from "./environment.ts";
import type { Finding } from "./finding.ts";
import { isJsonObject, type JsonObject, member } from "./json_object.ts";
import { parseJson } from "./json_text.ts";
import { findUnknownPayoutKeys, noticeForkKeys, readPayouts } from "./payouts_section.ts";
import { noticeUnusedRedisKeys, readRedis } from "./redis_section.ts";
import { andThen, problemsOf, readKeys, subsection, textRule } from "./section.ts";

/** No pool's config is that long: `--config` names another file by mistake. */
const MAX_TEXT = 1_000_000;

const COIN = textRule("the prefix of the pool's keys in Redis", (text) => text || undefined);

/** What a config is read with. */
export interface ReadOptions {
  /** Tells variables of the environment. */
  readonly env: Environment;
  /** Spells an address as EIP-55 does. */
  readonly checksum: Checksum;
  /** The folder of the file: relative paths in it begin there. */
  readonly folder: string;
  /** Whether a section `payouts` that is not enabled is read all the same (resolve, audit). */
  readonly evenDisabled?: boolean;
}

/** What became of a config file. */
export type ConfigReading =
  | { readonly kind: "config"; readonly config: Config; readonly notices: readonly Finding[] }
  /** `payouts.enabled` is not `true`: nothing else was asked of the file. */
  | { readonly kind: "disabled" }
  | { readonly kind: "problems"; readonly problems: readonly Finding[] };

/**
 * Reads a config: the pool's own file, with Paydirt's additions in `payouts`. All problems are
 * reported at once, and none holds a secret. Never throws.
 *
 * @example
 * ```ts
 * import { getAddress } from "ethers/address";
 * import { readConfig } from "./read_config.ts";
 *
 * const reading = readConfig('{"coin": "eth", "payouts": {"enabled": false}}', {
 *   env: () => undefined,
 *   checksum: getAddress,
 *   folder: "/etc/pool",
 * });
 * // { kind: "disabled" }
 * ```
 */
export function readConfig(text: string, options: ReadOptions): ConfigReading {
  if (text.length > MAX_TEXT) {
    return wrong([{ path: "", message: `expected a config, got ${text.length} characters` }]);
  }
  const parsed = parseJson(text);
  if ("fault" in parsed) {
    const { line, column, expected } = parsed.fault;
    return wrong([{ path: `line ${line}, column ${column}`, message: `expected ${expected}` }]);
  }
  if (!isJsonObject(parsed.value)) {
    return wrong([{ path: "", message: "expected a JSON object: the pool's config" }]);
  }
  const written = Object.fromEntries(
    Object.entries(parsed.value).filter(([key]) => ["coin", "redis", "payouts"].includes(key)),
  );
  return readWanted(written, options) ?? readParts(written, options);
}

/** Answers for a pool that is switched off; a file that is not whole is left to the others. */
function readWanted(written: JsonObject, options: ReadOptions): ConfigReading | undefined {
  const payouts = subsection({ path: "", value: written, written }, "payouts");
  if (payouts.kind === "wrong" || options.evenDisabled === true) return undefined;
  const enabled = member(payouts.value.value, "enabled") ?? false;
  if (enabled !== false) return undefined;
  // "enabeld": true must not pass for a pool that is switched off.
  const slips = findUnknownPayoutKeys(payouts.value);
  return slips.length > 0 ? wrong(slips) : { kind: "disabled" };
}

function readParts(written: JsonObject, options: ReadOptions): ConfigReading {
  const { value, problems: unset } = expandEnvironment(written, options.env);
  const file = { path: "", value, written };
  const redisSection = subsection(file, "redis");
  const payoutsSection = subsection(file, "payouts");
  const coin = readKeys(file, { coin: COIN });
  const redis = andThen(redisSection, (section) => readRedis(section, options.folder));
  const payouts = andThen(payoutsSection, (section) => readPayouts(section, options));
  if (
    unset.length > 0 || coin.kind === "wrong" || redis.kind === "wrong" || payouts.kind === "wrong"
  ) {
    return wrong([...unset, ...problemsOf(coin, redis, payouts)]);
  }
  return {
    kind: "config",
    config: { prefix: coin.value.coin, redis: redis.value, payouts: payouts.value },
    notices: [
      ...(redisSection.kind === "read" ? noticeUnusedRedisKeys(redisSection.value) : []),
      ...(payoutsSection.kind === "read" ? noticeForkKeys(payoutsSection.value) : []),
    ],
  };
}

/** One problem a place: the first is the one to mend. */
function wrong(problems: readonly Finding[]): ConfigReading {
  const first = new Map<string, Finding>();
  for (const problem of problems) {
    if (!first.has(problem.path)) first.set(problem.path, problem);
  }
  return { kind: "problems", problems: [...first.values()] };
}
