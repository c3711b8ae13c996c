/**
 * The chain port over a node in memory.
 *
 * @module
 */

import type { Address, Hash } from "../../domain/address.ts";
import { ABSENT, type Fact, present, unknown } from "../../domain/fact.ts";
import { Fault } from "../../domain/fault.ts";
import type { Header } from "../../domain/headers.ts";
import { wei } from "../../domain/money.ts";
import type { BlockRef } from "../../domain/payment.ts";
import type {
  BlockRange,
  Chain,
  GasEstimate,
  LookedUpTransaction,
  MinedTransaction,
  Receipt,
  ScannedBlock,
  TransferCall,
} from "../../domain/ports/chain.ts";
import { gasNeeded } from "./chain_blocks.ts";
import type { MemoryNode } from "./chain_node.ts";
import { awaitAround, type Seam } from "./chain_seam.ts";
import type { MemoryTransaction } from "./chain_transaction.ts";

/** The members of the port that ask the node something. */
export type ChainMethod = Exclude<keyof Chain, "name" | symbol>;

/** See {@linkcode memoryChain}. */
export interface MemoryChainOptions {
  /** Where the node is, for people. */
  readonly name?: string;
  /** Between the port and the node; by default an await before and after the effect. */
  readonly seam?: Seam<ChainMethod>;
}

/**
 * A chain in memory. Several may stand over one node.
 *
 * @example
 * ```ts
 * import { memoryChain } from "./chain.ts";
 * import { MemoryNode } from "./chain_node.ts";
 *
 * const node = new MemoryNode({ clock: { now: () => 1_700_000_000_000 } });
 * const chain = memoryChain(node);
 * node.mine(3);
 * (await chain.identity()).chainId; // 1337n
 * ```
 */
export function memoryChain(node: MemoryNode, options: MemoryChainOptions = {}): Chain {
  const { name = "a chain in memory", seam = awaitAround } = options;
  return {
    name,
    identity: () =>
      seam("identity", () => ({
        chainId: node.rules.chainId,
        genesis: headerAt(node, 0).hash,
      })),
    health: () => seam("health", () => ({ ...node.health })),
    feeQuote: () =>
      seam("feeQuote", () => {
        const { tipWei, head: { baseFeeWei } } = node;
        return baseFeeWei === null
          ? { kind: "legacy", gasPriceWei: tipWei }
          : { kind: "eip1559", baseFeeWei, tipWei };
      }),
    tip: (wallet) =>
      seam("tip", () => ({
        head: node.head,
        latestNonce: present(node.nonce(wallet)),
        pendingNonce: present(node.pendingNonce(wallet)),
        balanceWei: present(node.balanceWei(wallet)),
      })),
    observe: ({ wallet, headers, receipts, finalNumber }) =>
      seam("observe", () => ({
        headers: headers === null ? present([]) : headersOf(node, headers),
        receipts: new Map(receipts.map((hash) => [hash, receiptOf(node, hash)])),
        finalNonce: nonceFact(node, wallet, finalNumber),
      })),
    scan: (wallet, range, signal) => scan(node, wallet, { range, signal, seam }),
    transactions: (hashes) => seam("transactions", () => hashes.map((hash) => lookUp(node, hash))),
    hasCode: (addresses) =>
      seam("hasCode", () => addresses.map((address) => present(node.code(address) !== undefined))),
    estimateGas: (calls) => seam("estimateGas", () => calls.map((call) => estimate(node, call))),
    broadcast: (raws) => seam("broadcast", () => raws.map((raw) => node.submit(raw))),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function* scan(
  node: MemoryNode,
  wallet: Address,
  { range, signal, seam }: {
    readonly range: BlockRange;
    readonly signal: AbortSignal | undefined;
    readonly seam: Seam<ChainMethod>;
  },
): AsyncGenerator<ScannedBlock> {
  let parent: Header | undefined;
  for (let number = range.from; number <= range.to; number++) {
    signal?.throwIfAborted();
    const block = await seam("scan", () => scannedBlock(node, wallet, number));
    if (parent !== undefined && block.header.parentHash !== parent.hash) {
      throw new Fault(
        "chain-nonsense",
        `Cannot scan: block ${number} is not a child of the one before`,
      );
    }
    parent = block.header;
    yield block;
  }
}

function scannedBlock(node: MemoryNode, wallet: Address, number: number): ScannedBlock {
  const header = headerAt(node, number);
  const transactions = node.block(number)?.transactions ?? [];
  const sent = transactions.filter(({ from }) => from === wallet);
  return { header, sent: sent.map((transaction) => minedIn(transaction, header)) };
}

function headerAt(node: MemoryNode, number: number): Header {
  const block = node.block(number);
  if (block !== undefined) return block.header;
  throw new Fault("chain-nonsense", `Cannot ask for block ${number}: the node does not have it`);
}

function headersOf(node: MemoryNode, { from, to }: BlockRange): Fact<readonly Header[]> {
  const headers: Header[] = [];
  for (let number = from; number <= to; number++) {
    const block = node.block(number);
    if (block === undefined) return unknown(`block ${number}: the node does not have it`);
    headers.push(block.header);
  }
  return present(headers);
}

function receiptOf(node: MemoryNode, hash: Hash): Fact<Receipt> {
  const block = node.mined(hash)?.block;
  const outcome = block?.outcomes.get(hash);
  if (block === undefined || outcome === undefined) return ABSENT;
  return present({ hash, block: refOf(block.header), ...outcome });
}

function nonceFact(node: MemoryNode, wallet: Address, number: number): Fact<number> {
  const nonce = node.nonceAt(wallet, number);
  return nonce === undefined ? unknown(`no state of block ${number}`) : present(nonce);
}

function lookUp(node: MemoryNode, hash: Hash): Fact<LookedUpTransaction> {
  const mined = node.mined(hash);
  if (mined !== undefined) {
    const { transaction, block } = mined;
    return present({ ...minedIn(transaction, block.header), from: transaction.from });
  }
  const waiting = node.pending(hash);
  if (waiting === undefined) return ABSENT;
  return present({ ...effectOf(waiting), from: waiting.from, block: null });
}

function estimate(node: MemoryNode, { from, to, valueWei }: TransferCall): GasEstimate {
  if (node.balanceWei(from) < valueWei) {
    return { kind: "unknown", why: "insufficient funds for transfer" };
  }
  const code = node.code(to);
  return code === "reverts" ? { kind: "reverts" } : { kind: "gas", gas: gasNeeded(code) };
}

function minedIn(transaction: MemoryTransaction, header: Header): MinedTransaction {
  return { ...effectOf(transaction), block: refOf(header) };
}

function effectOf(transaction: MemoryTransaction): Omit<MinedTransaction, "block"> {
  const { hash, nonce, to, valueWei, data } = transaction;
  return { hash, nonce, to, valueWei: wei(valueWei), data };
}

function refOf({ number, hash }: Header): BlockRef {
  return { number, hash };
}
