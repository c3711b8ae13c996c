import { deepStrictEqual, match, ok } from "node:assert/strict";
import fc from "fast-check";
import { MemoryNode } from "../../adapters/memory/chain_node.ts";
import { systemClock } from "../../adapters/system/clock.ts";
import { readTextFile } from "../../adapters/system/read_text.ts";
import { main } from "../../app/cli.ts";
import { WALLET } from "../simulation/payees.ts";
import { miner } from "../simulation/small_pool.ts";
import { KEYS } from "../simulation/world.ts";
import { cliDeps } from "../support/cli_deps.ts";
import { BadWire, type Spoiling, spoilings } from "./bad_wire.ts";
import { fuzz } from "./fuzz.ts";
import { commit, type Deed, deeds } from "./odd_ledger.ts";
import { fill, startRedisPool } from "./redis_pool.ts";
import { RpcNode } from "./rpc_node.ts";
import { assertOneLine } from "./told.ts";

const SECRET = "Zq7#vWq9#xKq2";
const OWED = "600000000";
const BLOCK_MS = 60;

const COMMANDS: readonly (readonly string[])[] = [
  ["pay"],
  ["pay", "--json"],
  ["pay", "--drain", "--json"],
  ["pay", "--dry-run"],
  ["pay", "--dry-run", "--all"],
  ["pay", "--dry-run", "--all", "--json"],
  ["resolve", "--dry-run"],
  ["resolve", "--dry-run", "--json"],
  ["resolve", "--yes", "--take-lock"],
  ["resolve", "--yes", "--adopt", "--json"],
  ["resolve", "--yes", "--release", miner(0)],
  ["resolve", "--yes", "--credit", miner(1), "--json"],
  ["resolve", "--settle", miner(0), `0x${"ab".repeat(32)}`],
  ["resolve", "--cancel", "nobody\u001b[31m"],
  ["pay", "--dryrun"],
  ["pay", "--all"],
  ["toString"],
  [],
];

/** What stands in the files beside each other. */
interface Files {
  readonly config: string | null;
  readonly journal: string | null;
}

interface Case extends Files {
  readonly command: readonly string[];
  readonly done: readonly Deed[];
  readonly spoiled: readonly Spoiling[];
}

const cases: fc.Arbitrary<Case> = fc.record({
  command: fc.constantFrom(...COMMANDS),
  done: fc.array(deeds, { maxLength: 3 }),
  spoiled: fc.array(spoilings, { maxLength: 2 }),
  config: fc.oneof(
    { weight: 8, arbitrary: fc.constant(null) },
    fc.constantFrom("", "{", "null", '{"payouts":{}}', `{"redis":{"password":"${SECRET}",}}`),
    fc.constant(`{"coin":5,"redis":{"password":["${SECRET}"]},"payouts":{"enabled":true}}`),
  ),
  journal: fc.oneof(
    { weight: 8, arbitrary: fc.constant(null) },
    fc.constantFrom("", "\n", "{", '{"v":1}\n', '{"v":2}', "\0\0\0", "\u001b[2J\n"),
  ),
});

Deno.test("every command over odd files, answers and values ends with a code and plain lines", async () => {
  await using redis = await startRedisPool();
  const node = new MemoryNode({ clock: systemClock });
  node.fund(WALLET, 10n ** 24n);
  node.mine(20);
  const mining = setInterval(() => node.mine(), BLOCK_MS);
  let wire = new BadWire(new RpcNode(node, WALLET));
  await using server = serve((request) => wire.reply(request));
  const folder = await Deno.makeTempDir();
  try {
    await fuzz(
      "every command over odd files, answers and values ends with a code and plain lines",
      {
        runs: 20,
        arbitrary: cases,
        async check({ command, done, spoiled, config, journal }) {
          await fill(redis.client, ledgerOf(node.nonce(WALLET)));
          for (const deed of done) await commit(redis.client, deed);
          await redis.client.del(KEYS.lease);
          await Deno.writeTextFile(
            `${folder}/config.json`,
            config ?? configOf({ redis: redis.endpoint, node: server.url }),
          );
          if (journal === null) await removed(`${folder}/config.journal`);
          else await Deno.writeTextFile(`${folder}/config.journal`, journal);
          wire = new BadWire(new RpcNode(node, WALLET), spoiled);
          await run([
            ...command,
            ...command.length === 0 ? [] : ["--config", `${folder}/config.json`],
          ]);
        },
      },
    );
  } finally {
    clearInterval(mining);
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a config that does not end, or is none, is told in one line", async () => {
  for (const path of ["/dev/zero", "/", "/nowhere/config.json", "/proc/self/mem"]) {
    const stderr = await run(["pay", "--config", path]);
    deepStrictEqual(stderr.length, 1);
    match(stderr[0]!, /^Cannot use the config /);
  }
});

/** Runs a command line, and holds what it prints to what it may. */
async function run(args: readonly string[]): Promise<readonly string[]> {
  const deps = cliDeps({ readTextFile, signal: AbortSignal.timeout(20_000) });
  const code = await main(args, deps);
  const { stdout, stderr } = deps.printed;
  const context = `${args.join(" ")}: ${code}\n${stderr.join("\n")}`;
  ok([0, 1, 2, 3, 4].includes(code), context);
  for (const text of [...stdout, ...stderr]) {
    ok(!text.includes(SECRET), context);
    ok(!/ {4}at .*:[0-9]+|hit a bug|Error:/.test(text), text);
  }
  const isHelp = stderr.some((line) => line.startsWith("Usage:"));
  for (const line of stderr.flatMap((text) => text.split("\n"))) {
    if (!isHelp && line !== "") assertOneLine(line);
  }
  if (args.includes("--json") && stdout.length > 0) JSON.parse(stdout.join(""));
  else for (const line of stdout.join("").split("\n")) if (line.trim() !== "") assertOneLine(line);
  return stderr;
}

function configOf(at: { readonly redis: string; readonly node: string }): string {
  return JSON.stringify({
    coin: "eth",
    redis: { endpoint: at.redis, password: "" },
    payouts: {
      enabled: true,
      address: WALLET,
      daemon: at.node,
      timeout: "300ms",
      autoGas: true,
      threshold: 500_000_000,
      confirmations: 2,
      chainId: 1337,
      waitLimit: "1500ms",
    },
  });
}

function ledgerOf(nonce: number): Parameters<typeof fill>[1] {
  return {
    [KEYS.finances]: { type: "hash", value: { balance: String(2n * BigInt(OWED)) } },
    [KEYS.account({ kind: "miner", login: miner(0) })]: { type: "hash", value: { balance: OWED } },
    [KEYS.account({ kind: "miner", login: miner(1) })]: { type: "hash", value: { balance: OWED } },
    [KEYS.nonces]: { type: "hash", value: { [WALLET]: String(nonce) } },
  };
}

/** A node over HTTP that answers what it is told to, or breaks the link. */
function serve(
  reply: (request: string) => ReturnType<BadWire["reply"]>,
): AsyncDisposable & { readonly url: string } {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const answer = reply(await request.text());
    if (answer !== undefined) return new Response(answer.text, { status: answer.status });
    return new Response(new ReadableStream({ start: (controller) => controller.close() }));
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function removed(path: string): Promise<void> {
  await Deno.remove(path).catch((error: unknown) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
