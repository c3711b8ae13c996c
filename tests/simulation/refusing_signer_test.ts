import assert from "node:assert/strict";
import { memorySigner } from "../../adapters/memory/mod.ts";
import { exitCodeOfRun } from "../../app/exit_code.ts";
import { Fault } from "../../domain/fault.ts";
import { wei } from "../../domain/money.ts";
import type { BytesSigner, Signer, TransferRequest } from "../../domain/ports/signer.ts";
import { WALLET } from "./payees.ts";
import { miner, SmallPool } from "./small_pool.ts";

const PAID_WEI = 600_000_000n * 1_000_000_000n;

/** A signer with a rule of its own; it refuses a whole list for one request. */
function refusing(rule: (request: TransferRequest) => boolean): Signer {
  const signer = memorySigner(WALLET) as BytesSigner;
  return {
    kind: "bytes",
    name: "a strict signer",
    address: () => signer.address(),
    sign: (requests) =>
      requests.some(rule)
        ? Promise.reject(new Fault("signer", "A strict signer said no"))
        : signer.sign(requests),
  };
}

Deno.test("runPayouts() skips whom the signer refuses, and pays the others at nonces without a gap", async () => {
  const pool = new SmallPool(5);
  const signer = refusing(({ to }) => to === miner(2));
  const report = await pool.run({ ports: pool.ports({ signer }) });
  assert.equal(report.paid.length, 4);
  assert.deepEqual(report.paid.map(({ nonce }) => nonce).sort(), [0, 1, 2, 3]);
  assert.deepEqual(report.skipped, [
    { login: miner(2), amountShannon: 600_000_000n, reason: "signer-refused" },
  ]);
  assert.equal(pool.node.balanceWei(miner(2)), 0n);
  assert.equal(exitCodeOfRun(report), 3);
});

Deno.test("runPayouts() stops at a signer that signs nothing, before any debit", async () => {
  const pool = new SmallPool(5);
  const ports = pool.ports({ signer: refusing(() => true) });
  await assert.rejects(pool.run({ ports }), { kind: "signer" });
  assert.equal(pool.count("debited"), 0);
});

Deno.test("runPayouts() keeps the old attempt where the signer refuses a raise, and pays the others", async () => {
  const pool = new SmallPool(3);
  const seen = new Set<string>();
  const signer = refusing(({ to }) => {
    if (to !== miner(0)) return false;
    const again = seen.has(to);
    seen.add(to);
    return again;
  });
  const ports = pool.ports({ signer });
  let blocks = 0;
  const report = await pool.run({
    ports,
    policy: { bumpAfterBlocks: 2, ceilingWei: wei(10n ** 12n) },
    // Too dear at first, so that fees are raised; cheap again before long.
    beforeBlock: () => pool.node.setBaseFee(wei(blocks++ < 8 ? 10n ** 11n : 10n ** 9n)),
  });
  assert.equal(report.paid.length, 3, JSON.stringify(report.stopped));
  const kept = pool.events.filter((event) =>
    event.kind === "trouble" && /keeps its fees: A strict signer said no/.test(event.detail)
  );
  assert.ok(kept.length > 0);
  assert.ok(pool.count("replaced") > 0);
  for (let index = 0; index < 3; index++) {
    assert.equal(pool.node.balanceWei(miner(index)), PAID_WEI);
  }
});
