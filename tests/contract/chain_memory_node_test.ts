import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { memoryChain } from "../../adapters/memory/chain.ts";
import { MemoryNode } from "../../adapters/memory/chain_node.ts";
import { cheapHash } from "../../adapters/memory/chain_transaction.ts";
import { memoryNodeSigner } from "../../adapters/memory/signer.ts";
import type { Hash } from "../../domain/address.ts";
import { valueOf } from "../../domain/fact.ts";
import { wei } from "../../domain/money.ts";
import {
  COIN,
  encode,
  fees,
  funded,
  GWEI,
  PAYEE,
  request,
  send,
  STRANGER,
  WALLET,
} from "./chain_memory_support.ts";

Deno.test("blocks are bounded by gas, and full ones raise the base fee by an eighth", () => {
  const node = funded({ gasLimit: 210_000n, baseFeeWei: wei(80n * GWEI) });
  node.setBaseFee(wei(80n * GWEI));
  for (let nonce = 0; nonce < 15; nonce++) send(node, { nonce, fees: fees(200n * GWEI, GWEI) });
  node.mine();
  strictEqual(node.nonce(WALLET), 10);
  strictEqual(node.baseFeeWei, 90n * GWEI);
  node.mine();
  strictEqual(node.baseFeeWei, 90n * GWEI);
  node.mine();
  strictEqual(node.baseFeeWei, 90n * GWEI * 7n / 8n);
});

Deno.test("who pays more goes first, each in the order of nonces", () => {
  const node = funded({ gasLimit: 63_000n });
  node.fund(STRANGER, COIN);
  for (let nonce = 0; nonce < 3; nonce++) send(node, { nonce });
  const rich = { from: STRANGER, to: PAYEE, valueWei: wei(1n), fees: fees(90n * GWEI, 9n * GWEI) };
  strictEqual(node.submitForeign(rich).meaning, "accepted");
  strictEqual(node.submitForeign(rich).meaning, "accepted");
  node.mine();
  strictEqual(node.nonce(STRANGER), 2);
  strictEqual(node.nonce(WALLET), 1);
});

Deno.test("reorg() takes payments back into the mempool, and mines them again elsewhere", async () => {
  const node = funded({});
  const chain = memoryChain(node);
  const before = node.balanceWei(WALLET);
  send(node, { nonce: 0 });
  node.mine();
  send(node, { nonce: 1 });
  node.mine(2);
  const [first] = node.block(1)?.transactions ?? [];
  const oldHead = node.head;
  node.reorg(3);
  strictEqual(node.head.number, oldHead.number + 1);
  notStrictEqual(node.block(1)?.header.hash, oldHead.hash);
  strictEqual(node.nonce(WALLET), 0);
  strictEqual(node.pendingNonce(WALLET), 2);
  strictEqual(node.balanceWei(WALLET), before);
  strictEqual(node.balanceWei(PAYEE), 0n);
  const [found] = await chain.transactions([first?.hash ?? "" as Hash]);
  strictEqual(valueOf(found)?.block, null);
  node.mine();
  strictEqual(node.nonce(WALLET), 2);
  strictEqual(node.balanceWei(PAYEE), 2n);
});

Deno.test("reorg() may lose transactions, and fill its blocks with others", () => {
  const node = funded({});
  for (let nonce = 0; nonce < 3; nonce++) send(node, { nonce });
  node.mine();
  const [, second] = node.block(1)?.transactions ?? [];
  node.reorg(1, { drop: (hash) => hash === second?.hash, fill: true });
  strictEqual(node.nonce(WALLET), 1);
  deepStrictEqual(node.mempool().map(({ nonce }) => nonce), [2]);
  strictEqual(node.pendingNonce(WALLET), 1);
});

Deno.test("reorg() of everything leaves block 0, and what accounts were given", () => {
  const node = funded({});
  node.mine(3);
  node.fund(STRANGER, COIN);
  const genesis = node.block(0)?.header.hash;
  node.reorg(10, { blocks: 1 });
  strictEqual(node.head.number, 1);
  strictEqual(node.head.parentHash, genesis);
  strictEqual(node.balanceWei(STRANGER), COIN);
});

