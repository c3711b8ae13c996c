import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import type { Redis } from "ioredis";
import { decodeTransaction } from "../../adapters/memory/chain_transaction.ts";
import { plainLog } from "../../adapters/terminal/plain_log.ts";
import { dryRun } from "../../app/dry_run.ts";
import { runToJson } from "../../app/json_report.ts";
import type { RunOptions } from "../../app/run.ts";
import { runPayouts } from "../../app/run_payouts.ts";
import { describeDryRun, describeRun } from "../../app/text_report.ts";
import type { Hex } from "../../domain/address.ts";
import { decodeRecord } from "../../domain/journal_record.ts";
import { parseShannon, WEI_PER_SHANNON } from "../../domain/money.ts";
import type { Chain } from "../../domain/ports/chain.ts";
import { WALLET } from "../simulation/payees.ts";
import { SMALL_POLICY, SmallPool } from "../simulation/small_pool.ts";
import { KEYS } from "../simulation/world.ts";
import { fuzz } from "./fuzz.ts";
import { commit, type Deed, deeds } from "./odd_ledger.ts";
import { fill, type RedisPool, startRedisPool } from "./redis_pool.ts";
import { assertFault, assertOneLine } from "./told.ts";

const POLICY = { ...SMALL_POLICY, confirmations: 2, waitLimitMs: 30_000 };

/** A ledger in the middle of its life, and what was done to it. */
interface Case {
  /** How long an earlier run went on before it was stopped, in seconds; 0: there was none. */
  readonly before: number;
  readonly done: readonly Deed[];
  readonly options: RunOptions;
}

const cases: fc.Arbitrary<Case> = fc.record({
  before: fc.constantFrom(0, 1, 2, 3, 4),
  done: fc.array(deeds, { minLength: 1, maxLength: 6 }),
  options: fc.constantFrom<RunOptions>({}, {}, { debits: false }, {
    debits: false,
    wait: false,
    words: { seal: true, startAt: 3 },
  }),
});

Deno.test("a run over a Redis with anything at any key ends, and does what its ledger says", async () => {
  await using redis = await startRedisPool();
  await fuzz("a run over a Redis with anything at any key ends, and does what its ledger says", {
    runs: 60,
    arbitrary: cases,
    check: (one) => runOver(redis, one),
  });
});

Deno.test("a dry run over a Redis with anything at any key ends, and writes nothing", async () => {
  await using redis = await startRedisPool();
  await fuzz("a dry run over a Redis with anything at any key ends, and writes nothing", {
    runs: 60,
    arbitrary: cases,
    check: (one) => dryRunOver(redis, one),
  });
});

async function runOver(redis: RedisPool, one: Case): Promise<void> {
  const pool = await prepare(redis, one);
  const { client } = redis;
  const before = await booksOf(client);
  const arrived = new Map(arrivals(pool));
  await using ledger = await redis.ledger();
  const ports = pool.ports({
    ledger,
    chain: watched(pool.chain, client),
    report: plainLog({ write: assertOneLine, verbose: true }),
  });
  await ended(async () => {
    const report = await redis.drive(pool, runPayouts(ports, POLICY, one.options));
    for (const line of describeRun(report).split("\n")) if (line.trim() !== "") assertOneLine(line);
    JSON.stringify(runToJson(report));
  });
  assertBooks(before, await booksOf(client), one);
  assertUntouched(before, await booksOf(client));
  assertPaid(pool, { before, after: await booksOf(client), arrived });
}

async function dryRunOver(redis: RedisPool, one: Case): Promise<void> {
  const pool = await prepare(redis, one);
  const before = await everything(redis.client);
  await using ledger = await redis.ledger();
  await ended(async () => {
    const report = await redis.drive(pool, dryRun(pool.ports({ ledger }), POLICY));
    for (const line of describeDryRun(report).split("\n")) assertOneLine(line);
  });
  deepStrictEqual(await everything(redis.client), before);
}

/** Runs; a fault is an end like any other. */
async function ended(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    assertFault(error);
  }
}

/** A ledger with payments in flight, in Redis, and then spoiled. */
async function prepare({ client }: RedisPool, { before, done }: Case): Promise<SmallPool> {
  const pool = new SmallPool(6);
  if (before > 0) {
    const stop = new AbortController();
    let seconds = 0;
    await pool.run({
      policy: { ...POLICY, maxInFlight: 4 },
      options: { signal: stop.signal },
      beforeBlock() {
        if (++seconds >= before) stop.abort();
      },
    });
  }
  pool.store.delete(KEYS.lease);
  await fill(client, pool.store.dump());
  for (const deed of done) await commit(client, deed);
  await client.del(KEYS.lease);
  return pool;
}

/** The money of one account as it stands there; `null` where the key is no hash. */
type Money = Readonly<Record<string, string>> | null;

/** Every account by its key, the rows of what was paid, and who is not to be debited. */
interface Books {
  /** Logins that are held, or of which a payment is in the journal. */
  readonly waiting: ReadonlySet<string>;
  readonly accounts: ReadonlyMap<string, Money>;
  readonly paid: ReadonlySet<string>;
}

async function booksOf(client: Redis): Promise<Books> {
  const accounts = new Map<string, Money>();
  for (const key of [KEYS.finances, ...await client.keys("eth:miners:*")]) {
    accounts.set(key, await client.type(key) === "hash" ? await client.hgetall(key) : null);
  }
  const isRows = await client.type(KEYS.all) === "zset";
  const waiting = new Set<string>();
  for (const [key, cut] of [[KEYS.held, /$/], [KEYS.journal, /:[0-9]+$/]] as const) {
    if (await client.type(key) !== "hash") continue;
    for (const name of await client.hkeys(key)) waiting.add(name.replace(cut, ""));
  }
  return {
    waiting,
    accounts,
    paid: new Set(isRows ? await client.zrange(KEYS.all, "0", "-1") : []),
  };
}

