/**
 * The section `payouts.signer`.
 *
 * @module
 */

import * as v from "valibot";
import type { PasswordSource, SecretSource, SignerConfig } from "./config.ts";
import type { Finding } from "./finding.ts";
import { ENV_NAME, filePath, nodeEndpoint, oneOf } from "./rules.ts";
import {
  andThen,
  type Outcome,
  problem,
  problemsOf,
  readAll,
  readKeys,
  type Section,
} from "./section.ts";
import { findSignerSecrets } from "./secrets.ts";

const KIND = oneOf(["keystore", "key", "remote", "node"]);

/** The signer where the config names none: the node's own account, as for the Go payers. */
const NODE_SIGNER: Outcome<SignerConfig> = { kind: "read", value: { kind: "node" } };

/** Reads the section `signer`; relative paths begin at `folder`. */
export function readSigner(section: Section, folder: string): Outcome<SignerConfig> {
  const secrets = findSignerSecrets(section.value);
  const outcome = Object.keys(section.value).length === 0
    ? NODE_SIGNER
    : readByKind(section, folder);
  if (secrets.length === 0) return outcome;
  return { kind: "wrong", problems: [...secrets, ...problemsOf(outcome)] };
}

function readByKind(section: Section, folder: string): Outcome<SignerConfig> {
  const read = readKeys(section, { kind: KIND });
  if (read.kind === "wrong") return read;
  const { kind } = read.value;
  switch (kind) {
    case "keystore":
      return readKeystore(section, folder);
    case "key":
      return readKey(section, folder);
    case "remote":
      return readRemote(section, folder);
    case "node":
      return andThen(readAll(section, { kind: KIND }), () => NODE_SIGNER);
    default:
      return kind satisfies never;
  }
}

function readKeystore(section: Section, folder: string): Outcome<SignerConfig> {
  const read = readAll(section, {
    kind: KIND,
    file: filePath(folder),
    passwordFile: v.exactOptional(filePath(folder)),
    passwordEnv: v.exactOptional(ENV_NAME),
  });
  if (read.kind === "wrong") return read;
  const { file, passwordFile, passwordEnv } = read.value;
  if (passwordFile !== undefined && passwordEnv !== undefined) {
    return twoSources(section, ["passwordFile", "passwordEnv"]);
  }
  const password: PasswordSource = secretSource({ file: passwordFile, env: passwordEnv }) ??
    { kind: "prompt" };
  return { kind: "read", value: { kind: "keystore", file, password } };
}

function readKey(section: Section, folder: string): Outcome<SignerConfig> {
  const read = readAll(section, {
    kind: KIND,
    file: v.exactOptional(filePath(folder)),
    env: v.exactOptional(ENV_NAME),
  });
  if (read.kind === "wrong") return read;
  const { file, env } = read.value;
  if (file !== undefined && env !== undefined) return twoSources(section, ["file", "env"]);
  const key = secretSource({ file, env });
  if (key !== undefined) return { kind: "read", value: { kind: "key", key } };
  const expected = 'the name of the environment variable that holds the key (or "file")';
  return { kind: "wrong", problems: [problem(section, { key: "env", expected })] };
}

function readRemote(section: Section, folder: string): Outcome<SignerConfig> {
  const read = readAll(section, {
    kind: KIND,
    url: nodeEndpoint(folder),
    method: v.optional(
      oneOf(["eth_signTransaction", "account_signTransaction"]),
      "eth_signTransaction",
    ),
  });
  if (read.kind === "wrong") return read;
  const { url: endpoint, method } = read.value;
  return { kind: "read", value: { kind: "remote", endpoint, method } };
}

function secretSource(
  { file, env }: { readonly file: string | undefined; readonly env: string | undefined },
): SecretSource | undefined {
  if (file !== undefined) return { kind: "file", file };
  return env === undefined ? undefined : { kind: "env", name: env };
}

function twoSources(
  section: Section,
  [one, other]: readonly [string, string],
): { readonly kind: "wrong"; readonly problems: readonly Finding[] } {
  const message = `expected only one of "${one}" and "${other}"`;
  return { kind: "wrong", problems: [{ path: `${section.path}.${other}`, message }] };
}
