import assert from "node:assert/strict";
import { getAddress } from "ethers/address";
import { describeProblems, loadConfig, type LoadedConfig } from "../../app/config/load_config.ts";
import { CLASSIC, CLASSIC_PAYOUTS } from "./pool_configs.ts";

function load(
  file: string | undefined,
  readTextFile: (path: string) => Promise<string>,
): Promise<LoadedConfig> {
  return loadConfig(file, {
    startFolder: "/home/pool",
    readTextFile,
    env: () => undefined,
    checksum: getAddress,
  });
}

Deno.test("loadConfig() looks where the operator stands", async () => {
  const asked: string[] = [];
  const readTextFile = (path: string): Promise<string> => {
    asked.push(path);
    return Promise.resolve(JSON.stringify(CLASSIC));
  };
  await load(undefined, readTextFile);
  await load("../etc/eth.json", readTextFile);
  const { path } = await load("/etc/eth.json", readTextFile);
  assert.deepEqual(asked, ["/home/pool/config.json", "/home/etc/eth.json", "/etc/eth.json"]);
  assert.equal(path, "/etc/eth.json");
});

Deno.test("loadConfig() takes relative paths of the file from its folder", async () => {
  const file = { ...CLASSIC, payouts: { ...CLASSIC_PAYOUTS, daemon: "geth.ipc" } };
  const loaded = await load(
    "/etc/eth.json",
    () => Promise.resolve(`\uFEFF${JSON.stringify(file)}`),
  );
  assert(loaded.kind === "config");
  assert.deepEqual(loaded.config.payouts.node.endpoint, { kind: "ipc", path: "/etc/geth.ipc" });
});

Deno.test("loadConfig() tells in one line why a file cannot be read", async () => {
  const table: [error: Error, why: string][] = [
    [new Deno.errors.NotFound("os error 2"), "no such file; name yours with --config FILE"],
    [
      new Deno.errors.PermissionDenied("os error 13"),
      "permission denied; let the user who runs Paydirt read it",
    ],
    [new Deno.errors.NotCapable(""), "Deno may not read it; add --allow-read=FILE"],
    [new Deno.errors.IsADirectory("os error 21"), "it is a folder; name the file in it"],
    [new Error("Input/output error (os error 5)"), "Input/output error (os error 5)"],
  ];
  for (const [error, why] of table) {
    const loaded = await load(undefined, () => Promise.reject(error));
    assert(loaded.kind === "problems");
    assert.equal(
      describeProblems(loaded),
      `Cannot use the config "/home/pool/config.json": ${why}`,
    );
  }
});

Deno.test("describeProblems() gives each of several problems a line", () => {
  const problems = [{ path: "coin", message: "one" }, { path: "redis", message: "two" }];
  assert.equal(
    describeProblems({ path: "/c.json", problems }),
    'Cannot use the config "/c.json":\n  coin: one\n  redis: two',
  );
});
