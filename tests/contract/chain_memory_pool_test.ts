import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { bumpFees } from "../../domain/fees.ts";
import { wei } from "../../domain/money.ts";
import type { SendMeaning } from "../../domain/send_answer.ts";
import { COIN, fees, funded, GWEI, send, STRANGER, WALLET } from "./chain_memory_support.ts";

Deno.test("a replacement has to raise both fields by 10 %", () => {
  const raises: readonly [bigint, bigint, SendMeaning][] = [
    [1100n, 110n, "accepted"],
    [1099n, 110n, "replacement-underpriced"],
    [1100n, 109n, "replacement-underpriced"],
    [1000n, 200n, "replacement-underpriced"],
    [3000n, 100n, "replacement-underpriced"],
  ];
  for (const [cap, tip, meaning] of raises) {
    const node = funded({ baseFeeWei: wei(7n) });
    strictEqual(send(node, { fees: fees(1000n, 100n) }), "accepted");
    strictEqual(send(node, { fees: fees(cap, tip), to: STRANGER }), meaning, `${cap}, ${tip}`);
  }
});

Deno.test("a bump of the domain is always taken", () => {
  const gasPrice = fc.bigInt({ min: 7n, max: 10n ** 12n });
  fc.assert(fc.property(gasPrice, gasPrice, (one, other) => {
    const node = funded({ baseFeeWei: wei(7n) });
    const [tip, cap] = one < other ? [one, other] : [other, one];
    const first = fees(cap, tip);
    const bumped = bumpFees(first, wei(COIN));
    ok(bumped);
    strictEqual(send(node, { fees: first }), "accepted");
    strictEqual(send(node, { fees: bumped }), "accepted");
  }));
});

Deno.test("the wallet has to hold the sum of what it queued", () => {
  const node = funded({});
  node.fund(WALLET, 3n * COIN - node.balanceWei(WALLET));
  strictEqual(send(node, { nonce: 0, valueWei: wei(2n * COIN) }), "accepted");
  strictEqual(send(node, { nonce: 1, valueWei: wei(COIN) }), "funds");
  strictEqual(send(node, { nonce: 1, valueWei: wei(COIN / 2n) }), "accepted");
});

Deno.test("the mempool has an end, and so has a queue behind a gap", () => {
  const node = funded({ mempoolLimit: 5, gappedLimit: 2 });
  deepStrictEqual([5, 6, 7].map((nonce) => send(node, { nonce })), [
    "accepted",
    "accepted",
    "pool-full",
  ]);
  deepStrictEqual([0, 1, 2].map((nonce) => send(node, { nonce })), [
    "accepted",
    "accepted",
    "accepted",
  ]);
  strictEqual(send(node, { nonce: 3 }), "pool-full");
  strictEqual(send(node, { nonce: 2, fees: fees(40n * GWEI, 4n * GWEI) }), "accepted");
  node.mine();
  strictEqual(node.nonce(WALLET), 3);
  strictEqual(send(node, { nonce: 3 }), "accepted");
  strictEqual(node.pendingNonce(WALLET), 4);
});

Deno.test("what is wrong with a transaction is said in its words", () => {
  const node = funded({ minTipWei: wei(GWEI) });
  strictEqual(send(node, { chainId: 5n }), "fatal");
  strictEqual(send(node, { gas: 30_000_001n }), "fatal");
  strictEqual(send(node, { fees: fees(10n ** 15n, GWEI) }), "fee-cap");
  strictEqual(send(node, { fees: fees(GWEI, 2n * GWEI) }), "refused");
  strictEqual(send(node, { fees: fees(GWEI, GWEI - 1n) }), "underpriced");
  strictEqual(send(funded({ baseFeeWei: null }), {}), "refused");
});

Deno.test("a fee cap below the base fee waits, or is refused, as the node does", () => {
  const node = funded({ baseFeeWei: wei(100n * GWEI) });
  strictEqual(send(node, { fees: fees(80n * GWEI, GWEI) }), "accepted");
  node.mine();
  strictEqual(node.nonce(WALLET), 0);
  node.setBaseFee(wei(70n * GWEI));
  node.mine();
  strictEqual(node.nonce(WALLET), 1);
  const strict = funded({ baseFeeWei: wei(100n * GWEI), belowBaseFee: "refused" });
  strictEqual(send(strict, { fees: fees(80n * GWEI, GWEI) }), "underpriced");
});

Deno.test("dropFromMempool() leaves a gap, which the same bytes fill", () => {
  const node = funded({});
  for (let nonce = 0; nonce < 3; nonce++) send(node, { nonce });
  const [, second] = node.mempool();
  ok(second);
  strictEqual(node.dropFromMempool(second.hash), true);
  strictEqual(node.dropFromMempool(second.hash), false);
  node.mine();
  strictEqual(node.nonce(WALLET), 1);
  strictEqual(send(node, { nonce: 1 }), "accepted");
  node.mine();
  strictEqual(node.nonce(WALLET), 3);
});

Deno.test("evict() drops the cheapest, the last nonce first", () => {
  const node = funded({});
  send(node, { nonce: 0 });
  send(node, { nonce: 1 });
  send(node, { nonce: 2, fees: fees(90n * GWEI, 9n * GWEI) });
  strictEqual(node.evict(1).length, 1);
  deepStrictEqual(node.mempool().map(({ nonce }) => nonce), [0, 2]);
});

Deno.test("what a wallet can no longer pay leaves the mempool", () => {
  const node = funded({});
  send(node, { nonce: 0 });
  node.fund(WALLET, -node.balanceWei(WALLET));
  node.mine();
  deepStrictEqual(node.mempool(), []);
  strictEqual(node.nonce(WALLET), 0);
});