const FIELDS = ["balance", "pending", "paid"];

/** Money only ever moves within an account, and what is no money stays what it is. */
function assertBooks(before: Books, after: Books, one: Case): void {
  for (const key of new Set([...before.accounts.keys(), ...after.accounts.keys()])) {
    const [was, is] = [before.accounts.get(key) ?? {}, after.accounts.get(key) ?? {}];
    const context = `${key}: ${JSON.stringify(was)} → ${JSON.stringify(is)} (${one.before} s)`;
    strictEqual(sumOf(is), sumOf(was), context);
    for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
      if (was[name] === is[name]) continue;
      ok(FIELDS.includes(name), context);
      ok(parseShannon(was[name] ?? "0") !== undefined, context);
      ok(parseShannon(is[name] ?? "") !== undefined, context);
    }
  }
}

/** Who is held or in flight is not debited once more. */
function assertUntouched(before: Books, after: Books): void {
  for (const login of before.waiting) {
    const key = KEYS.account({ kind: "miner", login });
    const [was, is] = [before, after].map(({ accounts }) => accounts.get(key)?.balance ?? "0");
    const [least, found] = [parseShannon(was ?? ""), parseShannon(is ?? "")];
    if (least === undefined || found === undefined) continue;
    ok(found >= least, `${login} waits, and was debited: ${was} → ${is}`);
  }
}

function sumOf(money: Readonly<Record<string, string>>): string {
  const odd = FIELDS.filter((name) => parseShannon(money[name] ?? "0") === undefined);
  let sum = 0n;
  for (const name of FIELDS) sum += parseShannon(money[name] ?? "0") ?? 0n;
  return `${sum} and ${odd}`;
}

/** Nobody gets more than the ledger owed, and what is recorded as paid has arrived. */
function assertPaid(
  pool: SmallPool,
  { before, after, arrived }: {
    readonly before: Books;
    readonly after: Books;
    readonly arrived: ReadonlyMap<string, Arrival>;
  },
): void {
  const all = new Map(arrivals(pool));
  const got = new Map<string, bigint>();
  for (const [hash, { to, valueWei }] of all) {
    if (!arrived.has(hash)) got.set(to, (got.get(to) ?? 0n) + valueWei);
  }
  for (const [to, valueWei] of got) {
    if (to === WALLET) continue;
    let owed = 0n;
    for (const [key, money] of before.accounts) {
      if (!key.startsWith("eth:miners:") || money === null) continue;
      if (key.slice("eth:miners:".length).toLowerCase() !== to) continue;
      for (const name of ["balance", "pending"]) {
        const amount = parseShannon(money[name] ?? "0") ?? 0n;
        if (amount > 0n) owed += amount;
      }
    }
    ok(valueWei <= owed * WEI_PER_SHANNON, `${to} got ${valueWei} Wei, and was owed ${owed}`);
  }
  for (const row of after.paid) {
    if (before.paid.has(row)) continue;
    const [hash = "", login = "", amount = ""] = row.split(":");
    const found = all.get(hash);
    ok(found !== undefined, `${row} has not arrived`);
    strictEqual(found.to, login.toLowerCase());
    strictEqual(found.valueWei, BigInt(amount) * WEI_PER_SHANNON);
  }
}

interface Arrival {
  readonly to: string;
  readonly valueWei: bigint;
}

function* arrivals({ node }: SmallPool): Generator<[string, Arrival]> {
  for (let number = 0; number <= node.head.number; number++) {
    const block = node.block(number);
    for (const { hash, from, to, valueWei } of block?.transactions ?? []) {
      if (from !== WALLET || block?.outcomes.get(hash)?.status !== "success") continue;
      yield [hash, { to: to ?? "", valueWei }];
    }
  }
}

/** A chain on which nothing is sent that the ledger's journal does not have, for that very payee. */
function watched(chain: Chain, client: Redis): Chain {
  return {
    ...chain,
    async broadcast(raws) {
      const records = Object.entries(await client.hgetall(KEYS.journal));
      for (const raw of raws) assertRecorded(raw, records);
      return await chain.broadcast(raws);
    },
  };
}

function assertRecorded(raw: Hex, records: readonly (readonly [string, string])[]): void {
  const transaction = decodeTransaction(raw);
  // What uses a nonce up moves nothing.
  if (transaction?.to === WALLET && transaction.valueWei === 0n) return;
  const found = records.find(([, text]) => {
    const decoded = decodeRecord(text);
    return "payment" in decoded && decoded.payment.attempts.some((attempt) => attempt.raw === raw);
  });
  ok(found !== undefined, `sent without a record: ${JSON.stringify(transaction, plain)}`);
  if (transaction === undefined) return; // No node takes such bytes.
  const [login = "", amount = ""] = found[0].split(":");
  strictEqual(transaction.to, login.toLowerCase());
  strictEqual(transaction.valueWei, BigInt(amount) * WEI_PER_SHANNON);
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

/** Every key with its serialized value. */
async function everything(client: Redis): Promise<ReadonlyMap<string, string>> {
  const all = new Map<string, string>();
  for (const key of (await client.keysBuffer("*")).sort()) {
    all.set(key.toString("hex"), (await client.dumpBuffer(key))?.toString("hex") ?? "");
  }
  return all;
}
