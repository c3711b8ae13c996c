/**
 * The chain of the demo: a real EVM node where this machine has one, else the node in memory.
 *
 * @module
 */

import { findAnvil, startAnvilProcess } from "../../adapters/anvil/anvil_process.ts";
import { JsonRpcChain } from "../../adapters/ethereum/json_rpc_chain.ts";
import { KeySigner } from "../../adapters/ethereum/signers/key_signer.ts";
import { memoryChain } from "../../adapters/memory/chain.ts";
import type { ContractCode } from "../../adapters/memory/chain_accounts.ts";
import { MemoryNode } from "../../adapters/memory/chain_node.ts";
import { memorySigner } from "../../adapters/memory/signer.ts";
import { systemClock } from "../../adapters/system/clock.ts";
import type { Address } from "../../domain/address.ts";
import { Fault } from "../../domain/fault.ts";
import type { Chain } from "../../domain/ports/chain.ts";
import type { Signer } from "../../domain/ports/signer.ts";
import { connectNode } from "../node_connection.ts";

/** A chain that lives as long as the demo, with a wallet that is full of coins. */
export interface DemoChain extends AsyncDisposable {
  /** What it is, for people. */
  readonly description: string;
  readonly kind: "anvil" | "memory";
  readonly chain: Chain;
  /** Signs for {@linkcode DEMO_WALLET}. */
  readonly signer: Signer;
  /** Makes an account a contract that takes coins, or that refuses them. */
  setCode(address: Address, code: ContractCode): Promise<void>;
}

/** The pool's wallet in the demo: the first account of every development chain. */
export const DEMO_WALLET = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266" as Address;

/** Its key, which the whole world knows: good for a chain that is gone in a minute. */
const DEMO_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

const BLOCK_TIME_SECONDS = 1;
const ANSWER_WITHIN_MS = 5_000;
const COIN_WEI = 10n ** 18n;

/**
 * Starts anvil, or says why not and takes the node in memory.
 *
 * @throws what `signal` was aborted with, while anvil is still being fetched.
 */
export async function openDemoChain(signal: AbortSignal): Promise<DemoChain> {
  try {
    await orAborted(findAnvil(), signal); // It may have to be downloaded: nothing runs yet.
    return await openAnvil();
  } catch (error) {
    signal.throwIfAborted();
    return openMemoryNode(error instanceof Error ? error.message : String(error));
  }
}

async function orAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

async function openAnvil(): Promise<DemoChain> {
  await using stack = new AsyncDisposableStack();
  const anvil = stack.use(await startAnvilProcess({ blockTimeSeconds: BLOCK_TIME_SECONDS }));
  const connection = connectNode(anvil.url, { timeoutMs: ANSWER_WITHIN_MS });
  const chain = stack.use(new JsonRpcChain(connection));
  const resources = stack.move();
  return {
    description: "a real Ethereum node on this machine (anvil)",
    kind: "anvil",
    chain,
    signer: new KeySigner(DEMO_KEY, "the demo's own key"),
    async setCode(address, code) {
      const params = [address, CODE[code]];
      const [answer] = await connection.batch([{ method: "anvil_setCode", params }]);
      if (answer?.kind === "result") return;
      throw new Fault("chain-nonsense", `Cannot make ${address} a contract on ${chain.name}`);
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** `SSTORE(0, 1)`: takes coins, and needs more gas than a plain account. And `REVERT(0, 0)`. */
const CODE: Readonly<Record<ContractCode, string>> = {
  accepts: "0x600160005500",
  reverts: "0x60006000fd",
};

function openMemoryNode(why: string): DemoChain {
  const node = new MemoryNode({ clock: systemClock });
  node.fund(DEMO_WALLET, 10_000n * COIN_WEI);
  const ended = new AbortController();
  const mining = mineUntil(node, ended.signal);
  return {
    description: `in memory too, since no real node runs here (${why})`,
    kind: "memory",
    chain: memoryChain(node),
    signer: memorySigner(DEMO_WALLET),
    setCode(address, code) {
      node.setCode(address, code);
      return Promise.resolve();
    },
    async [Symbol.asyncDispose]() {
      ended.abort();
      await mining;
    },
  };
}

async function mineUntil(node: MemoryNode, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    await systemClock.sleep(BLOCK_TIME_SECONDS * 1000, ended);
    if (!ended.aborted) node.mine();
  }
}
