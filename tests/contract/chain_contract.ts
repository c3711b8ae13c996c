/**
 * What every chain adapter promises, and what all nodes share.
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
  type ChainHarness,
  doubled,
  fees,
  payeeOf,
  receiptOf,
  scanned,
  sign,
  UNHEARD_OF,
  VALUE_WEI,
  WALLET_WEI,
} from "./chain_harness.ts";

/** Registers the contract's tests for one adapter. */
export function chainContract(name: string, makeHarness: () => Promise<ChainHarness>): void {
  function promise(what: string, body: (harness: ChainHarness) => Promise<void>): void {
    Deno.test(`${name}: ${what}`, async () => {
      await using harness = await makeHarness();
      await body(harness);
    });
  }

  promise("identity() is the chain id and block 0, always the same", async (harness) => {
    const { chain, chainId } = harness;
    const identity = await chain.identity();
    strictEqual(identity.chainId, chainId);
    await harness.mine(2);
    deepStrictEqual(await chain.identity(), identity);
    const [genesis] = await scanned(harness, 0, 0);
    strictEqual(genesis?.header.hash, identity.genesis);
  });

  promise("health() of a node that is ready", async ({ chain }) => {
    const { syncing, peers } = await chain.health();
    strictEqual(syncing, false);
    ok(peers === null || Number.isSafeInteger(peers));
  });

  promise("tip() tells the head and a wallet that sent nothing", async (harness) => {
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

  promise("broadcast() puts a transaction into the mempool", async (harness) => {
    const { chain, wallet } = harness;
    const payment = await sign(harness, 0);
    const [answer] = await chain.broadcast([payment.raw]);
    strictEqual(answer?.meaning, "accepted");
    strictEqual(answer?.hash, payment.hash);
    const { latestNonce, pendingNonce } = await chain.tip(wallet);
    deepStrictEqual([valueOf(latestNonce), valueOf(pendingNonce)], [0, 1]);
    const [found] = await chain.transactions([payment.hash]);
    deepStrictEqual(valueOf(found), {
      hash: payment.hash,
      nonce: 0,
      from: wallet,
      to: payeeOf(0),
      valueWei: VALUE_WEI,
      data: "0x",
      block: null,
    });
    deepStrictEqual(await receiptOf(harness, payment.hash), ABSENT);
  });

  promise("what feeQuote() says is mined in the next block, and paid for", async (harness) => {
    const { chain, wallet } = harness;
    const payment = await sign(harness, 0);
    await chain.broadcast([payment.raw]);
    await harness.mine(1);
    const { head, latestNonce, balanceWei } = await chain.tip(wallet);
    const receipt = valueOf(await receiptOf(harness, payment.hash));
    strictEqual(receipt?.status, "success");
    deepStrictEqual(receipt?.block, { number: head.number, hash: head.hash });
    ok(receipt !== undefined && receipt.feeWei !== null && receipt.feeWei > 0n);
    strictEqual(valueOf(balanceWei), WALLET_WEI - VALUE_WEI - receipt.feeWei);
    strictEqual(valueOf(latestNonce), 1);
    const [found] = await chain.transactions([payment.hash]);
    deepStrictEqual(valueOf(found)?.block, receipt.block);
  });

  promise("observe() tells the wallet's count at an older block", async (harness) => {
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

  promise("observe() tells linked headers, and that some are missing", async (harness) => {
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

  promise("the same bytes again are known, or done", async (harness) => {
    const { chain } = harness;
    const { raw } = await sign(harness, 0);
    await chain.broadcast([raw]);
    strictEqual((await chain.broadcast([raw]))[0]?.meaning, "known");
    await harness.mine(1);
    strictEqual((await chain.broadcast([raw]))[0]?.meaning, "nonce-low");
  });

  promise("another transaction at a used nonce is refused", async (harness) => {
    const { chain } = harness;
    await chain.broadcast([(await sign(harness, 0)).raw]);
    await harness.mine(1);
    const other = await sign(harness, 0, { to: payeeOf(77) });
    strictEqual((await chain.broadcast([other.raw]))[0]?.meaning, "nonce-low");
  });

  promise("hundreds ride together, answered in order", async (harness) => {
    const { chain, wallet } = harness;
    const payments = await Promise.all(
      Array.from({ length: 250 }, (_, nonce) => sign(harness, nonce)),
    );
    const answers = await chain.broadcast(payments.map(({ raw }) => raw));
    deepStrictEqual(answers.map(({ meaning }) => meaning), payments.map(() => "accepted"));
    deepStrictEqual(answers.map(({ hash }) => hash), payments.map(({ hash }) => hash));
    await harness.mine(1);
    const { head, latestNonce } = await chain.tip(wallet);
    strictEqual(valueOf(latestNonce), 250);
    const hashes = payments.map(({ hash }) => hash);
    const question = { wallet, headers: null, finalNumber: head.number };
    const { receipts } = await chain.observe({ ...question, receipts: hashes });
    deepStrictEqual([...receipts.keys()], hashes);
    ok([...receipts.values()].every((receipt) => valueOf(receipt)?.status === "success"));
  });

  promise("a nonce above a gap waits until the gap is filled", async (harness) => {
    const { chain, wallet } = harness;
    const [first, second] = [await sign(harness, 0), await sign(harness, 1)];
    await chain.broadcast([second.raw]);
    await harness.mine(1);
    strictEqual(valueOf((await chain.tip(wallet)).latestNonce), 0);
    await chain.broadcast([first.raw]);
    await harness.mine(1);
    strictEqual(valueOf((await chain.tip(wallet)).latestNonce), 2);
  });

  promise("a replacement that pays twice as much takes the place", async (harness) => {
    const { chain } = harness;
    const first = await sign(harness, 0);
    const second = await sign(harness, 0, { fees: doubled(await fees(harness)) });
    await chain.broadcast([first.raw]);
    strictEqual((await chain.broadcast([second.raw]))[0]?.meaning, "accepted");
    await harness.mine(1);
    deepStrictEqual(await receiptOf(harness, first.hash), ABSENT);
    strictEqual(valueOf(await receiptOf(harness, second.hash))?.status, "success");
  });

  promise("a replacement that pays no more is refused", async (harness) => {
    const { chain } = harness;
    const [first, second] = [
      await sign(harness, 0),
      await sign(harness, 0, { to: payeeOf(9) }),
    ];
    await chain.broadcast([first.raw]);
    strictEqual((await chain.broadcast([second.raw]))[0]?.meaning, "replacement-underpriced");
  });

  promise("more than the wallet owns is refused", async (harness) => {
    const payment = await sign(harness, 0, { valueWei: WALLET_WEI });
    strictEqual((await harness.chain.broadcast([payment.raw]))[0]?.meaning, "funds");
  });

  promise("less gas than any transfer takes is refused for good", async (harness) => {
    const payment = await sign(harness, 0, { gas: 20_000n });
    strictEqual((await harness.chain.broadcast([payment.raw]))[0]?.meaning, "fatal");
  });

  promise("bytes that are none are not taken", async ({ chain, wallet }) => {
    const [answer] = await chain.broadcast(["0x1234" as SignedTransfer["raw"]]);
    strictEqual(answer?.meaning, "refused");
    strictEqual(valueOf((await chain.tip(wallet)).pendingNonce), 0);
  });

  promise("hasCode() tells contracts from accounts, in order", async (harness) => {
    const accepts = await harness.deploy("accepts");
    const reverts = await harness.deploy("reverts");
    const answers = await harness.chain.hasCode([payeeOf(1), accepts, harness.wallet, reverts]);
    deepStrictEqual(answers.map(valueOf), [false, true, false, true]);
  });

  promise("estimateGas() tells transfers, contracts and reverts apart", async (harness) => {
    const { chain, wallet: from } = harness;
    const accepts = await harness.deploy("accepts");
    const reverts = await harness.deploy("reverts");
    const calls = [payeeOf(1), accepts, reverts].map((to) => ({ from, to, valueWei: VALUE_WEI }));
    const [plain, contract, failing] = await chain.estimateGas(calls);
    deepStrictEqual(plain, { kind: "gas", gas: TRANSFER_GAS });
    ok(contract?.kind === "gas" && contract.gas > TRANSFER_GAS);
    deepStrictEqual(failing, { kind: "reverts" });
  });

  promise("a contract is paid with the gas it takes, and not with less", async (harness) => {
    const { chain, wallet: from } = harness;
    const to = await harness.deploy("accepts");
    const [estimate] = await chain.estimateGas([{ from, to, valueWei: VALUE_WEI }]);
    ok(estimate?.kind === "gas");
    const short = await sign(harness, 0, { to, gas: TRANSFER_GAS });
    const enough = await sign(harness, 1, { to, gas: estimate.gas });
    await chain.broadcast([short.raw, enough.raw]);
    await harness.mine(1);
    strictEqual(valueOf(await receiptOf(harness, short.hash))?.status, "reverted");
    strictEqual(valueOf(await receiptOf(harness, enough.hash))?.status, "success");
  });

  promise("a reverted payment costs its fee and keeps its value", async (harness) => {
    const { chain, wallet } = harness;
    const to = await harness.deploy("reverts");
    const payment = await sign(harness, 0, { to, gas: 60_000n });
    await chain.broadcast([payment.raw]);
    await harness.mine(1);
    const receipt = valueOf(await receiptOf(harness, payment.hash));
    strictEqual(receipt?.status, "reverted");
    const { balanceWei, latestNonce } = await chain.tip(wallet);
    strictEqual(valueOf(balanceWei), WALLET_WEI - (receipt?.feeWei ?? 0n));
    strictEqual(valueOf(latestNonce), 1);
  });

  promise("scan() finds the wallet's transactions in linked blocks", async (harness) => {
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

  promise("scan() that cannot finish says so", async (harness) => {
    const { head } = await harness.chain.tip(harness.wallet);
    await rejects(scanned(harness, head.number, head.number + 2), Fault);
  });

  promise("scan() ends when its signal aborts", async (harness) => {
    await harness.mine(3);
    const signal = AbortSignal.abort(new Error("enough"));
    const blocks = harness.chain.scan(harness.wallet, { from: 0, to: 3 }, signal);
    await rejects(Array.fromAsync(blocks), /enough/);
  });

  promise("what nobody has heard of is absent", async (harness) => {
    deepStrictEqual(await harness.chain.transactions([UNHEARD_OF]), [ABSENT]);
    deepStrictEqual(await receiptOf(harness, UNHEARD_OF), ABSENT);
  });

  promise("nothing asked is nothing answered", async ({ chain }) => {
    deepStrictEqual(await chain.broadcast([]), []);
    deepStrictEqual(await chain.transactions([]), []);
    deepStrictEqual(await chain.hasCode([]), []);
    deepStrictEqual(await chain.estimateGas([]), []);
  });
}
