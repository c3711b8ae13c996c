/**
 * What every local journal does.
 *
 * @module
 */

import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Address, Hash, Hex } from "../../domain/address.ts";
import { shannon, wei } from "../../domain/money.ts";
import { type Payment, withAttempt } from "../../domain/payment.ts";
import type { LocalJournal } from "../../domain/ports/local_journal.ts";

/** An empty journal, and how the same one is opened by the next process. */
export interface JournalHarness extends AsyncDisposable {
  readonly journal: LocalJournal;
  reopen(): LocalJournal;
}

/** Holds an adapter of `LocalJournal` to its port. */
export function localJournalContract(
  name: string,
  makeHarness: () => Promise<JournalHarness>,
): void {
  function test(behaviour: string, run: (harness: JournalHarness) => Promise<void>): void {
    Deno.test(`${name} ${behaviour}`, async () => {
      await using harness = await makeHarness();
      await run(harness);
    });
  }

  test("read() of a new journal is empty", async ({ journal }) => {
    deepStrictEqual(await journal.read(), []);
  });

  test("append() keeps payments whole, oldest first, for the next process", async (harness) => {
    const payments = [paymentOf(7), paymentOf(8, `0X${"AB".repeat(20)}`), paymentOf(9)];
    await harness.journal.append(payments.slice(0, 2));
    await harness.journal.append(payments.slice(2));
    deepStrictEqual(await harness.journal.read(), payments);
    deepStrictEqual(await harness.reopen().read(), payments);
  });

  test("prepare() writes no entry, and may be asked again", async (harness) => {
    await harness.journal.prepare();
    await harness.journal.append([paymentOf(7)]);
    await harness.journal.prepare();
    deepStrictEqual(await harness.reopen().read(), [paymentOf(7)]);
  });

  test("append() of nothing changes nothing", async (harness) => {
    await harness.journal.append([]);
    deepStrictEqual(await harness.reopen().read(), []);
  });

  test("append() of the same again is harmless", async ({ journal }) => {
    await journal.append([paymentOf(7)]);
    await journal.append([paymentOf(7)]);
    deepStrictEqual(await journal.read(), [paymentOf(7)]);
  });

  test("read() answers the newest entry of a payment in the payment's place", async (harness) => {
    const bumped = withAttempt(paymentOf(7), attemptOf(70));
    await harness.journal.append([paymentOf(7), paymentOf(8)]);
    await harness.journal.append([bumped]);
    deepStrictEqual(await harness.journal.read(), [bumped, paymentOf(8)]);
  });

  test("read() keeps payments apart by wallet, chain, nonce, login and amount", async (harness) => {
    const one = paymentOf(7);
    const payments: Payment[] = [
      one,
      { ...one, wallet: `0x${"ee".repeat(20)}` as Address },
      { ...one, chainId: 62n },
      { ...one, nonce: 8 },
      { ...one, login: `0x${"AB".repeat(20)}` },
      { ...one, amountShannon: shannon(7n), valueWei: wei(7_000_000_000n) },
    ];
    await harness.journal.append(payments);
    deepStrictEqual(await harness.journal.read(), payments);
  });

  test("append() takes calls at the same time in their order", async ({ journal }) => {
    const payments = Array.from({ length: 20 }, (_, index) => paymentOf(index));
    await Promise.all(payments.map((payment) => journal.append([payment])));
    deepStrictEqual(await journal.read(), payments);
  });

  test("rotate() keeps only the payment with the last nonce, with its attempts", async (harness) => {
    const last = withAttempt(paymentOf(9), attemptOf(90));
    await harness.journal.append([paymentOf(7), paymentOf(8), paymentOf(9), last]);
    await harness.journal.append([withAttempt(paymentOf(8), attemptOf(80))]);
    await harness.journal.rotate();
    deepStrictEqual(await harness.journal.read(), [last]);
    await harness.journal.rotate();
    deepStrictEqual(await harness.reopen().read(), [last]);
    await harness.journal.append([paymentOf(10)]);
    deepStrictEqual(await harness.reopen().read(), [last, paymentOf(10)]);
  });

  test("rotate() keeps the wallet that wrote last", async ({ journal }) => {
    const retired = { ...paymentOf(900), wallet: `0x${"ee".repeat(20)}` as Address };
    await journal.append([retired, paymentOf(3)]);
    await journal.rotate();
    deepStrictEqual(await journal.read(), [paymentOf(3)]);
  });

  test("rotate() of an empty journal leaves it empty", async ({ journal }) => {
    await journal.rotate();
    strictEqual((await journal.read()).length, 0);
  });
}

/** A payment at a nonce. */
export function paymentOf(nonce: number, login = `0x${"ab".repeat(20)}`): Payment {
  return {
    login,
    amountShannon: shannon(600_000_000n),
    wallet: `0x${"cd".repeat(20)}` as Address,
    chainId: 61n,
    genesis: hashOf(0),
    nonce,
    recipient: `0x${"ab".repeat(20)}` as Address,
    valueWei: wei(600_000_000_000_000_000n),
    debitedAt: 1_790_000_000,
    head: { number: 1_000, hash: hashOf(1_000) },
    attempts: [attemptOf(nonce)],
  };
}

function attemptOf(seed: number): Payment["attempts"][number] {
  return {
    kind: "pay",
    hash: hashOf(seed),
    raw: `0x02${seed.toString(16).padStart(8, "0")}` as Hex,
    gas: 21_000n,
    fees: {
      kind: "eip1559",
      maxFeePerGasWei: wei(3_000_000_000n),
      maxPriorityFeePerGasWei: wei(1_000_000_000n),
    },
  };
}

function hashOf(seed: number): Hash {
  return `0x${seed.toString(16).padStart(64, "0")}` as Hash;
}
