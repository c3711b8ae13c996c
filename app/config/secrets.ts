/**
 * Keeping secrets out of config files, and out of what is said about them.
 *
 * @module
 */

import type { Finding } from "./finding.ts";
import { isJsonObject, type JsonObject } from "./json_object.ts";
import { Numeral } from "./json_text.ts";

/** Keys of `signer` under which people would write the secret itself. */
const SECRET_KEYS = [
  "key",
  "mnemonic",
  "passphrase",
  "password",
  "phrase",
  "privateKey",
  "secret",
  "seed",
];

/** Values of these are shown without what stands before the host and after it. */
const ADDRESSES = ["redis.endpoint", "payouts.daemon", "payouts.signer.url"];

const PRIVATE_KEY = /[0-9a-fA-F]{64}/;

const MAX_SHOWN = 80;

/**
 * Finds secrets that stand in the `signer` section itself: they would end up in backups and
 * repositories with the config. What looks like a private key (32 bytes in hex) is found under any
 * key, also when it comes from `${NAME}`, for every text here is a name, a path or an address.
 *
 * @example
 * ```ts
 * import { findSignerSecrets } from "./secrets.ts";
 *
 * findSignerSecrets({ kind: "keystore", file: "wallet.json", password: "hunter2" });
 * // [{ path: "payouts.signer.password", message: "a secret may not stand in the config …" }]
 * ```
 */
export function findSignerSecrets(signer: JsonObject): readonly Finding[] {
  return Object.entries(signer)
    .filter(([key, value]) => SECRET_KEYS.includes(key) || isPrivateKey(value))
    .map(([key]) => ({ path: `payouts.signer.${showKey(key)}`, message: REFUSAL }));
}

const REFUSAL = "a secret may not stand in the config, where backups and repositories copy it; " +
  'keep it in a file or an environment variable and name that ("file", "env", "passwordFile", ' +
  '"passwordEnv")';

/**
 * Tells a value in a problem, on one line and without what may be a secret: passwords and texts of
 * the signer never, addresses without credentials and paths, private keys nowhere. Give it the
 * value as it stands in the file: what the environment put there is nobody's business.
 *
 * @example
 * ```ts
 * import { show } from "./secrets.ts";
 *
 * show("0.5", "payouts.threshold"); // '"0.5"'
 * show("htp://user:pass@node/v3/token", "payouts.daemon"); // '"htp://node…"'
 * ```
 */
export function show(value: unknown, path: string): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  const isSecret = path === "redis.password" || path.startsWith("payouts.signer");
  if (value instanceof Numeral) return isSecret ? NUMBER : showNumber(value.source);
  if (typeof value === "number") return isSecret ? NUMBER : showNumber(String(value));
  if (typeof value !== "string") return isJsonObject(value) ? "an object" : String(value);
  if (ADDRESSES.includes(path) || value.includes("://")) {
    return showText(withoutCredentials(value));
  }
  if (path.endsWith(".kind") || path.endsWith(".method")) return showText(value);
  // What stands under "database" may have slipped there from the line of the password.
  const hasSlipped = path === "redis.database" && !/^[-+.0-9]*$/.test(value);
  if (isSecret || hasSlipped) return value === "" ? '""' : "a text (not shown)";
  return showText(value);
}

const NUMBER = "a number (not shown)";

/** Tells a key of an object. */
export function showKey(key: string): string {
  return PRIVATE_KEY.test(key)
    ? "(not shown)"
    : JSON.stringify(key.slice(0, MAX_SHOWN)).slice(1, -1);
}

function showText(text: string): string {
  if (PRIVATE_KEY.test(text)) return "what looks like a private key or a hash (not shown)";
  return JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);
}

function showNumber(digits: string): string {
  const unsafe = /^-?[0-9]+$/.test(digits) && !Number.isSafeInteger(Number(digits));
  const shown = digits.slice(0, MAX_SHOWN);
  return unsafe
    ? `${shown} (a JSON number above 2^53 may lose digits: write it as "${shown}")`
    : shown;
}

function withoutCredentials(address: string): string {
  const scheme = /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\//.exec(address)?.[0] ?? "";
  const rest = address.slice(Math.max(scheme.length, address.lastIndexOf("@") + 1));
  if (scheme === "" && rest.startsWith("/")) return rest;
  const [host = ""] = HOST.exec(rest) ?? [];
  return `${scheme}${host}${host.length < rest.length ? "…" : ""}`;
}

/** A host with its port. Where an "@" is missing, what stands behind a colon may be a password. */
const HOST = /^(?:\[[0-9a-fA-F:.]*\]|[\w.-]*)(?::[0-9]{0,5}(?=[/?#]|$))?/;

function isPrivateKey(value: unknown): boolean {
  return typeof value === "string" && /^\s*(?:0[xX])?[0-9a-fA-F]{64}\s*$/.test(value);
}
