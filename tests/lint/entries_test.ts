import { deepStrictEqual, strictEqual } from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url);

/** The npm packages that a module of the house loads, by itself and through others. */
async function packagesOf(entry: string): Promise<string[]> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: ROOT,
    stderr: "inherit",
  }).output();
  strictEqual(code, 0, `Cannot read what ${entry} loads`);
  const graph: Graph = JSON.parse(new TextDecoder().decode(stdout));
  const loaded = graph.modules.flatMap(({ error, dependencies = [] }) => {
    strictEqual(error, undefined, `${entry}: ${error}`);
    return dependencies.flatMap(({ code }) => code?.specifier ?? []);
  });
  return [...new Set(loaded.filter((specifier) => specifier.startsWith("npm:")))].sort();
}

/** What `deno info --json` answers, as far as it is read here. */
interface Graph {
  readonly modules: readonly {
    readonly error?: string;
    readonly dependencies?: readonly { readonly code?: { readonly specifier?: string } }[];
  }[];
}

Deno.test("the library's face and the memory adapters load no package at all", async () => {
  deepStrictEqual(await packagesOf(config.exports["."]), []);
  deepStrictEqual(await packagesOf(config.exports["./memory"]), []);
});

Deno.test("the adapters' entries load nothing that connects by itself", async () => {
  const connects = /^npm:\/?(?:ioredis@[^/]+|ethers@[^/]+(?:\/providers)?)$/;
  for (const entry of [config.exports["./redis"], config.exports["./ethereum"]]) {
    deepStrictEqual((await packagesOf(entry)).filter((name) => connects.test(name)), [], entry);
  }
});
