import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import {
  ALICE,
  ALICE_CREDITED,
  ALICE_IN_FLIGHT,
  ALICE_LEFT_BY_GO,
  ALICE_SETTLED,
  hash,
  hashOf,
  POOL,
  SETTLED_AT,
  TO_ALICE,
} from "../contract/ledger_fixtures.ts";
import { isFault } from "../support/faults.ts";
import { attackedRedis, lockedBy } from "./attacked_redis.ts";

const DEBIT = { kind: "debit", payment: TO_ALICE } as const;
const SETTLE = {
  kind: "settle",
  debt: TO_ALICE,
  payment: TO_ALICE,
  hash: hashOf(70),
  at: SETTLED_AT,
} as const;

for (const where of ["WATCH", "MULTI", "EXEC"]) {
  Deno.test(`commit() of a run frozen at ${where} while another takes over writes nothing`, async () => {
    await using attacked = await attackedRedis();
    await attacked.seed(POOL);
    await using one = await attacked.ledger();
    await using two = await attacked.ledger();
    const frozen = await lockedBy(one);
    const [stopped, outcome] = [attacked.proxy.intercept(where), frozen.commit([DEBIT])];
    const fenced = rejects(outcome, isFault("fenced", '"paydirt:two"'));
    const request = await stopped;
    await attacked.client.del("eth:payments:lease");
    const other = await lockedBy(two, "two");
    request.pass();
    await fenced;
    deepStrictEqual(await attacked.records(), POOL);
    deepStrictEqual(await other.commit([DEBIT]), { kind: "applied" });
    deepStrictEqual(await attacked.records(), ALICE_IN_FLIGHT);
  });
}

for (const where of ["WATCH", "EXEC"]) {
  Deno.test(`commit() whose answer is lost leaves a lock alone that is taken at the ${where} of its touch`, async () => {
    await using attacked = await attackedRedis();
    await attacked.seed(POOL);
    await using one = await attacked.ledger();
    await using two = await attacked.ledger();
    const frozen = await lockedBy(one);
    const [exec, outcome] = [attacked.proxy.intercept("EXEC"), frozen.commit([DEBIT])];
    const held = (await exec).hold();
    const fenced = rejects(outcome, isFault("fenced"));
    const touch = await attacked.proxy.intercept(where);
    await attacked.client.del("eth:payments:lease");
    await lockedBy(two, "two");
    touch.pass();
    await fenced;
    match(await held.deliver(), /\*-1\r\n$/);
    deepStrictEqual(await attacked.records(), POOL);
    strictEqual(await attacked.client.get("eth:payments:lock"), "paydirt:two");
  });
}

Deno.test("commit() and renew() at the same time wait for each other", async () => {
  await using attacked = await attackedRedis();
  await attacked.seed(POOL);
  await using ledger = await attacked.ledger();
  const fence = await lockedBy(ledger);
  const before = attacked.proxy.requests.length;
  const [exec, commit] = [attacked.proxy.intercept("EXEC"), fence.commit([DEBIT])];
  const renewals = [fence.renew(), fence.renew()];
  const request = await exec;
  // Nothing of the renewals has come between WATCH and EXEC.
  deepStrictEqual(
    commandsIn(attacked.proxy.requests.slice(before)),
    ["INFO", "WATCH", "MULTI"]
      .slice(1).concat("EXEC"),
  );
  request.pass();
  deepStrictEqual(await commit, { kind: "applied" });
  await Promise.all(renewals);
  deepStrictEqual(commandsIn(attacked.proxy.requests.slice(before)), [
    ...["WATCH", "MULTI", "EXEC"],
    ...["WATCH", "MULTI", "EXEC"],
    ...["WATCH", "MULTI", "EXEC"],
  ]);
});

/** The commands of transactions in requests, in order. */
function commandsIn(requests: readonly string[]): readonly string[] {
  return requests.flatMap((request) => request.match(/\b(?:WATCH|MULTI|EXEC)\b/g) ?? []);
}

Deno.test("commit() tells the exact state when a command fails inside EXEC", async () => {
  await using attacked = await attackedRedis();
  await attacked.seed(ALICE_IN_FLIGHT);
  await using ledger = await attacked.ledger();
  const fence = await lockedBy(ledger);
  const [exec, outcome] = [attacked.proxy.intercept("EXEC"), fence.commit([SETTLE])];
  const broken = rejects(outcome, (error) => {
    isFault("ledger-broken", "applied 9 of 10 commands")(error);
    match(
      (error as Error).message,
      new RegExp(`"ZADD eth:payments:${ALICE} ${SETTLED_AT} .*" \\(WRONGTYPE [^)]*\\)`),
    );
    ok(!(error as Error).message.includes("\n"));
    return true;
  });
  const request = await exec;
  await attacked.client.set(`eth:payments:${ALICE}`, "not a sorted set");
  request.pass();
  await broken;
  // The other nine stand, as the message says.
  const { "eth:finances": finances, "eth:payments:journal": journal } = await attacked.records();
  deepStrictEqual([finances, journal], [ALICE_SETTLED["eth:finances"], undefined]);
});

