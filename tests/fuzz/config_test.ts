import { ok, strictEqual } from "node:assert/strict";
import { getAddress } from "ethers/address";
import fc from "fast-check";
import { describeProblems, loadConfig } from "../../app/config/load_config.ts";
import type { Finding } from "../../app/config/finding.ts";
import { policyOf } from "../../app/policy_of.ts";
import { CLASSIC, FRIENDS, NETWORK_FEES } from "../config/pool_configs.ts";
import { fuzzTest } from "./fuzz.ts";
import { type Json, mutate, mutations, writeJson } from "./json_mutations.ts";
import { assertOneLine } from "./told.ts";

/** Stand in every config, and in no problem. None holds a part of what a config may well say. */
const SECRETS = ["Zq7#vWq9#xKq2", "Jw4~pMw6~hNw8", "Yt5*bRt3*cUt1"] as const;

const OTHERS = { username: "pool", fees: { ceilingGwei: 90, tipGwei: 1.5 }, chainId: 61 };
const SIGNER = { kind: "keystore", file: "wallet.json", passwordFile: "password" };

/** Real files, with whatever Paydirt adds. */
const FILES = [CLASSIC, FRIENDS, NETWORK_FEES].map((file) => ({
  ...file,
  redis: { ...file.redis, username: OTHERS.username, password: SECRETS[0] },
  payouts: {
    ...file.payouts,
    daemon: `http://pool:${SECRETS[1]}@127.0.0.1:8545/v3/${SECRETS[2]}`,
    autoGas: false,
    chainId: OTHERS.chainId,
    fees: OTHERS.fees,
    signer: SIGNER,
  },
})) as readonly Json[];

const files = fc.constantFrom(...FILES);

const EDITS = [
  "",
  "{",
  "}",
  "[",
  "]",
  '"',
  ",",
  ":",
  "\\",
  "\0",
  "\n",
  "//",
  "null",
  "-",
  "1e999",
  "${",
];

/** A piece cut out of a text, and something put in its place. */
interface Edit {
  readonly at: number;
  readonly length: number;
  readonly text: string;
}

const edits: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(2_000),
  length: fc.oneof(fc.constant(0), fc.constant(1), fc.nat(20)),
  text: fc.oneof(fc.constantFrom(...EDITS), fc.string({ maxLength: 5, unit: "binary" })),
});

fuzzTest("a config with anything anywhere is read, or its problems are told without secrets", {
  runs: 1_000,
  arbitrary: fc.record({
    file: files,
    spoiled: fc.array(mutations, { minLength: 1, maxLength: 5 }),
  }),
  check: ({ file, spoiled }) => load(writeJson(spoiled.reduce(mutate, file))),
});

fuzzTest("a config of any text is read, or its problems are told without secrets", {
  runs: 1_000,
  arbitrary: fc.oneof(
    {
      weight: 100,
      arbitrary: fc.record({
        file: files,
        spoiled: fc.array(edits, { minLength: 1, maxLength: 3 }),
      })
        .map(({ file, spoiled }) => spoiled.reduce(edited, JSON.stringify(file, null, 2))),
    },
    { weight: 20, arbitrary: fc.json() },
    { weight: 20, arbitrary: fc.string({ unit: "binary" }) },
    fc.nat(60_000).map((depth) => `{"payouts":${"[".repeat(depth)}${"]".repeat(depth)}}`),
    fc.nat(60_000).map((depth) => `${'{"redis":'.repeat(depth)}1${"}".repeat(depth)}`),
  ),
  check: load,
});

/** No rule takes any of these, so each has to be told under its own path. */
const WRONG: Readonly<Record<string, Json>> = {
  "coin": 5,
  "redis.endpoint": ["127.0.0.1:6379"],
  "redis.database": -1,
  "redis.username": {},
  "redis.password": [SECRETS[0]],
  "redis.durability": "hope",
  "payouts.requirePeers": "some",
  "payouts.timeout": "0s",
  "payouts.address": "0x0",
  "payouts.daemon": `htp://me:${SECRETS[1]}@node`,
  "payouts.gas": "20999",
  "payouts.gasPrice": "-1",
  "payouts.threshold": "0.5",
  "payouts.bgsave": 1,
  "payouts.chainId": 0,
  "payouts.confirmations": 121,
  "payouts.maxInFlight": 0,
  "payouts.maxPayment": 0,
  "payouts.maxTotal": "1e9",
  "payouts.waitLimit": "600h",
  "payouts.rowFormat": "friends",
  "payouts.keepNwFees": true,
  "payouts.fees.bumpAfter": 0,
  "payouts.fees.tipGwei": "dear",
  "payouts.signer.kind": "magic",
  "payouts.thresold": 1,
};

fuzzTest("a config with many problems tells each by its path", {
  runs: 300,
  arbitrary: fc.record({
    file: files,
    wrong: fc.subarray(Object.keys(WRONG), { minLength: 1 }),
  }),
  async check({ file, wrong }) {
    const spoiled = wrong.reduce((value, path) => put(value, path.split("."), WRONG[path]!), file);
    const paths = (await load(JSON.stringify(spoiled))).map(({ path }) => path);
    for (const path of wrong) ok(paths.includes(path), `${path} is not among ${paths}`);
    strictEqual(paths.length, wrong.length, `${paths} for ${wrong}`);
  },
});

/** Loads a file, holds what is told of it to what may be told, and answers its problems. */
async function load(text: string): Promise<readonly Finding[]> {
  const loaded = await loadConfig("config.json", {
    startFolder: "/etc/pool",
    readTextFile: () => Promise.resolve(text),
    env: (name) => name === "SECRET" ? SECRETS[0] : undefined,
    checksum: getAddress,
  });
  switch (loaded.kind) {
    case "config":
      policyOf(loaded.config);
      return [];
    case "disabled":
      return [];
    case "problems": {
      ok(loaded.problems.length > 0);
      const lines = describeProblems(loaded).split("\n");
      strictEqual(lines.length, loaded.problems.length === 1 ? 1 : 1 + loaded.problems.length);
      for (const line of lines) {
        assertOneLine(line);
        for (const secret of SECRETS) ok(!line.includes(secret), line);
      }
      return loaded.problems;
    }
  }
}

function edited(text: string, { at, length, text: piece }: Edit): string {
  const start = at % (text.length + 1);
  return text.slice(0, start) + piece + text.slice(start + length);
}

/** Puts a value at a path; the objects on the way are made where there are none. */
function put(value: Json, [key = "", ...rest]: readonly string[], to: Json): Json {
  const object = value as { readonly [name: string]: Json };
  return { ...object, [key]: rest.length === 0 ? to : put(object[key] ?? {}, rest, to) };
}
