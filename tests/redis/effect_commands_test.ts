import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { commandsOf } from "../../adapters/redis/effect_commands.ts";
import { type Effect, effectsOf } from "../../domain/effect.ts";
import { ledgerKeys } from "../../domain/ledger_keys.ts";
import { MAX_SHANNON, shannon } from "../../domain/money.ts";
import type { Transition } from "../../domain/transition.ts";
import { ALICE, BOB, hashOf, payment, SETTLED_AT, WALLET } from "../contract/ledger_fixtures.ts";

const KEYS = ledgerKeys("eth");

function debit(login: string, nonce: number): Transition {
  return { kind: "debit", payment: payment({ login, amount: 5n, nonce }) };
}

Deno.test("commandsOf() writes what many payments write to one key in one command", () => {
  const commands = commandsOf(KEYS, [debit(ALICE, 7), debit(BOB, 8)].flatMap(effectsOf));
  const about = (key: string) => commands.filter(([, named]) => named === key);
  deepStrictEqual(commands.map(([name, key]) => `${name} ${key}`), [
    ...[`HINCRBY eth:miners:${ALICE}`, `HINCRBY eth:miners:${ALICE}`],
    ...["HINCRBY eth:finances", "HINCRBY eth:finances"],
    ...["ZADD eth:payments:pending", "HSET eth:payments:pendingtx"],
    ...["HSET eth:payments:pendingnonce", "HSET eth:payments:journal", "HSET eth:payments:nonces"],
    ...[`HINCRBY eth:miners:${BOB}`, `HINCRBY eth:miners:${BOB}`],
  ]);
  deepStrictEqual(about("eth:finances"), [
    ["HINCRBY", "eth:finances", "balance", "-10"],
    ["HINCRBY", "eth:finances", "pending", "10"],
  ]);
  deepStrictEqual(about("eth:payments:pendingnonce"), [
    ["HSET", "eth:payments:pendingnonce", `${ALICE}:5`, "7", `${BOB}:5`, "8"],
  ]);
  deepStrictEqual(about("eth:payments:nonces"), [
    ["HSET", "eth:payments:nonces", WALLET, "8", WALLET, "9"],
  ]);
});

Deno.test("commandsOf() keeps the order of what is written to a key and taken out of it", () => {
  const one = payment({ login: ALICE, amount: 5n, nonce: 7 });
  const settle: Transition = {
    kind: "settle",
    debt: one,
    payment: one,
    hash: hashOf(70),
    at: SETTLED_AT,
  };
  const transitions = [debit(ALICE, 7), settle, debit(ALICE, 8)];
  const commands = commandsOf(KEYS, transitions.flatMap(effectsOf));
  for (const key of ["eth:payments:pending", "eth:payments:journal"]) {
    const names = commands.filter(([, named]) => named === key).map(([name]) => name);
    strictEqual(names.length, 3, key);
    strictEqual(names[0], names[2]);
  }
});

Deno.test("commandsOf() adds nothing up beyond what Redis can add", () => {
  const add = (amount: bigint): Effect => ({
    kind: "add",
    account: { kind: "finances" },
    field: "paid",
    amountShannon: shannon(amount),
  });
  deepStrictEqual(commandsOf(KEYS, [add(MAX_SHANNON), add(1n), add(2n)]), [
    ["HINCRBY", "eth:finances", "paid", String(MAX_SHANNON)],
    ["HINCRBY", "eth:finances", "paid", "3"],
  ]);
});
