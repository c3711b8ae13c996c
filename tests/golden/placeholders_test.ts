import { deepStrictEqual, throws } from "node:assert/strict";
import { fillPlaceholders, hashesIn, putPlaceholders } from "./placeholders.ts";
import type { Dump } from "./recording.ts";

const HASH = `0x${"12".repeat(32)}`;
const OTHER_HASH = `0x${"ab".repeat(32)}`;
const NAMES = new Map([[HASH, "<tx:1>"]]);

const RECORDED: Dump = {
  "eth:payments:pendingtx": { type: "hash", value: { "login:600000000": "<tx:1>" } },
  "eth:payments:all": { type: "zset", value: [["<tx:1>:login:600000000", "<ts>"]] },
};

const REAL: Dump = {
  "eth:payments:pendingtx": { type: "hash", value: { "login:600000000": HASH } },
  "eth:payments:all": { type: "zset", value: [[`${HASH}:login:600000000`, "1800000005"]] },
};

Deno.test("fillPlaceholders() puts real hashes and a time into a recorded ledger", () => {
  deepStrictEqual(fillPlaceholders(RECORDED, NAMES, 1_800_000_005), REAL);
});

Deno.test("fillPlaceholders() refuses a transaction that is not on the chain", () => {
  throws(() => fillPlaceholders(RECORDED, new Map(), 1_800_000_005), /Cannot seed <tx:1>/);
});

Deno.test("putPlaceholders() is the way back", () => {
  deepStrictEqual(
    putPlaceholders(REAL, NAMES, { since: 1_800_000_000, until: 1_800_000_009 }),
    RECORDED,
  );
});

Deno.test("putPlaceholders() leaves older times and unknown hashes as they are", () => {
  const ledger: Dump = {
    "eth:payments:all": { type: "zset", value: [[`${OTHER_HASH}:login:1`, "1700000000"]] },
  };
  deepStrictEqual(
    putPlaceholders(ledger, NAMES, { since: 1_800_000_000, until: 1_800_000_009 }),
    ledger,
  );
});

Deno.test("putPlaceholders() names times in records, and runs", () => {
  const ledger: Dump = {
    "eth:payments:held": { type: "hash", value: { login: '{"reason":"x","since":1800000001}' } },
    "eth:payments:lock": { type: "string", value: "paydirt:0d5c" },
  };
  deepStrictEqual(putPlaceholders(ledger, NAMES, { since: 1_800_000_000, until: 1_800_000_009 }), {
    "eth:payments:held": { type: "hash", value: { login: '{"reason":"x","since":<ts>}' } },
    "eth:payments:lock": { type: "string", value: "paydirt:<run>" },
  });
});

Deno.test("hashesIn() finds every hash once", () => {
  deepStrictEqual([...hashesIn(REAL)], [HASH]);
});
