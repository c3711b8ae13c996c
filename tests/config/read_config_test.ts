import assert from "node:assert/strict";
import fc from "fast-check";
import { formatFinding } from "../../app/config/finding.ts";
import { readConfig } from "../../app/config/read_config.ts";
import { CLASSIC, CLASSIC_PAYOUTS, FRIENDS, NETWORK_FEES, WALLET } from "./pool_configs.ts";
import {
  configOf,
  OPTIONS,
  PRIVATE_KEY,
  problems,
  read,
  readPayouts,
  readRedis,
  SECRET,
} from "./reading.ts";

Deno.test("readConfig() takes the classic pool's file as it is", () => {
  const reading = read(CLASSIC);
  assert.deepEqual(reading, {
    kind: "config",
    config: {
      prefix: "eth",
      redis: {
        endpoint: { kind: "tcp", host: "127.0.0.1", port: 6379, tls: false },
        database: 0,
        durability: { kind: "journal" },
      },
      payouts: {
        enabled: true,
        wallet: WALLET.toLowerCase(),
        node: {
          endpoint: { kind: "http", url: "http://127.0.0.1:8545" },
          timeoutMs: 10_000,
          requirePeers: 25,
        },
        thresholdShannon: 500_000_000n,
        gas: { kind: "auto" },
        fees: { bumpAfterBlocks: 10, cancelAfterBlocks: 100 },
        signer: { kind: "node" },
        confirmations: 12,
        maxInFlight: 4_096,
        waitLimitMs: 3_600_000,
        bgsave: false,
        rowFormat: "classic",
      },
    },
    notices: [],
  });
});

Deno.test("readConfig() takes the forks' files and says which keys do nothing", () => {
  const friends = read(FRIENDS);
  assert(friends.kind === "config");
  assert.equal(friends.config.redis.database, 1);
  assert.equal(friends.config.payouts.node.timeoutMs, 120_000);
  assert.deepEqual(friends.notices.map(formatFinding), [
    'payouts.concurrentTx: ignored: "maxInFlight" says how many payments ride at once',
  ]);
  const networkFees = read(NETWORK_FEES);
  assert(networkFees.kind === "config");
  assert.deepEqual(networkFees.notices.map(({ path }) => path), [
    "payouts.nwTxGas",
    "payouts.nwTxGasPrice",
  ]);
});

Deno.test("readConfig() reports all problems of a file at once, one a place", () => {
  const reading = read({
    coin: "",
    redis: { endpoint: 6379, password: "${UNSET}" },
    payouts: {
      enabled: true,
      address: "0x0",
      daemon: "",
      thresold: 1,
      signer: { kind: "key", key: PRIVATE_KEY },
      fees: { bumpAfter: 0, celing: 1 },
    },
  });
  assert(reading.kind === "problems");
  assert.deepEqual(reading.problems.map(({ path }) => path), [
    "redis.password",
    "coin",
    "redis.endpoint",
    "payouts.thresold",
    "payouts.threshold",
    "payouts.address",
    "payouts.daemon",
    "payouts.gas",
    "payouts.gasPrice",
    "payouts.fees.celing",
    "payouts.fees.bumpAfter",
    "payouts.signer.key",
  ]);
});

Deno.test("readConfig() expands the environment and never tells what it holds", () => {
  const { redis } = configOf(readRedis({ password: "${REDIS_PASSWORD}!" }));
  assert.equal(redis.password, `${SECRET}!`);
  assert.equal("password" in configOf(readRedis({ password: "${EMPTY}" })).redis, false);
  assert.equal(
    configOf(readPayouts({ threshold: "${THRESHOLD}" })).payouts.thresholdShannon,
    750_000_000n,
  );
  assert.deepEqual(problems(readRedis({ password: "${UNSET}" })), [
    "redis.password: the environment variable UNSET is not set",
  ]);
  assert.deepEqual(problems(readPayouts({ threshold: "${BAD}", rowFormat: "${BAD}" })), [
    'payouts.threshold: expected a whole number of Shannon, got "${BAD}"',
    'payouts.rowFormat: expected "classic" ("friends" is not built yet), got "${BAD}"',
  ]);
});

Deno.test("readConfig() asks nothing of a pool that is switched off, but for slips", () => {
  const off = { ...CLASSIC_PAYOUTS, enabled: false, address: "0x0", threshold: "${UNSET}" };
  assert.deepEqual(read({ payouts: off }), { kind: "disabled" });
  assert.deepEqual(read({ payouts: {} }), { kind: "disabled" });
  assert.deepEqual(problems(read({ payouts: { enabeld: true } })), [
    'payouts.enabeld: unknown key; the nearest known one is "enabled"',
  ]);
  assert.deepEqual(problems(read({ ...CLASSIC, payouts: undefined })), [
    "payouts: expected an object, got nothing",
  ]);
});

Deno.test("readConfig() reads a pool that is switched off for a caller that asks for it", () => {
  const text = JSON.stringify({ ...CLASSIC, payouts: { ...CLASSIC_PAYOUTS, enabled: false } });
  const reading = readConfig(text, { ...OPTIONS, evenDisabled: true });
  assert.equal(configOf(reading).payouts.enabled, false);
});

Deno.test("readConfig() says where a text is no JSON, without quoting it", () => {
  assert.deepEqual(problems(read('{"redis": {\n  "password": "hunter2",\n}}')), [
    "line 3, column 1: expected a key in quotes after the comma",
  ]);
  assert.deepEqual(problems(read(`{"coin": "${"\\n".repeat(600_000)}`)), [
    "expected a config, got 1200010 characters",
  ]);
  assert.deepEqual(problems(read('["coin"]')), ["expected a JSON object: the pool's config"]);
});

Deno.test("readConfig() takes the example in the repository once it has an address", async () => {
  const text = await Deno.readTextFile(new URL("../../config.example.json", import.meta.url));
  assert.deepEqual(read(text), { kind: "disabled" });
  const filled = text.replace('"enabled": false', '"enabled": true').replace("0x0", WALLET);
  assert.equal(configOf(read(filled)).payouts.signer.kind, "keystore");
});

Deno.test({
  name: "readConfig() never throws, whatever the text",
  permissions: "none",
  fn() {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      assert(["config", "disabled", "problems"].includes(read(text).kind));
    }));
  },
});

Deno.test({
  name: "readConfig() never throws, whatever its keys hold, and never tells a password",
  permissions: "none",
  fn() {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.string(),
      fc.constantFrom(
        "${",
        "$${",
        "${BAD}",
        PRIVATE_KEY,
        "__proto__",
        "1e400",
        "-0",
        "µs",
        "9".repeat(78),
      ),
    );
    const changed = <T extends object>(section: T) =>
      fc.record(
        Object.fromEntries(Object.keys(section).map((key) => [key, anything])),
        { requiredKeys: [] },
      ).map((changes) => ({ ...section, ...changes }));
    const payouts = changed({
      ...CLASSIC_PAYOUTS,
      chainId: 1,
      fees: {},
      signer: {},
      maxTotal: 1,
      keepNwFees: false,
      autoGas: false,
    });
    const redis = changed({ ...CLASSIC.redis, username: "", durability: "journal" });
    fc.assert(fc.property(fc.record({ payouts, redis, coin: anything }), (file) => {
      const told = problems(read({ ...file, redis: { ...file.redis, password: [SECRET] } }));
      assert(told.length === 0 || told.every((line) => !line.includes(SECRET)));
    }));
  },
});
