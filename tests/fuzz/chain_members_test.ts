import { ok } from "node:assert/strict";
import fc from "fast-check";
import { MemoryNode } from "../../adapters/memory/chain_node.ts";
import { VirtualClock } from "../../adapters/memory/clock.ts";
import { BatchingConnection } from "../../adapters/ethereum/connection/batching_connection.ts";
import { JsonRpcChain } from "../../adapters/ethereum/json_rpc_chain.ts";
import type { Address, Hash, Hex } from "../../domain/address.ts";
import type { Fact } from "../../domain/fact.ts";
import { Fault } from "../../domain/fault.ts";
import type { FeeQuote } from "../../domain/fees.ts";
import type { Header } from "../../domain/headers.ts";
import { wei } from "../../domain/money.ts";
import type { BlockRef } from "../../domain/payment.ts";
import type { LookedUpTransaction, MinedTransaction, Receipt } from "../../domain/ports/chain.ts";
import { SEND_MEANINGS } from "../../domain/send_answer.ts";
import { WALLET } from "../simulation/payees.ts";
import { miner } from "../simulation/small_pool.ts";
import { BadWire, spoilings } from "./bad_wire.ts";
import { fuzzTest } from "./fuzz.ts";
import { hashOf, RpcNode, rpcSigner } from "./rpc_node.ts";
import { assertOneLine, faultOr } from "./told.ts";

const CHAIN_ID = 1337n;

/** A node that has mined two payments, and holds a third in its mempool. */
const NODE = new MemoryNode({ clock: new VirtualClock() });
NODE.fund(WALLET, 10n ** 21n);
NODE.setCode(miner(1), "accepts");
NODE.setCode(miner(2), "reverts");
NODE.mine(3);
for (const to of [miner(0), miner(1)]) {
  NODE.submitForeign({ from: WALLET, to, valueWei: wei(6n), gas: 50_000n });
}
NODE.mine(4);
NODE.submitForeign({ from: WALLET, to: miner(3), valueWei: wei(7n) });

const MINED = [...NODE.block(4)?.transactions ?? []].map(hashOf);
const HASHES = [...MINED, ...NODE.mempool().map(hashOf), `0x${"ab".repeat(32)}` as Hash];
const RAW = await rpcSigner(WALLET).sign([{
  chainId: CHAIN_ID,
  from: WALLET,
  to: miner(4),
  valueWei: wei(8n),
  nonce: 3,
  gas: 21_000n,
  fees: { kind: "legacy", gasPriceWei: wei(10n ** 10n) },
}]);

/** Each member of the port, with what its answer must look like. */
const MEMBERS: Readonly<Record<string, (chain: JsonRpcChain) => Promise<void>>> = {
  async identity(chain) {
    const { chainId, genesis } = await chain.identity();
    ok(chainId >= 0n && isHash(genesis));
  },
  async health(chain) {
    const { syncing, peers } = await chain.health();
    ok(typeof syncing === "boolean" && (peers === null || isCount(peers)));
  },
  async feeQuote(chain) {
    ok(isQuote(await chain.feeQuote()));
  },
  async tip(chain) {
    const { head, latestNonce, pendingNonce, balanceWei } = await chain.tip(WALLET);
    ok(isHeader(head));
    ok([latestNonce, pendingNonce].every((fact) => isFact(fact, isCount)));
    ok(isFact(balanceWei, isWei));
  },
  async observe(chain) {
    const question = {
      wallet: WALLET,
      headers: { from: 2, to: 6 },
      receipts: HASHES,
      finalNumber: 5,
    };
    const { headers, receipts, finalNonce } = await chain.observe(question);
    ok(isFact(headers, (all) => all.length === 5 && all.every(isHeader)));
    ok(isFact(finalNonce, isCount));
    ok(HASHES.every((hash) => isFact(receipts.get(hash), (one) => isReceipt(one, hash))));
  },
  async scan(chain) {
    let number = 0;
    for await (const { header, sent } of chain.scan(WALLET, { from: 1, to: 7 })) {
      ok(isHeader(header) && header.number === ++number);
      ok(sent.every((one) => isEffect(one) && one.block.hash === header.hash));
    }
    ok(number === 7, "an incomplete scan ended as if it were complete");
  },
  async transactions(chain) {
    const facts = await chain.transactions(HASHES);
    ok(facts.length === HASHES.length);
    ok(facts.every((fact, index) => isFact(fact, (one) => isLookedUp(one, HASHES[index]!))));
  },
  async hasCode(chain) {
    const facts = await chain.hasCode([miner(0), miner(1)]);
    ok(
      facts.length === 2 && facts.every((fact) => isFact(fact, (one) => typeof one === "boolean")),
    );
  },
  async estimateGas(chain) {
    const calls = [1, 2].map((index) => ({ from: WALLET, to: miner(index), valueWei: wei(1n) }));
    const estimates = await chain.estimateGas(calls);
    ok(estimates.length === 2);
    for (const estimate of estimates) {
      if (estimate.kind === "gas") ok(estimate.gas >= 21_000n, `${estimate.gas} of gas`);
      if (estimate.kind === "unknown") assertOneLine(estimate.why);
    }
  },
  async broadcast(chain) {
    const raws = [...RAW.map(({ raw }) => raw), "0x00" as Hex];
    const answers = await chain.broadcast(raws);
    ok(answers.length === raws.length);
    for (const { meaning, hash, detail } of answers) {
      ok(SEND_MEANINGS.includes(meaning), meaning);
      ok(hash === null || isHash(hash));
      if (meaning === "accepted") ok(hash === RAW[0]!.hash);
      assertOneLine(detail);
    }
  },
};