Deno.test("commit() names each command that failed inside EXEC, and shortens records", async () => {
  await using attacked = await attackedRedis();
  await attacked.seed(POOL);
  await using ledger = await attacked.ledger();
  const fence = await lockedBy(ledger);
  const [exec, outcome] = [attacked.proxy.intercept("EXEC"), fence.commit([DEBIT])];
  const broken = rejects(outcome, (error) => {
    isFault("ledger-broken", "applied 7 of 9 commands")(error);
    const { message } = error as Error;
    ok(message.includes('"HINCRBY eth:finances balance -600000000"'), message);
    ok(message.includes('"HINCRBY eth:finances pending 600000000"'), message);
    return true;
  });
  const request = await exec;
  await attacked.client.set("eth:finances", "not a hash");
  request.pass();
  await broken;
});

Deno.test("commit() of a settlement whose row a Go resolver takes meanwhile is refused", async () => {
  await using attacked = await attackedRedis();
  await attacked.seed(ALICE_IN_FLIGHT);
  await using ledger = await attacked.ledger();
  const fence = await lockedBy(ledger);
  const [exec, outcome] = [attacked.proxy.intercept("EXEC"), fence.commit([SETTLE])];
  const request = await exec;
  // It credits back what is pending and asks nobody.
  await attacked.client.hmset("eth:finances", { balance: "1300000005", pending: "0" });
  await attacked.client.hmset(`eth:miners:${ALICE}`, { balance: "600000005", pending: "0" });
  await attacked.client.del("eth:payments:pending");
  request.pass();
  strictEqual((await outcome).kind, "refused");
  const { "eth:finances": finances } = await attacked.records();
  deepStrictEqual(finances, ALICE_CREDITED["eth:finances"]);
});

Deno.test("commit() whose EXEC is lost is not taken for applied because a Go resolver took its row", async () => {
  await using attacked = await attackedRedis();
  await attacked.seed(ALICE_LEFT_BY_GO);
  await using ledger = await attacked.ledger();
  const fence = await lockedBy(ledger);
  const [exec, touch] = [attacked.proxy.intercept("EXEC"), attacked.proxy.intercept("EXEC")];
  const outcome = fence.commit([{ ...SETTLE, payment: null }]);
  (await exec).cutBefore();
  const request = await touch;
  await attacked.client.del("eth:payments:pending");
  request.pass();
  strictEqual((await outcome).kind, "refused");
  strictEqual((await attacked.records())["eth:payments:all"], undefined);
});

Deno.test("commit() of an attempt blames no payee for a shared key of the wrong type", async () => {
  await using attacked = await attackedRedis();
  await attacked.seed({ ...ALICE_IN_FLIGHT, "eth:payments:pending": hash({ a: "1" }) });
  await using ledger = await attacked.ledger();
  const fence = await lockedBy(ledger);
  const outcome = await fence.commit([
    { kind: "record-attempt", before: TO_ALICE, after: TO_ALICE },
  ]);
  ok(outcome.kind === "refused");
  strictEqual(outcome.problems[0]?.login, null);
  match(outcome.problems[0]?.detail ?? "", /"eth:payments:pending" is a hash/);
});

Deno.test("commit() takes no key for what it was not when it was read", async () => {
  await using attacked = await attackedRedis();
  const miner = `eth:miners:${ALICE}`;
  await attacked.seed({ ...ALICE_IN_FLIGHT, [miner]: { type: "string", value: "no hash" } });
  await using ledger = await attacked.ledger();
  const fence = await lockedBy(ledger);
  const asked = attacked.proxy.intercept(`TYPE\r\n$${miner.length}\r\n${miner}`);
  const outcome = fence.commit([SETTLE]);
  const request = await asked;
  // Somebody mends the key between the two questions.
  await attacked.client.del(miner);
  request.pass();
  const refused = await outcome;
  ok(refused.kind === "refused");
  strictEqual(refused.problems[0]?.login, ALICE);
  strictEqual((await attacked.records())["eth:payments:all"], undefined);
});

Deno.test("renew() and release() leave a lease alone that is another's", async () => {
  await using attacked = await attackedRedis();
  await using ledger = await attacked.ledger();
  const fence = await lockedBy(ledger);
  await attacked.client.set("eth:payments:lease", "paydirt:two");
  await fence.renew();
  await fence.release();
  strictEqual(await attacked.client.get("eth:payments:lease"), "paydirt:two");
});

Deno.test("a ledger closes the connections of fences that were never released", async () => {
  await using attacked = await attackedRedis();
  const ledger = await attacked.ledger();
  const fence = await lockedBy(ledger);
  await ledger[Symbol.asyncDispose]();
  await rejects(() => fence.renew(), isFault("ledger-unreachable", "closed"));
  await rejects(() => ledger.obligations(), isFault("ledger-unreachable", "closed"));
});
