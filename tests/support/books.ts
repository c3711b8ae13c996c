/**
 * What ledger and chain say, read past the program, which is believed nothing.
 *
 * @module
 */

import type { Redis } from "ioredis";
import { callNode, callNodeAtOnce } from "./json_rpc.ts";
import { WALLET } from "./pool.ts";

/** Shannon of a miner, or of the pool's finances. */
export interface Money {
  readonly balance: bigint;
  readonly pending: bigint;
  readonly paid: bigint;
}

/** A transaction of the wallet in the chain's blocks. */
export interface SentTransaction {
  readonly hash: string;
  readonly nonce: number;
  readonly to: string | null;
  readonly valueWei: bigint;
  readonly isSuccess: boolean;
  /** What it cost besides, in Wei. */
  readonly feeWei: bigint;
}

/** The wallet on the chain. */
export interface WalletBooks {
  readonly holdsWei: bigint;
  /** How many transactions it has sent, as the node counts them. */
  readonly nonce: number;
  /** Those transactions. */
  readonly sent: readonly SentTransaction[];
}

/** Ledger and chain at one time. */
export interface Books {
  readonly miners: ReadonlyMap<string, Money>;
  readonly finances: Money;
  /** `payments:all`. */
  readonly rows: readonly string[];
  /** `payments:<login>`. */
  readonly ownRows: ReadonlyMap<string, readonly string[]>;
  /** The keys of the ledger that say that something is not done. */
  readonly unresolved: readonly string[];
  /** `payments:nonces`. */
  readonly nextNonce: string | null;
  readonly wallet: WalletBooks;
  /** What each miner holds on the chain. */
  readonly holdsWei: ReadonlyMap<string, bigint>;
}

/** Reads both. Nothing may be under way. */
export async function readBooks(
  client: Redis,
  url: string,
  logins: Iterable<string>,
): Promise<Books> {
  const asked = [...logins];
  const [miners, ownRows, holdings] = await Promise.all([
    Promise.all(asked.map((login) => readMoney(client, `eth:miners:${login}`))),
    Promise.all(asked.map((login) => client.zrange(`eth:payments:${login}`, "0", "-1"))),
    callNodeAtOnce(url, asked.map((login) => ["eth_getBalance", [login, "latest"]])),
  ]);
  return {
    miners: new Map(asked.map((login, index) => [login, miners[index] ?? NOTHING])),
    finances: await readMoney(client, "eth:finances"),
    rows: await client.zrange("eth:payments:all", "0", "-1"),
    ownRows: new Map(asked.map((login, index) => [login, ownRows[index] ?? []])),
    unresolved: await presentKeys(client),
    nextNonce: await client.hget("eth:payments:nonces", WALLET),
    wallet: await readWallet(url),
    holdsWei: new Map(asked.map((login, index) => [login, BigInt(holdings[index])])),
  };
}

/** Goes through all blocks for what the wallet sent. */
export async function readWallet(url: string): Promise<WalletBooks> {
  // deno-lint-ignore no-explicit-any -- what a node answers
  const mined: any[] = (await readBlocks(url)).flatMap(({ transactions }) => transactions)
    .filter(({ from }) => from === WALLET);
  const receipts = await callNodeAtOnce(
    url,
    mined.map(({ hash }) => ["eth_getTransactionReceipt", [hash]]),
  );
  return {
    holdsWei: BigInt(await callNode(url, "eth_getBalance", [WALLET, "latest"])),
    nonce: Number(await callNode(url, "eth_getTransactionCount", [WALLET, "latest"])),
    sent: mined.map(({ hash, nonce, to, value }, index) => ({
      hash,
      nonce: Number(nonce),
      to,
      valueWei: BigInt(value),
      isSuccess: receipts[index].status === "0x1",
      feeWei: BigInt(receipts[index].gasUsed) * BigInt(receipts[index].effectiveGasPrice),
    })),
  };
}

/** All of the chain; a head that the node has counted and does not have yet is waited for. */
// deno-lint-ignore no-explicit-any -- what a node answers
async function readBlocks(url: string): Promise<any[]> {
  const head = Number(await callNode(url, "eth_blockNumber"));
  const numbers = Array.from({ length: head + 1 }, (_, number) => `0x${number.toString(16)}`);
  const questions = numbers.map((number) => ["eth_getBlockByNumber", [number, true]] as const);
  for (let tries = 1;; tries++) {
    const blocks = await callNodeAtOnce(url, questions);
    if (!blocks.includes(null)) return blocks;
    if (tries === MAX_TRIES) throw new Error(`The node has no block ${blocks.indexOf(null)}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

const MAX_TRIES = 20;
const PAUSE_MS = 100;

const NOTHING: Money = { balance: 0n, pending: 0n, paid: 0n };

const UNRESOLVED = ["pending", "journal", "pendingtx", "pendingnonce", "held", "lock", "lease"];

async function presentKeys(client: Redis): Promise<readonly string[]> {
  const keys = UNRESOLVED.map((name) => `eth:payments:${name}`);
  const there = await Promise.all(keys.map((key) => client.exists(key)));
  return keys.filter((_, index) => there[index] === 1);
}

async function readMoney(client: Redis, key: string): Promise<Money> {
  const [balance, pending, paid] = await client.hmget(key, "balance", "pending", "paid");
  return {
    balance: BigInt(balance ?? "0"),
    pending: BigInt(pending ?? "0"),
    paid: BigInt(paid ?? "0"),
  };
}
