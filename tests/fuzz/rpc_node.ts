/**
 * A node in memory that speaks JSON-RPC and tells the truth.
 *
 * @module
 */

import { keccak256 } from "ethers/crypto";
import type { MemoryBlock } from "../../adapters/memory/chain_blocks.ts";
import { gasNeeded } from "../../adapters/memory/chain_blocks.ts";
import type { MemoryNode } from "../../adapters/memory/chain_node.ts";
import {
  encodeTransaction,
  feeCapWei,
  type MemoryTransaction,
} from "../../adapters/memory/chain_transaction.ts";
import type { Address, Hash, Hex } from "../../domain/address.ts";
import type { Fees } from "../../domain/fees.ts";
import { type Wei, wei } from "../../domain/money.ts";
import type { BytesSigner, TransferRequest } from "../../domain/ports/signer.ts";
import type { Json } from "./json_mutations.ts";

/** What is answered to a call. */
export type Answer = { readonly result: Json } | {
  readonly error: { readonly code: number; readonly message: string };
};

/** Signs for the memory chain; the hash is that of the bytes, as JSON-RPC has it. */
export function rpcSigner(wallet: Address): BytesSigner {
  return {
    kind: "bytes",
    name: "a key in memory",
    address: () => Promise.resolve(wallet),
    sign: (requests) =>
      Promise.resolve(requests.map((request) => {
        const { raw } = encodeTransaction({ ...request, data: "0x" as Hex });
        return { raw, hash: keccak256(raw) as Hash };
      })),
  };
}

/** The hash by which JSON-RPC knows a transaction of the memory chain. */
export function hashOf(transaction: MemoryTransaction): Hash {
  const known = hashes.get(transaction.hash);
  if (known !== undefined) return known;
  const hash = keccak256(encodeTransaction(transaction).raw) as Hash;
  hashes.set(transaction.hash, hash);
  return hash;
}

const hashes = new Map<Hash, Hash>();

/** Answers calls from what a node in memory holds. */
export class RpcNode {
  readonly #node: MemoryNode;
  /** What the node itself signs for, where it does. */
  readonly #account: Address | undefined;

  /** Stands over a node. */
  constructor(node: MemoryNode, account?: Address) {
    this.#node = node;
    this.#account = account;
  }

  /** The right answer. */
  answer(method: string, params: readonly unknown[]): Answer {
    const node = this.#node;
    const [first, second] = params;
    switch (method) {
      case "eth_chainId":
        return { result: quantity(node.rules.chainId) };
      case "eth_syncing":
        return { result: node.health.syncing };
      case "net_peerCount":
        return { result: quantity(node.health.peers ?? 0) };
      case "eth_gasPrice":
        return { result: quantity((node.head.baseFeeWei ?? 0n) + node.tipWei) };
      case "eth_maxPriorityFeePerGas":
        return { result: quantity(node.tipWei) };
      case "eth_getBlockByNumber":
        return { result: this.#block(first, second === true) };
      case "eth_getTransactionCount":
        return this.#count(first as Address, second);
      case "eth_getBalance":
        return { result: quantity(node.balanceWei(first as Address)) };
      case "eth_getCode":
        return { result: node.code(first as Address) === undefined ? "0x" : "0x6001600255" };
      case "eth_estimateGas":
        return this.#estimate(first as { readonly to: Address });
      case "eth_getTransactionReceipt":
        return { result: this.#receipt(first as Hash) };
      case "eth_getTransactionByHash":
        return { result: this.#transaction(first as Hash) };
      case "eth_sendRawTransaction":
        return this.#send(first as Hex);
      case "eth_sendTransaction":
        return this.#sign(first as Readonly<Record<string, string>>);
      case "eth_accounts":
        return { result: this.#account === undefined ? [] : [this.#account] };
      default:
        return refusal(`the method ${method} does not exist/is not available`, -32601);
    }
  }

  #block(at: unknown, whole: boolean): Json {
    const { head } = this.#node;
    const block = this.#node.block(at === "latest" ? head.number : Number(at));
    if (block === undefined) return null;
    const { number, hash, parentHash, time, baseFeeWei } = block.header;
    return {
      number: quantity(number),
      hash,
      parentHash,
      timestamp: quantity(time),
      ...(baseFeeWei === null ? {} : { baseFeePerGas: quantity(baseFeeWei) }),
      transactions: block.transactions.map((transaction) =>
        whole ? transactionOf(transaction, block) : hashOf(transaction)
      ),
    };
  }

  #count(wallet: Address, at: unknown): Answer {
    const node = this.#node;
    if (at === "pending") return { result: quantity(node.pendingNonce(wallet)) };
    const count = node.nonceAt(wallet, at === "latest" ? node.head.number : Number(at));
    return count === undefined ? refusal("missing trie node") : { result: quantity(count) };
  }

  #estimate({ to }: { readonly to: Address }): Answer {
    const code = this.#node.code(to);
    return code === "reverts"
      ? refusal("execution reverted", 3)
      : { result: quantity(gasNeeded(code)) };
  }

  #receipt(hash: Hash): Json {
    const mined = this.#mined(hash);
    const outcome = mined?.block.outcomes.get(mined.transaction.hash);
    if (mined === undefined || outcome === undefined) return null;
    const { number, hash: blockHash } = mined.block.header;
    return {
      transactionHash: hash,
      blockHash,
      blockNumber: quantity(number),
      status: outcome.status === "success" ? "0x1" : "0x0",
      gasUsed: "0x1",
      effectiveGasPrice: quantity(outcome.feeWei),
    };
  }

