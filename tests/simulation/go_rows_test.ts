import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { isLinked } from "../../domain/headers.ts";
import { present, valueOf } from "../../domain/fact.ts";
import type { Chain } from "../../domain/ports/chain.ts";
import { miner, SmallPool } from "./small_pool.ts";

const RESOLVE = { debits: false, wait: false } as const;
const OWED = 600_000_000n;

/** A node behind a balancer: what it has no headers of, another one on another branch tells. */
function mixingBranches(chain: Chain): Chain {
  const mixed: Chain = Object.create(chain);
  mixed.observe = async (question) => {
    const answer = await chain.observe(question);
    const { headers: range } = question;
    if (range === null || answer.headers.kind === "present") return answer;
    const [first] = valueOf(
      (await chain.observe({ ...question, headers: { from: range.from, to: range.from } }))
        .headers,
    ) ?? [];
    if (first === undefined) return answer;
    const told = Array.from({ length: range.to - range.from + 1 }, (_, index) => ({
      ...first,
      number: range.from + index,
    }));
    strictEqual(isLinked(told), false);
    return { ...answer, headers: present(told) };
  };
  return mixed;
}

Deno.test("runPayouts() settles a Go payer's row only under headers that link", async () => {
  const pool = new SmallPool(1);
  const hash = pool.leaveGoRow(miner(0), { sent: true });
  pool.store.setField("eth:payments:pendingtx", `${miner(0)}:${OWED}`, String(hash));
  pool.node.mine(1);
  const ports = pool.ports({ chain: mixingBranches(pool.chain) });
  await rejects(pool.run({ ports, options: RESOLVE }), { kind: "continuity" });
  deepStrictEqual(pool.account(miner(0)), [0n, OWED, 0n]);
  pool.node.mine(3);
  const late = await pool.run({ options: RESOLVE });
  strictEqual(late.paid[0]?.txHash, hash);
});

Deno.test("runPayouts() finds what a Go payer sent to a login with a wrong checksum", async () => {
  const pool = new SmallPool(0);
  const login = miner(0).replace("ab", "aB");
  pool.credit(login, OWED);
  const hash = pool.leaveGoRow(login, { sent: true });
  pool.node.mine(4);
  const checksum = () => miner(0).toUpperCase();
  const { paid } = await pool.run({ ports: pool.ports({ checksum }), options: RESOLVE });
  strictEqual(paid[0]?.txHash, hash);
  deepStrictEqual(pool.account(login), [0n, 0n, OWED]);
});
