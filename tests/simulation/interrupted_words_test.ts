import { deepStrictEqual, ok } from "node:assert/strict";
import type { OperatorWord } from "../../domain/operator_word.ts";
import type { RunOptions } from "../../app/run.ts";
import { runUntilDeath } from "./dying.ts";
import { SmallPool } from "./small_pool.ts";
import {
  ambiguous,
  forgotten,
  jammed,
  OTHER,
  paidAndCreditedBack,
  paidByStranger,
  PAYEE,
  RESOLVE,
  ROW,
} from "./stuck_pools.ts";
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

/** A pool, and how an operator runs on it. */
interface Story {
  readonly pool: SmallPool;
  readonly options: RunOptions;
}

function about(pool: SmallPool, word: OperatorWord): Story {
  return { pool, options: { ...RESOLVE, words: { about: [word] } } };
}

const INTERRUPTED: Readonly<Record<string, () => Promise<Story>>> = {
  settle: () => {
    const { pool, hashes: [hash] } = ambiguous();
    return Promise.resolve(about(pool, { kind: "settle", login: PAYEE, hash: hash! }));
  },
  "settle of what somebody credited back": async () => {
    const { pool, hash } = await paidAndCreditedBack();
    return about(pool, { kind: "settle", login: PAYEE, hash });
  },
  "settle of what took a nonce of ours": async () => {
    const { pool, hash } = await paidByStranger();
    return about(pool, { kind: "settle", login: OTHER, hash });
  },
  credit: () => {
    const pool = new SmallPool(1);
    pool.leaveGoRow(PAYEE, { sent: false });
    pool.node.mine(4);
    return Promise.resolve(about(pool, { kind: "credit", login: PAYEE }));
  },
  cancel: async () => about(await jammed(), { kind: "cancel", login: PAYEE }),
  release: () => {
    const pool = new SmallPool(1);
    pool.store.setField(KEYS.held, PAYEE, "by hand");
    return Promise.resolve(about(pool, { kind: "release", login: PAYEE }));
  },
  "take-lock": () => {
    const pool = new SmallPool(1);
    pool.leaveGoRow(PAYEE, { sent: true });
    pool.store.setText(KEYS.lock, ROW);
    pool.node.mine(4);
    return Promise.resolve({ pool, options: { ...RESOLVE, words: {}, overGoPayer: ROW } });
  },
  seal: async () => ({
    pool: await forgotten(),
    options: { ...RESOLVE, wait: true, words: { seal: true } },
  }),
};

for (const [name, prepare] of Object.entries(INTERRUPTED)) {
  Deno.test(`runPayouts() may die at any call while it heeds "${name}", and is told again`, async () => {
    const { pool: whole, options } = await prepare();
    await whole.run({ options });
    await whole.run({ options: { debits: false } }).catch(() => {});
    const expected = books(whole);
    let died = true;
    for (let call = 0; died; call++) {
      for (const when of ["before", "after"] as const) {
        const { pool } = await prepare();
        died = await runUntilDeath(pool, { call, when }, options);
        await pool.run({ options });
        await pool.run({ options: { debits: false } }).catch(() => {});
        deepStrictEqual(books(pool), expected, `died ${when} call ${call}`);
      }
      ok(call < 500);
    }
  });
}