Deno.test("the state of old blocks is forgotten", async () => {
  const node = funded({ stateBlocks: 3 });
  send(node, { nonce: 0 });
  node.mine(5);
  const at = async (finalNumber: number) => {
    const question = { wallet: WALLET, headers: null, receipts: [], finalNumber };
    return (await memoryChain(node).observe(question)).finalNonce.kind;
  };
  deepStrictEqual([await at(2), await at(3), await at(5), await at(6)], [
    "unknown",
    "present",
    "present",
    "unknown",
  ]);
});

Deno.test("blocks get the clock's time, and never the one before again", () => {
  let now = 1_000_000;
  const node = new MemoryNode({ clock: { now: () => now } });
  node.mine(2);
  deepStrictEqual([0, 1, 2].map((number) => node.block(number)?.header.time), [1000, 1001, 1002]);
  now += 60_000;
  node.mine();
  strictEqual(node.head.time, 1060);
});

Deno.test("a node's account signs and sends in one step", async () => {
  const node = funded({});
  const signer = memoryNodeSigner(node, { wallet: WALLET });
  strictEqual(await signer.address(), WALLET);
  const answer = await signer.send(request({ nonce: 0 }));
  strictEqual(answer.meaning, "accepted");
  node.mine();
  strictEqual(answer.hash && node.mined(answer.hash)?.transaction.nonce, 0);
});

Deno.test("a seam stands before and after each effect", async () => {
  const node = funded({});
  const steps: string[] = [];
  const chain = memoryChain(node, {
    seam: async (method, effect) => {
      steps.push(`before ${method}: ${node.mempool().length}`);
      await undefined;
      const answer = effect();
      steps.push(`after ${method}: ${node.mempool().length}`);
      return answer;
    },
  });
  await chain.broadcast([encode({ nonce: 0 })]);
  deepStrictEqual(steps, ["before broadcast: 0", "after broadcast: 1"]);
});

Deno.test("the same history gives the same hashes", () => {
  const history = (): readonly (Hash | undefined)[] => {
    const node = funded({});
    send(node, { nonce: 0 });
    node.mine(2);
    node.reorg(1);
    return [0, 1, 2].map((number) => node.block(number)?.header.hash);
  };
  deepStrictEqual(history(), history());
});

Deno.test("cheapHash() tells texts apart", () => {
  const hashes = new Set(Array.from({ length: 50_000 }, (_, index) => cheapHash(`${index}`)));
  strictEqual(hashes.size, 50_000);
  ok([...hashes].slice(0, 100).every((hash) => /^0x[0-9a-f]{64}$/.test(hash)));
});

Deno.test("coins are neither made nor lost but for fees, whatever happens", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("send"), nonce: fc.nat(6), tip: fc.nat(9) }),
    fc.record({ kind: fc.constant("mine"), count: fc.nat(2) }),
    fc.record({ kind: fc.constant("reorg"), depth: fc.nat(4), lost: fc.boolean() }),
    fc.record({ kind: fc.constant("evict"), count: fc.nat(2) }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const node = funded({ gasLimit: 50_000n });
    const owned = node.balanceWei(WALLET);
    for (const step of steps) {
      if ("nonce" in step) {
        const tip = BigInt(step.tip + 1) * GWEI;
        send(node, { nonce: step.nonce, fees: fees(10n * tip, tip) });
      } else if ("depth" in step) node.reorg(step.depth, { drop: () => step.lost });
      else if (step.kind === "mine") node.mine(step.count);
      else node.evict(step.count);
    }
    let [burnt, paid, sent] = [0n, 0n, 0];
    for (let number = 0; number <= node.head.number; number++) {
      for (const { hash, valueWei, nonce } of node.block(number)?.transactions ?? []) {
        burnt += node.block(number)?.outcomes.get(hash)?.feeWei ?? 0n;
        paid += valueWei;
        strictEqual(nonce, sent++);
      }
    }
    strictEqual(node.balanceWei(WALLET), owned - paid - burnt);
    strictEqual(node.balanceWei(PAYEE), paid);
    strictEqual(node.nonce(WALLET), sent);
  }));
});
