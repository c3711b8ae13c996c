import { deepStrictEqual, ok } from "node:assert/strict";
import type { OperatorWord } from "../../domain/operator_word.ts";
import { runUntilDeath } from "./dying.ts";
import { SmallPool } from "./small_pool.ts";
import { ambiguous, jammed, PAYEE, RESOLVE, say } from "./stuck_pools.ts";
import { KEYS } from "./world.ts";

/** The ledger without times, locks and what the pool's own processes write. */
function books(pool: SmallPool): unknown {
  const { store } = pool;
  return {
    payee: pool.account(PAYEE),
    finances: Object.fromEntries(store.fields(KEYS.finances)),
    pending: [...store.scores(KEYS.pending).keys()],
    journal: [...store.fields(KEYS.journal).keys()],
    all: [...store.scores(KEYS.all).keys()],
    held: [...store.fields(KEYS.held).keys()],
    lock: store.text(KEYS.lock),
  };
}

const INTERRUPTED: Readonly<
  Record<
    string,
    () => Promise<{
      readonly pool: SmallPool;
      readonly word: OperatorWord;
    }>
  >
> = {
  settle: () => {
    const { pool, hashes: [hash] } = ambiguous();
    return Promise.resolve({ pool, word: { kind: "settle", login: PAYEE, hash: hash! } });
  },
  credit: () => {
    const pool = new SmallPool(1);
    pool.leaveGoRow(PAYEE, { sent: false });
    pool.node.mine(4);
    return Promise.resolve({ pool, word: { kind: "credit", login: PAYEE } });
  },
  cancel: async () => ({ pool: await jammed(), word: { kind: "cancel", login: PAYEE } }),
  release: () => {
    const pool = new SmallPool(1);
    pool.store.setField(KEYS.held, PAYEE, "by hand");
    return Promise.resolve({ pool, word: { kind: "release", login: PAYEE } });
  },
};

for (const [name, prepare] of Object.entries(INTERRUPTED)) {
  Deno.test(`runPayouts() may die at any call while it heeds "${name}", and is told again`, async () => {
    const { pool: whole, word } = await prepare();
    await say(whole, [word]);
    await whole.run({ options: { debits: false } }).catch(() => {});
    const expected = books(whole);
    let died = true;
    for (let call = 0; died; call++) {
      for (const when of ["before", "after"] as const) {
        const { pool } = await prepare();
        died = await runUntilDeath(pool, { call, when }, { ...RESOLVE, words: { about: [word] } });
        await say(pool, [word]);
        await pool.run({ options: { debits: false } }).catch(() => {});
        deepStrictEqual(books(pool), expected, `died ${when} call ${call}`);
      }
      ok(call < 500);
    }
  });
}
