import assert from "node:assert/strict";
import { WALLET } from "./pool_configs.ts";
import { configOf, PRIVATE_KEY, problems, readPayouts } from "./reading.ts";

Deno.test("readConfig() takes every addition of Paydirt", () => {
  const { payouts } = configOf(readPayouts({
    chainId: 61,
    confirmations: 40,
    maxInFlight: 16,
    maxPayment: "9007199254740993",
    maxTotal: 5_000_000_000_000,
    waitLimit: "1h30m",
    rowFormat: "classic",
    threshold: -1,
    fees: { ceilingGwei: "100", tipGwei: 1.5, bumpAfter: 5, cancelAfter: 50 },
    signer: { kind: "keystore", file: "wallet.json", passwordEnv: "PASSWORD" },
  }));
  assert.equal(payouts.chainId, 61n);
  assert.equal(payouts.confirmations, 40);
  assert.equal(payouts.maxInFlight, 16);
  assert.equal(payouts.maxPaymentShannon, 9007199254740993n);
  assert.equal(payouts.maxTotalShannon, 5_000_000_000_000n);
  assert.equal(payouts.waitLimitMs, 5_400_000);
  assert.equal(payouts.thresholdShannon, -1n);
  assert.deepEqual(payouts.fees, {
    ceilingWei: 100_000_000_000n,
    tipWei: 1_500_000_000n,
    bumpAfterBlocks: 5,
    cancelAfterBlocks: 50,
  });
  assert.deepEqual(payouts.signer, {
    kind: "keystore",
    file: "/etc/pool/wallet.json",
    password: { kind: "env", name: "PASSWORD" },
  });
});

Deno.test("readConfig() needs gas and gasPrice only without autoGas", () => {
  const fixed = (gas: unknown, gasPrice: unknown) => readPayouts({ autoGas: false, gas, gasPrice });
  const expected = { kind: "fixed", gasLimit: 21_000n, gasPriceWei: 50_000_000_000n };
  assert.deepEqual(configOf(fixed("21000", "50000000000")).payouts.gas, expected);
  assert.deepEqual(configOf(fixed("0x5208", "0xBA43B7400")).payouts.gas, expected);
  assert.deepEqual(configOf(readPayouts({ gas: "", gasPrice: null })).payouts.gas, {
    kind: "auto",
  });
  assert.equal(problems(fixed("21000", "9".repeat(78))).length, 1);
  assert.deepEqual(problems(fixed("20999", undefined)), [
    'payouts.gas: expected a whole number, at least 21000 (decimal or 0x; or set "autoGas" to true), got "20999"',
    'payouts.gasPrice: expected a whole number of Wei (decimal or 0x; or set "autoGas" to true), got nothing',
  ]);
});

