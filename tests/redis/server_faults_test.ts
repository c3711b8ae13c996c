import { deepStrictEqual, match, rejects, strictEqual } from "node:assert/strict";
import type { FaultKind } from "../../domain/fault.ts";
import { ALICE_IN_FLIGHT, POOL, TO_ALICE } from "../contract/ledger_fixtures.ts";
import { isFault } from "../support/faults.ts";
import { type AttackedRedis, attackedRedis, lockedBy } from "./attacked_redis.ts";

const DEBIT = { kind: "debit", payment: TO_ALICE } as const;

Deno.test("a run stops when its server was restarted: it may have lost writes", async () => {
  await using attacked = await attackedRedis({
    args: ["--appendonly", "yes", "--appendfsync", "always"],
  });
  await attacked.seed(POOL);
  await using ledger = await attacked.ledger();
  const fence = await lockedBy(ledger);
  await attacked.redis.restart();
  await rejects(() => fence.commit([DEBIT]), isFault("ledger-changed"));
  await rejects(() => fence.renew(), isFault("ledger-changed"));
  await rejects(() => fence.release(), isFault("ledger-changed"));
  await rejects(() => ledger.obligations(), isFault("ledger-changed"));
  await rejects(() => ledger.lock("one"), isFault("ledger-changed"));
  deepStrictEqual(await attacked.records(), POOL);
});

Deno.test("commit() does not look for its EXEC in a server that was restarted", async () => {
  await using attacked = await attackedRedis();
  await attacked.seed(POOL);
  const restarted = Promise.withResolvers<void>();
  await using ledger = await attacked.ledger({ onPause: () => restarted.promise });
  const fence = await lockedBy(ledger);
  const [exec, outcome] = [attacked.proxy.intercept("EXEC"), fence.commit([DEBIT])];
  const changed = rejects(outcome, isFault("ledger-changed"));
  await exec;
  await attacked.redis.restart();
  restarted.resolve();
  await changed;
  deepStrictEqual(await attacked.records(), {});
});

Deno.test("a run waits for a server that comes back in time, and gives up on one that does not", async () => {
  await using attacked = await attackedRedis();
  await attacked.seed(POOL);
  const pauses: number[] = [];
  await using ledger = await attacked.ledger({
    timeoutMs: 200,
    onPause: () => void pauses.push(1),
  });
  const fence = await lockedBy(ledger);
  attacked.redis.signal("SIGSTOP");
  await rejects(() => fence.commit([DEBIT]), isFault("ledger-unreachable"));
  attacked.redis.signal("SIGCONT");
  strictEqual(pauses.length, 5);
  deepStrictEqual(await attacked.records(), POOL);
  deepStrictEqual(await fence.commit([DEBIT]), { kind: "applied" });
  deepStrictEqual(await attacked.records(), ALICE_IN_FLIGHT);
});

for (const where of ["WATCH", "EXEC"]) {
  Deno.test(`commit() is applied once when the server freezes at ${where} beyond the time-out`, async () => {
    await using attacked = await attackedRedis();
    await attacked.seed(POOL);
    await using ledger = await attacked.ledger({
      timeoutMs: 300,
      onPause: () => attacked.redis.signal("SIGCONT"),
    });
    const fence = await lockedBy(ledger);
    const [stopped, outcome] = [attacked.proxy.intercept(where), fence.commit([DEBIT])];
    const request = await stopped;
    attacked.redis.signal("SIGSTOP");
    request.pass();
    deepStrictEqual(await outcome, { kind: "applied" });
    deepStrictEqual(await attacked.records(), ALICE_IN_FLIGHT);
  });
}

Deno.test("commit() whose answer never comes, on a link that stays, is applied once", async () => {
  await using attacked = await attackedRedis();
  await attacked.seed(POOL);
  await using ledger = await attacked.ledger({ timeoutMs: 300 });
  const fence = await lockedBy(ledger);
  const [exec, outcome] = [attacked.proxy.intercept("EXEC"), fence.commit([DEBIT])];
  (await exec).silence();
  deepStrictEqual(await outcome, { kind: "applied" });
  deepStrictEqual(await attacked.records(), ALICE_IN_FLIGHT);
});

Deno.test("all connections may be killed at any time between two steps", async () => {
  await using attacked = await attackedRedis();
  await attacked.seed(POOL);
  await using ledger = await attacked.ledger();
  const fence = await lockedBy(ledger);
  const kill = () => attacked.client.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
  await kill();
  deepStrictEqual(await fence.commit([DEBIT]), { kind: "applied" });
  await kill();
  strictEqual((await ledger.obligations()).pending.length, 1);
  await kill();
  await fence.renew();
  await kill();
  deepStrictEqual(await fence.release(), { lockReleased: false });
});

