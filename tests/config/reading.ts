/**
 * Reading configs in tests: the classic pool's file with a few keys changed.
 *
 * @module
 */

import assert from "node:assert/strict";
import { getAddress } from "ethers/address";
import type { Config } from "../../app/config/config.ts";
import { formatFinding } from "../../app/config/finding.ts";
import { type ConfigReading, readConfig } from "../../app/config/read_config.ts";
import { CLASSIC, CLASSIC_PAYOUTS } from "./pool_configs.ts";

/** A password that no problem may tell. */
export const SECRET = "hunter2";

/** A private key that no problem may tell. */
export const PRIVATE_KEY = `0x${"4f".repeat(32)}`;

const VARIABLES = new Map([
  ["REDIS_PASSWORD", SECRET],
  ["EMPTY", ""],
  ["THRESHOLD", "750000000"],
  ["BAD", SECRET],
  ["KEY", PRIVATE_KEY],
]);

/** What the tests read with. */
export const OPTIONS = {
  env: (name: string): string | undefined => VARIABLES.get(name),
  checksum: getAddress,
  folder: "/etc/pool",
};

/** Reads a text, or a value as JSON. */
export function read(value: unknown): ConfigReading {
  return readConfig(typeof value === "string" ? value : JSON.stringify(value), OPTIONS);
}

/** Reads the classic file with other values in `payouts`. */
export function readPayouts(changes: Record<string, unknown>): ConfigReading {
  return read({ ...CLASSIC, payouts: { ...CLASSIC_PAYOUTS, ...changes } });
}

/** Reads the classic file with other values in `redis`. */
export function readRedis(changes: Record<string, unknown>): ConfigReading {
  return read({ ...CLASSIC, redis: { ...CLASSIC.redis, ...changes } });
}

/** The problems of a reading, a line each. */
export function problems(reading: ConfigReading): string[] {
  return reading.kind === "problems" ? reading.problems.map(formatFinding) : [];
}

/** The config of a reading that has one. */
export function configOf(reading: ConfigReading): Config {
  assert(reading.kind === "config", problems(reading).join("\n"));
  return reading.config;
}
