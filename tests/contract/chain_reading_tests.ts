/**
 * What every chain tells.
 *
 * @module
 */

import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { ABSENT, valueOf } from "../../domain/fact.ts";
import { Fault } from "../../domain/fault.ts";
import { TRANSFER_GAS } from "../../domain/fees.ts";
import { isLinked } from "../../domain/headers.ts";
import type { SignedTransfer } from "../../domain/ports/signer.ts";
import {
  type ChainTest,
  payeeOf,
  receiptOf,
  scanned,
  sign,
  UNHEARD_OF,
  VALUE_WEI,
  WALLET_WEI,
} from "./chain_harness.ts";

/** Registers the tests. */
export function chainReadingTests(test: ChainTest): void {
  test("identity() is the chain id and block 0, always the same", async (harness) => {
    const { chain, chainId } = harness;
    const identity = await chain.identity();
    strictEqual(identity.chainId, chainId);
    await harness.mine(2);
    deepStrictEqual(await chain.identity(), identity);
    const [genesis] = await scanned(harness, 0, 0);
    strictEqual(genesis?.header.hash, identity.genesis);
  });

  test("health() of a node that is ready", async ({ chain }) => {
    const { syncing, peers } = await chain.health();
    strictEqual(syncing, false);
    ok(peers === null || Number.isSafeInteger(peers));
  });

  test("tip() tells the head and a wallet that sent nothing", async (harness) => {
    const { chain, wallet } = harness;
    const before = await chain.tip(wallet);
    await harness.mine(3);
    const after = await chain.tip(wallet);
    strictEqual(after.head.number, before.head.number + 3);
    ok(after.head.time >= before.head.time);
    deepStrictEqual(after.latestNonce, { kind: "present", value: 0 });
    deepStrictEqual(after.pendingNonce, { kind: "present", value: 0 });
    deepStrictEqual(after.balanceWei, { kind: "present", value: WALLET_WEI });
  });

  test("observe() tells the wallet's count at an older block", async (harness) => {
    const { chain, wallet } = harness;
    await chain.broadcast([(await sign(harness, 0)).raw]);
    await harness.mine(3);
    const { head } = await chain.tip(wallet);
    const at = async (finalNumber: number) =>
      (await chain.observe({ wallet, headers: null, receipts: [], finalNumber })).finalNonce;
    deepStrictEqual(await at(head.number), { kind: "present", value: 1 });
    deepStrictEqual(await at(head.number - 2), { kind: "present", value: 1 });
    deepStrictEqual(await at(head.number - 3), { kind: "present", value: 0 });
    strictEqual((await at(head.number + 5)).kind, "unknown");
  });

  test("observe() tells linked headers, and that some are missing", async (harness) => {
    const { chain, wallet } = harness;
    await harness.mine(4);
    const { head } = await chain.tip(wallet);
    const ask = async (from: number, to: number) => {
      const question = { wallet, receipts: [], finalNumber: head.number };
      return (await chain.observe({ ...question, headers: { from, to } })).headers;
    };
    const headers = valueOf(await ask(0, head.number)) ?? [];
    strictEqual(headers.length, head.number + 1);
    ok(isLinked(headers));
    deepStrictEqual(headers.at(-1), head);
    strictEqual((await ask(head.number, head.number + 1)).kind, "unknown");
  });

  test("hasCode() tells contracts from accounts, in order", async (harness) => {
    const accepts = await harness.deploy("accepts");
    const reverts = await harness.deploy("reverts");
    const answers = await harness.chain.hasCode([payeeOf(1), accepts, harness.wallet, reverts]);
    deepStrictEqual(answers.map(valueOf), [false, true, false, true]);
  });

  test("estimateGas() tells transfers, contracts and reverts apart", async (harness) => {
    const { chain, wallet: from } = harness;
    const accepts = await harness.deploy("accepts");
    const reverts = await harness.deploy("reverts");
    const calls = [payeeOf(1), accepts, reverts].map((to) => ({ from, to, valueWei: VALUE_WEI }));
    const [plain, contract, failing] = await chain.estimateGas(calls);
    deepStrictEqual(plain, { kind: "gas", gas: TRANSFER_GAS });
    ok(contract?.kind === "gas" && contract.gas > TRANSFER_GAS);
    deepStrictEqual(failing, { kind: "reverts" });
  });

  test("scan() finds the wallet's transactions in linked blocks", async (harness) => {
    const { chain, wallet } = harness;
    const payments: SignedTransfer[] = [];
    for (let nonce = 0; nonce < 3; nonce++) {
      const payment = await sign(harness, nonce);
      await chain.broadcast([payment.raw]);
      await harness.mine(20);
      payments.push(payment);
    }
    const { head } = await chain.tip(wallet);
    const blocks = await scanned(harness, 0, head.number);
    ok(isLinked(blocks.map(({ header }) => header)));
    strictEqual(blocks.length, head.number + 1);
    const found = blocks.flatMap(({ header, sent }) =>
      sent.map((transaction) => ({ header, transaction }))
    );
    deepStrictEqual(
      found.map(({ transaction }) => transaction.hash),
      payments.map(({ hash }) => hash),
    );
    for (const [nonce, { header, transaction }] of found.entries()) {
      deepStrictEqual(transaction, {
        hash: payments[nonce]?.hash,
        nonce,
        to: payeeOf(nonce),
        valueWei: VALUE_WEI,
        data: "0x",
        block: { number: header.number, hash: header.hash },
      });
    }
    deepStrictEqual((await scanned(harness, 2, 3)).map(({ header }) => header.number), [2, 3]);
  });

  test("scan() that cannot finish says so", async (harness) => {
    const { head } = await harness.chain.tip(harness.wallet);
    await rejects(scanned(harness, head.number, head.number + 2), Fault);
  });

  test("scan() ends when its signal aborts", async (harness) => {
    await harness.mine(3);
    const signal = AbortSignal.abort(new Error("enough"));
    const blocks = harness.chain.scan(harness.wallet, { from: 0, to: 3 }, signal);
    await rejects(Array.fromAsync(blocks), /enough/);
  });

  test("what nobody has heard of is absent", async (harness) => {
    deepStrictEqual(await harness.chain.transactions([UNHEARD_OF]), [ABSENT]);
    deepStrictEqual(await receiptOf(harness, UNHEARD_OF), ABSENT);
  });

  test("nothing asked is nothing answered", async ({ chain }) => {
    deepStrictEqual(await chain.broadcast([]), []);
    deepStrictEqual(await chain.transactions([]), []);
    deepStrictEqual(await chain.hasCode([]), []);
    deepStrictEqual(await chain.estimateGas([]), []);
  });
}
