/**
 * What every ledger reads.
 *
 * @module
 */

import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import type { LedgerReader, MinerAccount } from "../../domain/ports/ledger.ts";
import { isFault } from "../support/faults.ts";
import {
  ALICE,
  ALICE_IN_FLIGHT,
  BOB,
  hash,
  hashOf,
  type LedgerTest,
  POOL,
  SHARED_KEYS,
  text,
  TO_ALICE,
  TO_BOB,
  WALLET,
  wrongValue,
  zset,
} from "./ledger_fixtures.ts";

/** Registers the tests. */
export function ledgerReaderTests(test: LedgerTest): void {
  test("miners() tells logins as the keys have them, and balances as they stand", async (harness) => {
    await harness.seed({
      ...POOL,
      "eth:miners:": hash({ balance: "1" }),
      "eth:miners:a:b:c": hash({ balance: "0.5" }),
      "eth:miners:0xUPPER": hash({ balance: "-3" }),
      "eth:miners:new": hash({ immature: "7" }),
      "eth:miners:broken": text("x"),
      "eth:miners:sorted": zset(["x", 1]),
      "eth:minersweeper:x": hash({ balance: "4" }),
      "etc:miners:x": hash({ balance: "5" }),
      "eth:payments:x": zset([`${hashOf(1)}:6`, 1]),
    });
    await using ledger = await harness.ledger();
    deepStrictEqual(await allMiners(ledger), [
      { login: "", balance: "1", wrongType: null },
      { login: "0xUPPER", balance: "-3", wrongType: null },
      { login: ALICE, balance: "600000005", wrongType: null },
      { login: BOB, balance: "700000000", wrongType: null },
      { login: "a:b:c", balance: "0.5", wrongType: null },
      { login: "broken", balance: null, wrongType: "string" },
      { login: "new", balance: null, wrongType: null },
      { login: "sorted", balance: null, wrongType: "zset" },
    ]);
  });

  test("miners() tells each of many, and none twice while no key comes or goes", async (harness) => {
    const logins = Array.from({ length: 3_000 }, (_, index) => `miner-${index + 1_000}`);
    await harness.seed(
      Object.fromEntries(
        logins.map((login) => [`eth:miners:${login}`, hash({ balance: login.slice(6) })]),
      ),
    );
    await using ledger = await harness.ledger();
    deepStrictEqual(
      await allMiners(ledger),
      logins.map((login) => ({ login, balance: login.slice(6), wrongType: null })),
    );
  });

  test("miners() of an empty ledger are none", async (harness) => {
    await using ledger = await harness.ledger();
    deepStrictEqual(await allMiners(ledger), []);
  });

  test("miners() ends with the signal's reason, and not as if that were all", async (harness) => {
    await harness.seed(POOL);
    await using ledger = await harness.ledger();
    const signal = AbortSignal.abort(new Error("enough"));
    await rejects(Array.fromAsync(ledger.miners(signal)), /^Error: enough$/);
  });

  test("obligations() of an empty ledger are none", async (harness) => {
    await using ledger = await harness.ledger();
    const found = await ledger.obligations();
    deepStrictEqual([found.lock, found.lease, found.pending], [null, null, []]);
    const { journal, pendingTx, pendingNonce, held, nonces } = found;
    for (const map of [journal, pendingTx, pendingNonce, held, nonces]) strictEqual(map.size, 0);
  });

  test("obligations() tells everything unresolved, as it stands there", async (harness) => {
    await harness.seed({
      ...POOL,
      "eth:payments:lock": text(`${ALICE}:600000000`),
      "eth:payments:lease": text("paydirt:one"),
      "eth:payments:pending": zset([`${ALICE}:600000000`, 1], ["a:b:7", 2], ["no-amount", 3]),
      "eth:payments:journal": hash({ "a:b:7": "no record", [`${ALICE}:600000000`]: '{"v":2}' }),
      "eth:payments:pendingtx": hash({ "a:b:7": hashOf(1) }),
      "eth:payments:pendingnonce": hash({ "a:b:7": "12" }),
      "eth:payments:held": hash({ [BOB]: "by hand" }),
    });
    await using ledger = await harness.ledger();
    const found = await ledger.obligations();
    strictEqual(found.lock, `${ALICE}:600000000`);
    strictEqual(found.lease, "paydirt:one");
    deepStrictEqual([...found.pending].sort((one, other) => one.at - other.at), [
      {
        kind: "row",
        key: `${ALICE}:600000000`,
        login: ALICE,
        amountShannon: 600_000_000n,
        at: 1,
      },
      { kind: "row", key: "a:b:7", login: "a:b", amountShannon: 7n, at: 2 },
      { kind: "malformed", member: "no-amount", at: 3 },
    ]);
    deepStrictEqual(
      found.journal as ReadonlyMap<string, string>,
      new Map([["a:b:7", "no record"], [`${ALICE}:600000000`, '{"v":2}']]),
    );
    deepStrictEqual(found.pendingTx, new Map([["a:b:7", hashOf(1)]]));
    deepStrictEqual(found.pendingNonce, new Map([["a:b:7", "12"]]));
    deepStrictEqual(found.held, new Map([[BOB, "by hand"]]));
    deepStrictEqual(found.nonces, new Map([[WALLET, "7"]]));
  });

  for (const key of SHARED_KEYS.filter((key) => !/finances|all$/.test(key))) {
    test(`obligations() rejects a key ${key} of another type`, async (harness) => {
      await harness.seed({ ...POOL, [key]: wrongValue(key) });
      await using ledger = await harness.ledger();
      await rejects(() => ledger.obligations(), isFault("ledger-wrong-type", `"${key}"`));
    });
  }

  test("recorded() says of each row whether it is there", async (harness) => {
    await harness.seed({
      "eth:payments:all": zset(
        [`${hashOf(1)}:${ALICE}:600000000`, 1],
        [`${hashOf(2)}:${BOB}:1`, 2],
      ),
    });
    await using ledger = await harness.ledger();
    const rows = [
      { debt: TO_ALICE, hash: hashOf(1) },
      { debt: TO_ALICE, hash: hashOf(2) },
      { debt: TO_BOB, hash: hashOf(2) },
      { debt: TO_ALICE, hash: hashOf(1) },
    ];
    deepStrictEqual(await ledger.recorded(rows), [true, false, false, true]);
    deepStrictEqual(await ledger.recorded([]), []);
  });

  test("newestPaid() tells the newest first, and no more than it is asked for", async (harness) => {
    await harness.seed({
      "eth:payments:all": zset(
        [`${hashOf(9)}:${ALICE}:1`, 1],
        [`${hashOf(3)}:a:b:2`, 2],
        [`:${BOB}:3`, 3],
        [`${hashOf(5)}:${BOB}:4:21000`, 4],
      ),
    });
    await using ledger = await harness.ledger();
    const rows = [
      { hash: hashOf(5), login: BOB, amountShannon: "4", at: 4 },
      { hash: "", login: BOB, amountShannon: "3", at: 3 },
      { hash: hashOf(3), login: "a:b", amountShannon: "2", at: 2 },
      { hash: hashOf(9), login: ALICE, amountShannon: "1", at: 1 },
    ];
    deepStrictEqual(await ledger.newestPaid(10), rows);
    deepStrictEqual(await ledger.newestPaid(3), rows.slice(0, 3));
    deepStrictEqual(await ledger.newestPaid(0), []);
  });

  for (const read of ["recorded", "newestPaid"] as const) {
    test(`${read}() rejects payments of another type`, async (harness) => {
      await harness.seed({ "eth:payments:all": text("x") });
      await using ledger = await harness.ledger();
      await rejects(
        () =>
          read === "recorded"
            ? ledger.recorded([{ debt: TO_ALICE, hash: hashOf(1) }])
            : ledger.newestPaid(5),
        isFault("ledger-wrong-type", `"eth:payments:all"`),
      );
    });
  }

  for (const field of ["balance", "pending", "paid"]) {
    test(`checkTypes() rejects finances whose ${field} is no integer`, async (harness) => {
      await harness.seed({ "eth:finances": { type: "hash", value: { [field]: "1.5" } } });
      await using ledger = await harness.ledger();
      await rejects(() => ledger.checkTypes(), isFault("ledger-wrong-type", `"${field}"`));
    });
  }

  test("checkTypes() accepts an empty ledger and one in use", async (harness) => {
    await using ledger = await harness.ledger();
    await ledger.checkTypes();
    await harness.seed({ ...ALICE_IN_FLIGHT, "eth:payments:lock": text("paydirt:one") });
    await ledger.checkTypes();
  });

  for (const key of SHARED_KEYS) {
    test(`checkTypes() rejects a key ${key} of another type`, async (harness) => {
      await harness.seed({ ...POOL, [key]: wrongValue(key) });
      await using ledger = await harness.ledger();
      await rejects(() => ledger.checkTypes(), isFault("ledger-wrong-type", `"${key}"`));
    });
  }

  test("reading writes nothing", async (harness) => {
    await harness.seed(ALICE_IN_FLIGHT);
    await using ledger = await harness.ledger();
    await ledger.server();
    await allMiners(ledger);
    await ledger.obligations();
    await ledger.recorded([{ debt: TO_BOB, hash: hashOf(1) }]);
    await ledger.newestPaid(5);
    await ledger.checkTypes();
    deepStrictEqual(await harness.dump(), ALICE_IN_FLIGHT);
  });

  test("server() tells a process by its run id", async (harness) => {
    await using one = await harness.ledger();
    await using other = await harness.ledger();
    const { runId } = await one.server();
    strictEqual(typeof runId, "string");
    strictEqual((await other.server()).runId, runId);
  });
}

async function allMiners(ledger: LedgerReader): Promise<readonly MinerAccount[]> {
  const found: MinerAccount[] = [];
  for await (const page of ledger.miners()) found.push(...page);
  return found.sort((one, other) => one.login < other.login ? -1 : 1);
}
