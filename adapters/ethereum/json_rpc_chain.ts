/**
 * The chain port over JSON-RPC.
 *
 * @module
 */

import { keccak256 } from "ethers/crypto";
import type { Address, Hash, Hex } from "../../domain/address.ts";
import { type Fact, unknown } from "../../domain/fact.ts";
import type { FeeQuote } from "../../domain/fees.ts";
import type { Header } from "../../domain/headers.ts";
import type {
  BlockRange,
  Chain,
  ChainAnswer,
  ChainIdentity,
  ChainQuestion,
  GasEstimate,
  LookedUpTransaction,
  NodeHealth,
  ScannedBlock,
  Tip,
  TransferCall,
} from "../../domain/ports/chain.ts";
import type { SendAnswer } from "../../domain/send_answer.ts";
import { type Decode, factOf, isMethodMissing, need } from "./answers.ts";
import { scanBlocks } from "./block_scan.ts";
import { BLOCK_METHOD, blockCall, blockNumbers, nonceCall, quantity } from "./calls.ts";
import { decodeHeader, decodeHeaderAt } from "./decoding/headers.ts";
import { decodeLookedUp } from "./decoding/transactions.ts";
import {
  decodeBytes,
  decodeCount,
  decodeObject,
  decodeQuantity,
  decodeWei,
} from "./decoding/values.ts";
import { askFeeQuote } from "./fee_quotes.ts";
import { readEstimate } from "./gas_estimates.ts";
import { ReceiptQuestions } from "./receipt_questions.ts";
import type { BatchOptions, RpcAnswer, RpcConnection } from "./rpc_connection.ts";
import { readSendAnswer } from "./send_answers.ts";

/**
 * A node of any kind, asked over JSON-RPC.
 *
 * Sends go out as they are, in batches: ethers' own `broadcastTransaction` recovers the sender of
 * what was just signed, and so takes nine times as long.
 *
 * @example
 * ```ts ignore
 * await using chain = new JsonRpcChain(connectNode("http://127.0.0.1:8545", { timeoutMs: 10_000 }));
 * const { chainId } = await chain.identity();
 * ```
 */
export class JsonRpcChain implements Chain {
  /** Where the node is, for people, without credentials. */
  readonly name: string;
  readonly #connection: RpcConnection;
  readonly #receipts: ReceiptQuestions;

  /** Takes the connection over: it is closed with the chain. */
  constructor(connection: RpcConnection) {
    this.name = connection.name;
    this.#connection = connection;
    this.#receipts = new ReceiptQuestions(connection);
  }