  #transaction(hash: Hash): Json {
    const mined = this.#mined(hash);
    if (mined !== undefined) return transactionOf(mined.transaction, mined.block);
    const waiting = this.#node.mempool().find((transaction) => hashOf(transaction) === hash);
    return waiting === undefined ? null : transactionOf(waiting, undefined);
  }

  #mined(
    hash: Hash,
  ): { readonly transaction: MemoryTransaction; readonly block: MemoryBlock } | undefined {
    for (let number = this.#node.head.number; number > 0; number--) {
      const block = this.#node.block(number);
      const transaction = block?.transactions.find((each) => hashOf(each) === hash);
      if (block !== undefined && transaction !== undefined) return { transaction, block };
    }
    return undefined;
  }

  #send(raw: Hex): Answer {
    const { meaning, detail } = this.#node.submit(raw);
    return meaning === "accepted" ? { result: keccak256(raw) } : refusal(detail);
  }

  /** Signs and sends for the account, as an old node does. */
  #sign(asked: Readonly<Record<string, string>>): Answer {
    if (asked.from?.toLowerCase() !== this.#account) return refusal("unknown account");
    const fees: Fees = asked.gasPrice === undefined
      ? {
        kind: "eip1559",
        maxFeePerGasWei: amount(asked.maxFeePerGas),
        maxPriorityFeePerGasWei: amount(asked.maxPriorityFeePerGas),
      }
      : { kind: "legacy", gasPriceWei: amount(asked.gasPrice) };
    const request: TransferRequest = {
      chainId: BigInt(asked.chainId ?? 0),
      from: asked.from as Address,
      to: asked.to?.toLowerCase() as Address,
      valueWei: amount(asked.value),
      nonce: Number(asked.nonce),
      gas: amount(asked.gas),
      fees,
    };
    return this.#send(
      encodeTransaction({ ...request, from: this.#account as Address, data: "0x" as Hex }).raw,
    );
  }
}

function transactionOf(transaction: MemoryTransaction, block: MemoryBlock | undefined): Json {
  const { from, to, nonce, valueWei, data, gas } = transaction;
  return {
    hash: hashOf(transaction),
    blockHash: block?.header.hash ?? null,
    blockNumber: block === undefined ? null : quantity(block.header.number),
    from,
    to,
    nonce: quantity(nonce),
    value: quantity(valueWei),
    input: data,
    gas: quantity(gas),
    gasPrice: quantity(feeCapWei(transaction)),
  };
}

function quantity(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

function amount(text: string | undefined): Wei {
  return wei(BigInt(text ?? 0));
}

function refusal(message: string, code = -32000): Answer {
  return { error: { code, message } };
}
