/**
 * The composition root: builds every adapter that a config asks for.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { getAddress } from "ethers/address";
import { JsonRpcChain } from "../adapters/ethereum/json_rpc_chain.ts";
import type { RpcConnection } from "../adapters/ethereum/rpc_connection.ts";
import { FileJournal } from "../adapters/journal_file/file_journal.ts";
import { systemClock } from "../adapters/system/clock.ts";
import type { Chain } from "../domain/ports/chain.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { LedgerReader } from "../domain/ports/ledger.ts";
import type { LocalJournal } from "../domain/ports/local_journal.ts";
import type { Signer } from "../domain/ports/signer.ts";
import type { CliDeps } from "./commands/command.ts";
import type { LoadedConfig } from "./commands/usable_config.ts";
import type { NodeConfig, NodeEndpoint } from "./config/config.ts";
import type { DryRunPorts } from "./dry_run.ts";
import { connectNode } from "./node_connection.ts";
import { openRedisLedger, openRedisReader } from "./redis_ledger.ts";
import type { RunPorts } from "./run.ts";
import { openSigner } from "./signer.ts";

/** Ports that cannot write to the ledger. */
export type ReadingPorts = DryRunPorts & AsyncDisposable;

/** Ports for a run; who reports is the command's choice. */
export type WritingPorts = Omit<RunPorts, "report"> & AsyncDisposable;

/** Opens everything for a dry run: its ledger cannot write. @throws {Fault} */
export function openForReading(loaded: LoadedConfig, deps: CliDeps): Promise<ReadingPorts> {
  const { redis, prefix } = loaded.config;
  return open(loaded, deps, () => openRedisReader(redis, prefix));
}

/** Opens everything for a run. @throws {Fault} */
export async function openForWriting(loaded: LoadedConfig, deps: CliDeps): Promise<WritingPorts> {
  const { redis, prefix } = loaded.config;
  const ports = await open(loaded, deps, () => openRedisLedger(redis, prefix));
  return { ...ports, newRunId: () => crypto.randomUUID() };
}

interface Opened<L extends LedgerReader> extends AsyncDisposable {
  readonly ledger: L;
  readonly chain: Chain;
  readonly signer: Signer;
  readonly localJournal: LocalJournal;
  readonly clock: Clock;
  readonly checksum: typeof getAddress;
}

async function open<L extends LedgerReader>(
  loaded: LoadedConfig,
  deps: CliDeps,
  openLedger: () => Promise<L>,
): Promise<Opened<L>> {
  await using stack = new AsyncDisposableStack();
  const { payouts } = loaded.config;
  const ledger = stack.use(await openLedger());
  const node = connectTo(payouts.node.endpoint, payouts.node);
  const chain = stack.use(new JsonRpcChain(node));
  const { chainId } = await chain.identity();
  const signer = await openSigner(payouts.signer, {
    wallet: payouts.wallet,
    chainId,
    node,
    connect: (endpoint) => stack.use(connectTo(endpoint, payouts.node)),
    resources: stack,
    askPassword: deps.askPassword,
  });
  const resources = stack.move();
  return {
    ledger,
    chain,
    signer,
    localJournal: new FileJournal(journalPath(loaded)),
    clock: systemClock,
    checksum: getAddress,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

function connectTo(endpoint: NodeEndpoint, { timeoutMs }: NodeConfig): RpcConnection {
  return connectNode(endpoint.kind === "ipc" ? endpoint.path : endpoint.url, { timeoutMs });
}

/** `config.json` has its journal beside it, in `config.journal`. */
export function journalPath({ path }: Pick<LoadedConfig, "path">): string {
  return join(dirname(path), `${basename(path).replace(/\.json$/, "")}.journal`);
}