Deno.test("a reading whose answer is lost is asked again", async () => {
  await using attacked = await attackedRedis();
  await attacked.seed(ALICE_IN_FLIGHT);
  await using ledger = await attacked.ledger();
  const [request, found] = [attacked.proxy.intercept("ZSCAN"), ledger.obligations()];
  (await request).cutBefore();
  strictEqual((await found).pending.length, 1);
});

/** Servers that say no in the middle of a run: how they come to it, and what the run says. */
const REFUSALS: Readonly<
  Record<string, {
    readonly begin: (attacked: AttackedRedis) => Promise<unknown>;
    readonly end: (attacked: AttackedRedis) => Promise<unknown>;
    readonly kind: FaultKind;
  }>
> = {
  READONLY: {
    begin: ({ client }) => client.call("REPLICAOF", "127.0.0.1", "1"),
    end: ({ client }) => client.call("REPLICAOF", "NO", "ONE"),
    kind: "ledger-unreachable",
  },
  OOM: {
    begin: ({ client }) => client.config("SET", "maxmemory", "1"),
    end: ({ client }) => client.config("SET", "maxmemory", "0"),
    kind: "ledger-unreachable",
  },
  NOREPLICAS: {
    begin: ({ client }) => client.config("SET", "min-replicas-to-write", "1"),
    end: ({ client }) => client.config("SET", "min-replicas-to-write", "0"),
    kind: "ledger-unreachable",
  },
  NOPERM: {
    begin: ({ client }) => client.call("ACL", "SETUSER", "default", "-hincrby"),
    end: ({ client }) => client.call("ACL", "SETUSER", "default", "+@all"),
    kind: "ledger-refused",
  },
};

for (const [code, { begin, end, kind }] of Object.entries(REFUSALS)) {
  for (const where of ["WATCH", "MULTI", "EXEC"]) {
    Deno.test(`commit() writes nothing when the server says ${code} from ${where} on, and goes on after it`, async () => {
      await using attacked = await attackedRedis();
      await attacked.seed(POOL);
      await using ledger = await attacked.ledger();
      const fence = await lockedBy(ledger);
      const [stopped, outcome] = [attacked.proxy.intercept(where), fence.commit([DEBIT])];
      const refused = rejects(outcome, isFault(kind, code));
      const request = await stopped;
      await begin(attacked);
      request.pass();
      await refused;
      await end(attacked);
      deepStrictEqual(await attacked.records(), POOL);
      deepStrictEqual(await fence.commit([DEBIT]), { kind: "applied" });
      deepStrictEqual(await attacked.records(), ALICE_IN_FLIGHT);
    });
  }
}

for (const command of ["watch", "multi", "exec"]) {
  Deno.test(`commit() writes nothing for a user who may not ${command}, and goes on when he may`, async () => {
    await using attacked = await attackedRedis();
    await attacked.seed(POOL);
    await using ledger = await attacked.ledger();
    const fence = await lockedBy(ledger);
    await attacked.client.call("ACL", "SETUSER", "default", `-${command}`);
    await rejects(() => fence.commit([DEBIT]), isFault("ledger-refused", "NOPERM"));
    await attacked.client.call("ACL", "SETUSER", "default", `+${command}`);
    deepStrictEqual(await attacked.records(), POOL);
    const before = attacked.proxy.requests.length;
    deepStrictEqual(await fence.commit([DEBIT]), { kind: "applied" });
    // On a new connection: nobody knows whether the old one is still in its MULTI.
    match(attacked.proxy.requests.slice(before).join(""), /INFO/);
  });
}

Deno.test("commit() does not wait for a script that keeps the server busy", async () => {
  await using attacked = await attackedRedis({ args: ["--lua-time-limit", "1"] });
  const { client } = attacked;
  await attacked.seed(POOL);
  await using ledger = await attacked.ledger();
  const fence = await lockedBy(ledger);
  const other = client.duplicate();
  await other.ping();
  const script = rejects(client.eval("while true do end", 0));
  try {
    // Redis answers BUSY as soon as the script is over its time.
    while (await other.get("x").then(() => true, () => false));
    await rejects(() => fence.commit([DEBIT]), isFault("ledger-unreachable", "BUSY"));
  } finally {
    await other.script("KILL");
    await script;
    await other.quit();
  }
  deepStrictEqual(await attacked.records(), POOL);
  deepStrictEqual(await fence.commit([DEBIT]), { kind: "applied" });
});
