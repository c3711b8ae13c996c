import assert from "node:assert/strict";
import { configOf, PRIVATE_KEY, problems, readPayouts, SECRET } from "./reading.ts";

Deno.test("readConfig() takes every kind of signer", () => {
  const signers: [written: unknown, read: unknown][] = [
    [null, { kind: "node" }],
    [{}, { kind: "node" }],
    [{ kind: "node" }, { kind: "node" }],
    [{ kind: "key", env: "KEY" }, { kind: "key", key: { kind: "env", name: "KEY" } }],
    [{ kind: "key", file: "../k" }, { kind: "key", key: { kind: "file", file: "/etc/k" } }],
    [
      { kind: "keystore", file: "/w", passwordFile: "p" },
      { kind: "keystore", file: "/w", password: { kind: "file", file: "/etc/pool/p" } },
    ],
    [
      { kind: "keystore", file: "/w" },
      { kind: "keystore", file: "/w", password: { kind: "prompt" } },
    ],
    [
      { kind: "remote", url: "https://signer:9000" },
      {
        kind: "remote",
        endpoint: { kind: "http", url: "https://signer:9000" },
        method: "eth_signTransaction",
      },
    ],
    [
      { kind: "remote", url: "clef.ipc", method: "account_signTransaction" },
      {
        kind: "remote",
        endpoint: { kind: "ipc", path: "/etc/pool/clef.ipc" },
        method: "account_signTransaction",
      },
    ],
  ];
  for (const [written, expected] of signers) {
    assert.deepEqual(configOf(readPayouts({ signer: written })).payouts.signer, expected);
  }
});

Deno.test("readConfig() refuses secrets in the signer, and what does not fit its kind", () => {
  const refused = "a secret may not stand in the config, where backups and repositories copy it; " +
    'keep it in a file or an environment variable and name that ("file", "env", "passwordFile", ' +
    '"passwordEnv")';
  const table: [signer: unknown, problem: string][] = [
    [{ kind: "keystore", file: "w", password: SECRET }, `payouts.signer.password: ${refused}`],
    [{ kind: "key", env: PRIVATE_KEY }, `payouts.signer.env: ${refused}`],
    [{ kind: "key", env: PRIVATE_KEY.slice(2) }, `payouts.signer.env: ${refused}`],
    [{ kind: "key", env: "${KEY}" }, `payouts.signer.env: ${refused}`],
    [{ kind: "node", note: PRIVATE_KEY }, `payouts.signer.note: ${refused}`],
    [PRIVATE_KEY, "payouts.signer: expected an object, got a text (not shown)"],
    [
      { kind: "vault" },
      'payouts.signer.kind: expected "keystore" or "key" or "remote" or "node", got "vault"',
    ],
    [
      { file: "w" },
      'payouts.signer.kind: expected "keystore" or "key" or "remote" or "node", got nothing',
    ],
    [{ kind: "keystore" }, "payouts.signer.file: expected the path of a file, got nothing"],
    [
      { kind: "keystore", file: "w", passwordEnv: "hunter2 " },
      "payouts.signer.passwordEnv: expected the name of an environment variable, got a text (not shown)",
    ],
    [
      { kind: "keystore", file: "w", passwordEnv: "P", passwordFile: "p" },
      'payouts.signer.passwordEnv: expected only one of "passwordFile" and "passwordEnv"',
    ],
    [
      { kind: "keystore", file: "w", env: "P" },
      'payouts.signer.env: unknown key; the nearest known one is "passwordEnv"',
    ],
    [
      { kind: "key" },
      'payouts.signer.env: expected the name of the environment variable that holds the key (or "file"), got nothing',
    ],
    [
      { kind: "key", env: "K", file: "k" },
      'payouts.signer.env: expected only one of "file" and "env"',
    ],
    [
      { kind: "remote", url: "signer:9000", method: "eth_sign" },
      'payouts.signer.method: expected "eth_signTransaction" or "account_signTransaction", got "eth_sign"',
    ],
  ];
  for (const [signer, problem] of table) {
    const found = problems(readPayouts({ signer }));
    assert(found.includes(problem), `${problem}\nnot in\n${found.join("\n")}`);
    assert(!found.some((line) => line.includes(SECRET) || line.includes(PRIVATE_KEY.slice(2))));
  }
});