fuzzTest("every question to a node that answers anything comes to a sound answer, or to none", {
  runs: 800,
  arbitrary: fc.record({
    member: fc.constantFrom(...Object.keys(MEMBERS)),
    spoiled: fc.array(
      spoilings.map(({ after, times, how }) => ({ method: null, after: after % 8, times, how })),
      { minLength: 1, maxLength: 5 },
    ),
  }),
  async check({ member, spoiled }) {
    await using chain = new JsonRpcChain(
      new BatchingConnection(new BadWire(new RpcNode(NODE), spoiled), {
        name: "http://node",
        secrets: [],
        timeoutMs: 10_000,
      }),
    );
    const told = await faultOr(MEMBERS[member]!(chain));
    if (told instanceof Fault) ok(told.kind.startsWith("chain-"), told.kind);
  },
});

function isFact<T>(fact: Fact<T> | undefined, isSound: (value: T) => boolean): boolean {
  if (fact?.kind === "unknown") assertOneLine(fact.why);
  return fact !== undefined && (fact.kind !== "present" || isSound(fact.value));
}

function isQuote(quote: FeeQuote): boolean {
  return quote.kind === "legacy"
    ? isPrice(quote.gasPriceWei)
    : isPrice(quote.baseFeeWei) && isPrice(quote.tipWei);
}

function isHeader({ number, hash, parentHash, time, baseFeeWei }: Header): boolean {
  return isCount(number) && isHash(hash) && isHash(parentHash) && isCount(time) &&
    (baseFeeWei === null || isPrice(baseFeeWei));
}

function isReceipt({ hash, block, status, feeWei }: Receipt, asked: Hash): boolean {
  return hash === asked && isBlock(block) && ["success", "reverted", "missing"].includes(status) &&
    (feeWei === null || isWei(feeWei));
}

function isLookedUp(one: LookedUpTransaction, asked: Hash): boolean {
  return one.hash === asked && isAddress(one.from) && (one.block === null || isBlock(one.block)) &&
    isEffect(one);
}

function isEffect({ hash, nonce, to, valueWei, data }: Omit<MinedTransaction, "block">): boolean {
  return isHash(hash) && isCount(nonce) && (to === null || isAddress(to)) && isWei(valueWei) &&
    /^0x(?:[0-9a-f]{2})*$/.test(data);
}

function isBlock({ number, hash }: BlockRef): boolean {
  return isCount(number) && isHash(hash);
}

function isCount(count: number): boolean {
  return Number.isSafeInteger(count) && count >= 0;
}

function isWei(amount: bigint): boolean {
  return typeof amount === "bigint" && amount >= 0n && amount < 2n ** 256n;
}

function isPrice(amount: bigint): boolean {
  return isWei(amount) && amount < 2n ** 128n;
}

function isHash(hash: string): boolean {
  return /^0x[0-9a-f]{64}$/.test(hash);
}

function isAddress(address: Address): boolean {
  return /^0x[0-9a-f]{40}$/.test(address);
}