Deno.test("readConfig() names each problem of payouts with what was expected", () => {
  const table: [changes: Record<string, unknown>, problem: string][] = [
    [{ threshold: "0.5" }, 'payouts.threshold: expected a whole number of Shannon, got "0.5"'],
    [{ threshold: 0.5 }, "payouts.threshold: expected a whole number of Shannon, got 0.5"],
    [{ threshold: null }, "payouts.threshold: expected a whole number of Shannon, got nothing"],
    [
      { threshold: "9223372036854775808" },
      'payouts.threshold: expected a whole number of Shannon, got "9223372036854775808"',
    ],
    [
      { threshold: 9007199254740994 },
      "payouts.threshold: expected a whole number of Shannon, got 9007199254740994 " +
      '(a JSON number above 2^53 may lose digits: write it as "9007199254740994")',
    ],
    [{ enabled: "yes" }, 'payouts.enabled: expected true or false, got "yes"'],
    [{ autoGas: 1, gas: "21000" }, "payouts.autoGas: expected true or false, got 1"],
    [{ requirePeers: -1 }, "payouts.requirePeers: expected a whole number, at least 0, got -1"],
    [{ confirmations: 0 }, "payouts.confirmations: expected a whole number, from 1 to 120, got 0"],
    [
      { confirmations: 121 },
      "payouts.confirmations: expected a whole number, from 1 to 120, got 121",
    ],
    [{ maxInFlight: [] }, "payouts.maxInFlight: expected a whole number, at least 1, got a list"],
    [
      { interval: "120" },
      'payouts.interval: expected a duration, such as "10s" or "1h30m", got "120"',
    ],
    [
      { timeout: "0s" },
      'payouts.timeout: expected a duration from 1ms to 576h, such as "10s" or "1h30m", got "0s"',
    ],
    [
      { waitLimit: 60 },
      'payouts.waitLimit: expected a duration from 1ms to 576h, such as "10s" or "1h30m", got 60',
    ],
    [
      { daemon: "htp://user:hunter2@node/v3/hunter2" },
      "payouts.daemon: expected an address that begins with http://, https://, ws:// or wss://, " +
      'or the path of an IPC socket, got "htp://node…"',
    ],
    [
      { daemon: "htp://user:hunter2node:8545/v3/hunter2" }, // Its "@" is missing.
      "payouts.daemon: expected an address that begins with http://, https://, ws:// or wss://, " +
      'or the path of an IPC socket, got "htp://user…"',
    ],
    [
      { interval: "http://user:hunter2@node/v3/hunter2" },
      'payouts.interval: expected a duration, such as "10s" or "1h30m", got "http://node…"',
    ],
    [
      { daemon: "htp://[::1]:8545/v3" },
      "payouts.daemon: expected an address that begins with http://, https://, ws:// or wss://, " +
      'or the path of an IPC socket, got "htp://[::1]:8545…"',
    ],
    [
      { address: "0x0" },
      "payouts.address: expected the pool's address: 0x and 40 hex digits, in one case or with a " +
      'right checksum (EIP-55), got "0x0"',
    ],
    [
      { address: WALLET.replace("Fd", "fD") },
      "payouts.address: expected the pool's address: 0x and 40 hex digits, in one case or with a " +
      'right checksum (EIP-55), got "0xf39fD6e51aad88F6F4ce6aB8827279cffFb92266"',
    ],
    [
      { address: PRIVATE_KEY },
      "payouts.address: expected the pool's address: 0x and 40 hex digits, in one case or with a " +
      "right checksum (EIP-55), got what looks like a private key or a hash (not shown)",
    ],
    [
      { keepNwFees: true },
      "payouts.keepNwFees: expected false (true takes the network fee off what a miner is owed; " +
      "Paydirt pays what the ledger says), got true",
    ],
    [
      { chainId: 0 },
      "payouts.chainId: expected a chain id (EIP-155): a whole number, at least 1, got 0",
    ],
    [
      { maxTotal: 0 },
      "payouts.maxTotal: expected a whole number of Shannon, at least 1, got 0",
    ],
    [
      { rowFormat: "friends" },
      'payouts.rowFormat: expected "classic" ("friends" is not built yet), got "friends"',
    ],
    [
      { treshold: 1 },
      'payouts.treshold: unknown key; the nearest known one is "threshold"',
    ],
    [
      { MAXINFLIGHT: 1 },
      'payouts.MAXINFLIGHT: unknown key; the nearest known one is "maxInFlight"',
    ],
    [{ fees: 5 }, "payouts.fees: expected an object, got 5"],
    [
      { fees: { tip: 1 } },
      'payouts.fees.tip: unknown key; the nearest known one is "tipGwei"',
    ],
    [
      { fees: { ceilingGwei: "0.0000000001" } },
      "payouts.fees.ceilingGwei: expected an amount of Gwei with at most 9 decimals, such as 1.5, " +
      'got "0.0000000001"',
    ],
    [
      { fees: { ceilingGwei: 1, tipGwei: 2 } },
      'payouts.fees.ceilingGwei: expected at least "tipGwei" (2000000000 Wei), got 1',
    ],
    [
      { autoGas: false, fees: { ceilingGwei: 1 } },
      'payouts.fees.ceilingGwei: expected at least "gasPrice" (50000000000 Wei), got 1',
    ],
  ];
  for (const [changes, problem] of table) {
    assert.deepEqual(problems(readPayouts(changes)), [problem]);
  }
});
