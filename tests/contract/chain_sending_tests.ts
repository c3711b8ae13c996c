/**
 * What every chain does with what is sent to it.
 *
 * @module
 */

import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { ABSENT, valueOf } from "../../domain/fact.ts";
import { TRANSFER_GAS } from "../../domain/fees.ts";
import type { SignedTransfer } from "../../domain/ports/signer.ts";
import {
  type ChainTest,
  doubled,
  fees,
  payeeOf,
  receiptOf,
  sign,
  VALUE_WEI,
  WALLET_WEI,
} from "./chain_harness.ts";

/** Registers the tests. */
export function chainSendingTests(test: ChainTest): void {
  test("broadcast() puts a transaction into the mempool", async (harness) => {
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

  test("what feeQuote() says is mined in the next block, and paid for", async (harness) => {
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

  test("the same bytes again are known, or done", async (harness) => {
    const { chain } = harness;
    const { raw } = await sign(harness, 0);
    await chain.broadcast([raw]);
    strictEqual((await chain.broadcast([raw]))[0]?.meaning, "known");
    await harness.mine(1);
    strictEqual((await chain.broadcast([raw]))[0]?.meaning, "nonce-low");
  });

  test("another transaction at a used nonce is refused", async (harness) => {
    const { chain } = harness;
    await chain.broadcast([(await sign(harness, 0)).raw]);
    await harness.mine(1);
    const other = await sign(harness, 0, { to: payeeOf(77) });
    strictEqual((await chain.broadcast([other.raw]))[0]?.meaning, "nonce-low");
  });

  test("hundreds ride together, answered in order", async (harness) => {
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

  test("a nonce above a gap waits until the gap is filled", async (harness) => {
    const { chain, wallet } = harness;
    const [first, second] = [await sign(harness, 0), await sign(harness, 1)];
    await chain.broadcast([second.raw]);
    await harness.mine(1);
    strictEqual(valueOf((await chain.tip(wallet)).latestNonce), 0);
    await chain.broadcast([first.raw]);
    await harness.mine(1);
    strictEqual(valueOf((await chain.tip(wallet)).latestNonce), 2);
  });

  test("a replacement that pays twice as much takes the place", async (harness) => {
    const { chain } = harness;
    const first = await sign(harness, 0);
    const second = await sign(harness, 0, { fees: doubled(await fees(harness)) });
    await chain.broadcast([first.raw]);
    strictEqual((await chain.broadcast([second.raw]))[0]?.meaning, "accepted");
    await harness.mine(1);
    deepStrictEqual(await receiptOf(harness, first.hash), ABSENT);
    strictEqual(valueOf(await receiptOf(harness, second.hash))?.status, "success");
  });

  test("a replacement that pays no more is refused", async (harness) => {
    const { chain } = harness;
    const [first, second] = [
      await sign(harness, 0),
      await sign(harness, 0, { to: payeeOf(9) }),
    ];
    await chain.broadcast([first.raw]);
    strictEqual((await chain.broadcast([second.raw]))[0]?.meaning, "replacement-underpriced");
  });

  test("more than the wallet owns is refused", async (harness) => {
    const payment = await sign(harness, 0, { valueWei: WALLET_WEI });
    strictEqual((await harness.chain.broadcast([payment.raw]))[0]?.meaning, "funds");
  });

  test("less gas than any transfer takes is refused for good", async (harness) => {
    const payment = await sign(harness, 0, { gas: 20_000n });
    strictEqual((await harness.chain.broadcast([payment.raw]))[0]?.meaning, "fatal");
  });

  test("bytes that are none are not taken", async ({ chain, wallet }) => {
    const [answer] = await chain.broadcast(["0x1234" as SignedTransfer["raw"]]);
    strictEqual(answer?.meaning, "refused");
    strictEqual(valueOf((await chain.tip(wallet)).pendingNonce), 0);
  });

  test("a contract is paid with the gas it takes, and not with less", async (harness) => {
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

  test("a reverted payment costs its fee and keeps its value", async (harness) => {
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
}
