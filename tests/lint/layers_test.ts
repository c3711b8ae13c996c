import { deepStrictEqual, match } from "node:assert/strict";
import layers from "./layers.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** Lints a source as if it stood at a path of the house, and answers the rules that it breaks. */
function lint(path: string, source: string): string[] {
  return Deno.lint.runPlugin(layers, `${ROOT}${path}`, source).map((found) => found.id);
}

function refuses(path: string, ...sources: string[]): void {
  for (const source of sources) {
    deepStrictEqual(lint(path, source), ["layers/imports"], `${path}: ${source}`);
  }
}

function takes(path: string, ...sources: string[]): void {
  for (const source of sources) deepStrictEqual(lint(path, source), [], `${path}: ${source}`);
}

Deno.test("layers/imports lets the domain import from the domain only", () => {
  takes(
    "domain/ports/ledger.ts",
    `import type { Shannon } from "../money.ts";`,
    `export { wei } from "../money.ts";`,
  );
  refuses(
    "domain/plan.ts",
    `import { memoryLedger } from "../adapters/memory/ledger.ts";`,
    `import type { Config } from "../app/config.ts";`,
    `import { getAddress } from "ethers/address";`,
    `import type { Redis } from "ioredis";`,
    `import { createHash } from "node:crypto";`,
    `export * from "../app/main.ts";`,
    `type Redis = import("ioredis").Redis;`,
    `await import("node:fs");`,
    `await import(name);`,
  );
});

Deno.test("layers/imports keeps adapters apart from app/ and from each other", () => {
  takes(
    "adapters/redis/ledger.ts",
    `import { wei } from "../../domain/money.ts";`,
    `import { scan } from "./scan.ts";`,
    `import { open } from "node:fs/promises";`,
  );
  refuses(
    "adapters/redis/ledger.ts",
    `import { main } from "../../app/main.ts";`,
    `import { rpc } from "../ethereum/rpc.ts";`,
    `import { startRedis } from "../../tests/support/redis_server.ts";`,
    `import { runPayouts } from "../../mod.ts";`,
  );
});

Deno.test("layers/imports lets an adapter name a client as a type, and build none", () => {
  takes(
    "adapters/redis/client.ts",
    `import type { Redis } from "ioredis";`,
    `import { type Redis } from "ioredis";`,
  );
  refuses(
    "adapters/redis/client.ts",
    `import { Redis } from "ioredis";`,
    `import { Redis, type Pipeline } from "ioredis";`,
    `import "ioredis";`,
    `import { getAddress } from "ethers/address";`,
  );
  takes(
    "adapters/ethereum/rpc.ts",
    `import type { JsonRpcProvider } from "ethers/providers";`,
    `import { Transaction } from "ethers/transaction";`,
    `import { Wallet } from "ethers/wallet";`,
  );
  refuses(
    "adapters/ethereum/rpc.ts",
    `import { JsonRpcProvider } from "ethers";`,
    `import { JsonRpcProvider } from "ethers/providers";`,
    `import type { Redis } from "ioredis";`,
  );
  takes("app/clients.ts", `import { Redis } from "ioredis";`);
});

Deno.test("layers/imports keeps packages out of the memory adapters", () => {
  takes("adapters/memory/chain.ts", `import { wei } from "../../domain/money.ts";`);
  refuses("adapters/memory/chain.ts", `import * as v from "valibot";`);
});

Deno.test("layers/imports keeps the library's face free of clients", () => {
  takes(
    "mod.ts",
    `export { wei } from "./domain/money.ts";`,
    `export { runPayouts } from "./app/run_payouts.ts";`,
  );
  refuses(
    "mod.ts",
    `export { redisLedger } from "./adapters/redis/mod.ts";`,
    `export { Redis } from "ioredis";`,
  );
});

Deno.test("layers/imports refuses what deno.json does not pin, in tests too", () => {
  refuses(
    "tests/domain/money_test.ts",
    `import { assertEquals } from "jsr:@std/assert";`,
    `import fc from "npm:fast-check@4";`,
    `import { x } from "https://example.com/x.ts";`,
  );
  takes(
    "tests/domain/money_test.ts",
    `import fc from "fast-check";`,
    `import { main } from "../../app/main.ts";`,
  );
});

Deno.test("layers/pure-domain refuses clock, chance, environment and I/O", () => {
  for (
    const source of [
      `const at = Date.now();`,
      `const at = new Date();`,
      `const at = performance.now();`,
      `const at = Temporal.Now.instant();`,
      `const dice = Math.random();`,
      `const dice = Math["random"]();`,
      `const { random } = Math;`,
      `const id = crypto.randomUUID();`,
      `const id = globalThis.crypto;`,
      `const clock = { Date };`,
      `const home = Deno.env.get("HOME");`,
      `const home = process.env;`,
      `const here = import.meta.url;`,
      `await fetch("http://node");`,
      `setTimeout(() => {}, 1);`,
      `console.log("paid");`,
      `const signal = AbortSignal.timeout(1);`,
    ]
  ) deepStrictEqual(lint("domain/plan.ts", source), ["layers/pure-domain"], source);
});

Deno.test("layers/pure-domain takes names that only look like it", () => {
  takes(
    "domain/plan.ts",
    `const most = Math.max(1, 2);`,
    `interface Clock { performance: number; fetch(): void }`,
    `const time = reading.performance + reading.Date;`,
    `const head = valueOf(facts.head);`,
    `const reading = { fetch: 1, console: 2 };`,
    `function stop(signal: AbortSignal): void { signal.throwIfAborted(); }`,
  );
  takes("adapters/memory/clock.ts", `const at = Date.now();`);
});

Deno.test("layers say what is broken and the way out", () => {
  const [found] = Deno.lint.runPlugin(
    layers,
    `${ROOT}adapters/redis/client.ts`,
    `import { Redis } from "ioredis";`,
  );
  match(found!.message, /^adapters\/redis\/ imports values of "ioredis"$/);
  match(found!.hint ?? "", /`import type`.*built in app\//);
});
