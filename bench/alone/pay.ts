/**
 * Pays what a pool owes as `pay` does, and answers when what happened and what it took.
 *
 * @module
 */

import { getAddress } from "ethers/address";
import { BatchingConnection } from "../../adapters/ethereum/connection/batching_connection.ts";
import { parseEndpoint } from "../../adapters/ethereum/connection/endpoint.ts";
import { HttpTransport } from "../../adapters/ethereum/connection/http_transport.ts";
import { JsonRpcChain } from "../../adapters/ethereum/json_rpc_chain.ts";
import { FileJournal } from "../../adapters/journal_file/file_journal.ts";
import { RedisLedger } from "../../adapters/redis/redis_ledger.ts";
import { systemClock } from "../../adapters/system/clock.ts";
import { journalPath } from "../../app/compose.ts";
import type { Config } from "../../app/config/config.ts";
import { loadConfig } from "../../app/config/load_config.ts";
import { policyOf } from "../../app/policy_of.ts";
import { connectRedis } from "../../app/redis_ledger.ts";
import type { RunPorts } from "../../app/run.ts";
import { runPayouts } from "../../app/run_payouts.ts";
import { openSigner } from "../../app/signer.ts";
import { type RunEvent } from "../../domain/ports/reporter.ts";
import { answer, costSoFar, type ProcessCost } from "./answer.ts";
import { countedConnection, countedTransport, type RoundTrips } from "./counted.ts";

/** What is to be paid. */
export interface PayInput {
  /** The pool's config. */
  readonly configPath: string;
  /** When the process was started, in unix milliseconds. */
  readonly startedAt: number;
}

/** What became of it. Times are in milliseconds since the process was started. */
export interface PayResult extends ProcessCost, RoundTrips {
  readonly paid: number;
  readonly plannedMs: number;
  readonly firstSentMs: number;
  readonly lastSentMs: number;
  readonly endedMs: number;
  /** At how many heads something was in flight. */
  readonly heads: number;
}

/** When what happened. */
class Milestones {
  readonly #startedAt: number;
  readonly #first = new Map<RunEvent["kind"], number>();
  readonly #last = new Map<RunEvent["kind"], number>();
  #heads = 0;

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  note({ kind }: RunEvent): void {
    const ms = Date.now() - this.#startedAt;
    if (!this.#first.has(kind)) this.#first.set(kind, ms);
    this.#last.set(kind, ms);
    if (kind === "head") this.#heads++;
  }

  result(): Omit<PayResult, keyof ProcessCost | keyof RoundTrips | "paid"> {
    return {
      plannedMs: this.#first.get("planned") ?? NaN,
      firstSentMs: this.#first.get("sent") ?? NaN,
      lastSentMs: this.#last.get("sent") ?? NaN,
      endedMs: Date.now() - this.#startedAt,
      heads: this.#heads,
    };
  }
}

async function readConfig(configPath: string): Promise<Config> {
  const loaded = await loadConfig(configPath, {
    startFolder: Deno.cwd(),
    readTextFile: Deno.readTextFile,
    env: (name) => Deno.env.get(name),
    checksum: getAddress,
  });
  if (loaded.kind !== "config") throw new Error(`Cannot use the config: ${JSON.stringify(loaded)}`);
  return loaded.config;
}

/** The ports that `pay` opens, over connections that count. */
async function openCounted(
  config: Config,
  { configPath, counts }: { readonly configPath: string; readonly counts: RoundTrips },
): Promise<Omit<RunPorts, "report"> & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const { redis, prefix, payouts: { node: { endpoint, timeoutMs }, signer, wallet } } = config;
  const connect = async () => countedConnection(await connectRedis(redis), counts);
  const ledger = stack.use(
    new RedisLedger({
      connection: await connect(),
      connect,
      pause: (ms) => systemClock.sleep(ms),
      prefix,
      name: "Redis",
    }),
  );
  if (endpoint.kind !== "http") throw new Error(`Cannot count over ${endpoint.kind}`);
  const parsed = parseEndpoint(endpoint.url);
  if (parsed.kind !== "http") throw new Error(`Cannot count over ${parsed.kind}`);
  const transport = countedTransport(new HttpTransport(parsed), counts);
  const connection = new BatchingConnection(transport, { ...parsed, timeoutMs });
  const chain = stack.use(new JsonRpcChain(connection));
  const { chainId } = await chain.identity();
  const opened = await openSigner(signer, {
    wallet,
    chainId,
    node: connection,
    connect: () => connection,
    resources: stack,
    askPassword: () => Promise.reject(new Error("Nobody is here to be asked")),
  });
  const resources = stack.move();
  return {
    ledger,
    chain,
    signer: opened,
    localJournal: new FileJournal(journalPath({ path: configPath })),
    clock: systemClock,
    checksum: getAddress,
    newRunId: () => crypto.randomUUID(),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

if (import.meta.main) {
  await answer(async ({ configPath, startedAt }: PayInput): Promise<PayResult> => {
    const config = await readConfig(configPath);
    const counts: RoundTrips = { requests: 0, redis: 0 };
    const times = new Milestones(startedAt);
    await using ports = await openCounted(config, { configPath, counts });
    const report = (event: RunEvent): void => times.note(event);
    const { paid } = await runPayouts({ ...ports, report }, policyOf(config));
    return { paid: paid.length, ...times.result(), ...counts, ...costSoFar() };
  });
}