  /** `eth_chainId` and block 0. */
  async identity(): Promise<ChainIdentity> {
    const [chainId, genesis] = await this.#connection.batch([
      { method: "eth_chainId", params: [] },
      blockCall(0, "hashes"),
    ]);
    return {
      chainId: this.#need(chainId, "eth_chainId", (result) => decodeQuantity(result, "a chain id")),
      genesis: this.#need(genesis, BLOCK_METHOD, (result) => decodeHeaderAt(result, 0)).hash,
    };
  }

  /** `eth_syncing` and `net_peerCount`. */
  async health(): Promise<NodeHealth> {
    const [syncing, peers] = await this.#connection.batch([
      { method: "eth_syncing", params: [] },
      { method: "net_peerCount", params: [] },
    ]);
    const noPeerCount = peers?.kind === "error" &&
      (isMethodMissing(peers.error) || peers.error.code === INVALID_PARAMS);
    return {
      syncing: this.#need(syncing, "eth_syncing", decodeSyncing),
      peers: noPeerCount
        ? null
        : this.#need(peers, "net_peerCount", (result) => decodeCount(result, "a number of peers")),
    };
  }

  /** What gas costs now. */
  feeQuote(): Promise<FeeQuote> {
    return askFeeQuote(this.#connection);
  }

  /** The newest block and the wallet in it. */
  async tip(wallet: Address): Promise<Tip> {
    const [head, latest, pending, balance] = await this.#connection.batch([
      blockCall("latest", "hashes"),
      nonceCall(wallet, "latest"),
      nonceCall(wallet, "pending"),
      { method: "eth_getBalance", params: [wallet, "latest"] },
    ]);
    return {
      head: this.#need(head, BLOCK_METHOD, decodeHeader),
      latestNonce: factOf(latest, decodeNonce),
      pendingNonce: factOf(pending, decodeNonce),
      balanceWei: factOf(balance, (result) => decodeWei(result, "a balance")),
    };
  }

  /** What one head asks for: the headers, then the receipts, which they may help to find. */
  async observe({ wallet, headers, receipts, finalNumber }: ChainQuestion): Promise<ChainAnswer> {
    const numbers = headers === null ? [] : blockNumbers(headers);
    const [finalNonce, ...blocks] = await this.#connection.batch([
      nonceCall(wallet, finalNumber),
      ...numbers.map((number) => blockCall(number, "hashes")),
    ]);
    return {
      finalNonce: factOf(finalNonce, decodeNonce),
      headers: allHeaders(blocks, numbers),
      receipts: finalNonce?.kind === "silence"
        ? new Map(receipts.map((hash) => [hash, unknown(finalNonce.why)]))
        : await this.#receipts.ask([...new Set(receipts)], blocks),
    };
  }

  /** The wallet's transactions in a range of linked blocks. */
  scan(wallet: Address, range: BlockRange, signal?: AbortSignal): AsyncIterable<ScannedBlock> {
    return scanBlocks(this.#connection, wallet, { range, signal });
  }

  /** Looks transactions up by hash. */
  async transactions(hashes: readonly Hash[]): Promise<readonly Fact<LookedUpTransaction>[]> {
    const answers = await this.#askEach("eth_getTransactionByHash", hashes);
    return hashes.map((hash, index) =>
      factOf(answers[index], (result) => decodeLookedUp(result, hash))
    );
  }

  /** Whether addresses have code. */
  async hasCode(addresses: readonly Address[]): Promise<readonly Fact<boolean>[]> {
    const answers = await this.#connection.batch(
      addresses.map((address) => ({ method: "eth_getCode", params: [address, "latest"] })),
    );
    return answers.map((answer) =>
      factOf(answer, (result) => decodeBytes(result, "an account's code") !== "0x")
    );
  }

  /** What transfers would take. */
  async estimateGas(calls: readonly TransferCall[]): Promise<readonly GasEstimate[]> {
    const answers = await this.#askEach(
      "eth_estimateGas",
      calls.map(({ from, to, valueWei }) => ({ from, to, value: quantity(valueWei) })),
    );
    return answers.map(readEstimate);
  }

  /**
   * Sends signed bytes, in order: geth keeps no more than 64 transactions of a wallet that wait for a
   * lower nonce, so a request never overtakes another.
   */
  async broadcast(raws: readonly Hex[]): Promise<readonly SendAnswer[]> {
    const answers = await this.#askEach("eth_sendRawTransaction", raws, { inOrder: true });
    return raws.map((raw, index) => readSendAnswer(answers[index], keccak256(raw) as Hash));
  }

  /** Closes the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection[Symbol.asyncDispose]();
  }

  #askEach(
    method: string,
    subjects: readonly unknown[],
    options?: BatchOptions,
  ): Promise<readonly RpcAnswer[]> {
    const calls = subjects.map((subject) => ({ method, params: [subject] }));
    return this.#connection.batch(calls, options);
  }

  #need<T>(answer: RpcAnswer | undefined, method: string, decode: Decode<T>): T {
    return need(answer, { of: this.name, method }, decode);
  }
}

/** Of a method without parameters: anvil does not know it (over WebSocket). */
const INVALID_PARAMS = -32602;

function allHeaders(
  answers: readonly RpcAnswer[],
  numbers: readonly number[],
): Fact<readonly Header[]> {
  const headers: Header[] = [];
  for (const [index, number] of numbers.entries()) {
    const header = factOf(
      answers[index],
      (result) => result === null ? null : decodeHeaderAt(result, number),
    );
    if (header.kind === "unknown") return unknown(`block ${number}: ${header.why}`);
    if (header.kind === "absent") return unknown(`block ${number}: the node does not have it`);
    headers.push(header.value);
  }
  return { kind: "present", value: headers };
}

function decodeNonce(result: unknown): number {
  return decodeCount(result, "a transaction count");
}

/** `false`, or how far it is; some nodes have gone on to answer that when they were done. */
function decodeSyncing(result: unknown): boolean {
  if (typeof result === "boolean") return result;
  decodeObject(result, "false or the progress of syncing");
  return true;
}
