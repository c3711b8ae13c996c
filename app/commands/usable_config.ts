/**
 * Reads the config for a command, and says what is wrong with it or that payouts are switched off.
 *
 * @module
 */

import { getAddress } from "ethers/address";
import { Fault } from "../../domain/fault.ts";
import type { Config } from "../config/config.ts";
import { formatFinding } from "../config/finding.ts";
import { describeProblems, loadConfig } from "../config/load_config.ts";
import { type CliDeps, type CommonOptions, printJson } from "./command.ts";

/** A config that can be used. */
export interface LoadedConfig {
  readonly config: Config;
  /** The absolute path of its file. */
  readonly path: string;
}

/**
 * The config, or `undefined` when payouts are switched off in it, after saying so.
 *
 * @throws {Fault} `config` with every problem of the file.
 */
export async function usableConfig(
  options: CommonOptions,
  deps: CliDeps,
  { evenDisabled = false }: { readonly evenDisabled?: boolean } = {},
): Promise<LoadedConfig | undefined> {
  const { startFolder, readTextFile, env } = deps;
  const loaded = await loadConfig(options.config, {
    startFolder,
    readTextFile,
    env,
    checksum: getAddress,
    evenDisabled,
  });
  switch (loaded.kind) {
    case "problems":
      throw new Fault("config", describeProblems(loaded).split("\n"));
    case "disabled":
      if (options.json) printJson(deps, { enabled: false });
      deps.stderr(`Payouts are switched off: payouts.enabled is not true in "${loaded.path}"`);
      return undefined;
    case "config":
      for (const notice of loaded.notices) deps.stderr(`Notice: ${formatFinding(notice)}`);
      return { config: loaded.config, path: loaded.path };
    default:
      return loaded satisfies never;
  }
}
