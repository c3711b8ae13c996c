import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import type { TransactionLike } from "ethers/transaction";
import { RemoteSigner } from "../../adapters/ethereum/signers/remote_signer.ts";
import { connectNode } from "../../app/node_connection.ts";
import { wei } from "../../domain/money.ts";
import type { TransferRequest } from "../../domain/ports/signer.ts";
import { requestOf } from "../contract/signer_contract.ts";
import { isFault } from "../support/faults.ts";
import { type FakeSignerOptions, RpcRefusal, startFakeSigner, TEST_WALLET } from "./fake_signer.ts";

const AT = { wallet: TEST_WALLET, chainId: 61n };
const OTHER = `0x${"66".repeat(20)}`;
const LEGACY = requestOf(AT, { fees: { kind: "legacy", gasPriceWei: wei(7n) } });

const LIES: readonly [string, RegExp, (asked: TransactionLike) => TransactionLike][] = [
  ["another chain", /its chain id is 1, expected 61/, (tx) => ({ ...tx, chainId: 1n })],
  ["another nonce", /its nonce is 5, expected 0/, (tx) => ({ ...tx, nonce: 5 })],
  ["another recipient", /its recipient is 0x6666/, (tx) => ({ ...tx, to: OTHER })],
  ["no recipient", /its recipient is none/, (tx) => ({ ...tx, to: null })],
  ["another value", /its value is 600000000000000001/, (tx) => ({
    ...tx,
    value: 600_000_000_000_000_001n,
  })],
  ["more gas", /its gas is 90000, expected 21000/, (tx) => ({ ...tx, gasLimit: 90_000n })],
  ["a higher fee", /its max fee is 9000000000/, (tx) => ({ ...tx, maxFeePerGas: 9n * 10n ** 9n })],
  [
    "a higher tip",
    /its tip is 2000000000/,
    (tx) => ({ ...tx, maxPriorityFeePerGas: 2n * 10n ** 9n }),
  ],
  ["data", /its data is 0xdead, expected 0x;/, (tx) => ({ ...tx, data: "0xdead" })],
  ["much data", /its data is 0x(?:de){39}…, expected 0x;/, (tx) => ({
    ...tx,
    data: `0x${"de".repeat(5_000)}`,
  })],
  ["an access list", /its access list length is 1, expected 0/, (tx) => ({
    ...tx,
    accessList: [{ address: OTHER, storageKeys: [] }],
  })],
  ["another type", /its type is legacy, expected eip-1559/, ({ maxFeePerGas, ...tx }) => ({
    ...tx,
    type: 0,
    gasPrice: maxFeePerGas ?? null,
    maxPriorityFeePerGas: null,
  })],
];

for (const [what, message, lie] of LIES) {
  Deno.test(`RemoteSigner sign() refuses ${what}`, () => isRefused({ lie }, message));
}

Deno.test("RemoteSigner sign() refuses another sender", () =>
  isRefused(
    { key: `0x${"01".repeat(32)}` },
    /signed for 0x1a642f0e3c3af545e7acbd38b07251b3990914f1/,
  ));

Deno.test("RemoteSigner sign() refuses a higher gas price", () =>
  isRefused({ lie: (tx) => ({ ...tx, gasPrice: 8n }) }, /its gas price is 8, expected 7/, LEGACY));

Deno.test("RemoteSigner sign() refuses a legacy signature for every chain (before EIP-155)", () =>
  isRefused({ lie: (tx) => ({ ...tx, chainId: 0n }) }, /its chain id is 0, expected 61/, LEGACY));

Deno.test("RemoteSigner sign() refuses one lie among many", async () => {
  await using remote = await open({ lie: (tx) => tx.nonce === 4 ? { ...tx, nonce: 40 } : tx });
  const requests = Array.from({ length: 6 }, (_, nonce) => requestOf(AT, { nonce }));
  await rejects(() => remote.signer.sign(requests), /its nonce is 40, expected 4/);
});

Deno.test("RemoteSigner sign() refuses what is no signed transaction", async () => {
  const answers = ["0x", "0xzz", "", null, 7, {}, { raw: 7 }, [], "0x02c0", "0xdeadbeef"];
  for (const answer of answers) {
    await isRefused(
      { answers: { eth_signTransaction: () => answer } },
      /it answered (?:no signed transaction|bytes that are not a transaction)/,
    );
  }
});

Deno.test("RemoteSigner sign() refuses honest bytes with something behind them", async () => {
  await using honest = await open({});
  const [signed] = await honest.signer.sign([requestOf(AT, {})]);
  await isRefused(
    { answers: { eth_signTransaction: () => `${signed?.raw}00` } },
    /bytes that are not a transaction|something more in it/,
  );
});

Deno.test("RemoteSigner sign() refuses a signature that no chain takes (EIP-2)", async () => {
  await using honest = await open({});
  const [signed] = await honest.signer.sign([LEGACY]);
  const s = BigInt(`0x${signed?.raw.slice(-64)}`);
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const raw = `${signed?.raw.slice(0, -64)}${(order - s).toString(16).padStart(64, "0")}`;
  await isRefused(
    { answers: { eth_signTransaction: () => raw } },
    /signed for nobody|bytes that are not a transaction/,
    LEGACY,
  );
});

Deno.test("RemoteSigner sign() takes upper-case hex", async () => {
  await using honest = await open({});
  const signed = await honest.signer.sign([requestOf(AT, {})]);
  const raw = `0x${signed[0]?.raw.slice(2).toUpperCase()}`;
  await using loud = await open({ answers: { eth_signTransaction: () => raw } });
  deepStrictEqual(await loud.signer.sign([requestOf(AT, {})]), signed);
});

Deno.test("RemoteSigner sign() asks in one round trip, and one by one only where it must", async () => {
  const requests = Array.from({ length: 3 }, (_, nonce) => requestOf(AT, { nonce }));
  await using both = await open({});
  await both.signer.sign(requests);
  deepStrictEqual(both.requests, [Array(3).fill("eth_signTransaction")]);
  await using single = await open({ batches: false });
  strictEqual((await single.signer.sign(requests)).length, 3);
  await using refusing = await open({ answers: { eth_signTransaction: refuse(-32000, "denied") } });
  await rejects(() => refusing.signer.sign(requests), /denied/);
  strictEqual(refusing.requests.length, 1); // Clef's operator is not asked twice.
});

Deno.test("RemoteSigner sign() names what to do about a locked or unknown account", async () => {
  const cases: [number, string, RegExp][] = [
    [
      -32000,
      "authentication needed: password or unlock",
      /unlock the account 0x[0-9a-f]{40} there/,
    ],
    [-32000, "unknown account", /it does not hold the account 0x[0-9a-f]{40}/],
    [-32601, "the method does not exist/is not available", /it offers no signing/],
    [-32000, "Request denied", /Request denied; does it hold the account/],
  ];
  for (const [code, words, message] of cases) {
    await isRefused({ answers: { eth_signTransaction: refuse(code, words) } }, message);
  }
});

Deno.test("RemoteSigner tells when nobody answers", async () => {
  const remote = await open({});
  await remote[Symbol.asyncDispose]();
  for (const action of [() => remote.signer.address(), () => remote.signer.sign([LEGACY])]) {
    await rejects(action, isFault("signer", /Cannot sign with the remote signer http:.*running\?/));
  }
});

Deno.test("RemoteSigner address() names the accounts that the signer has instead", async () => {
  const cases: [string[], RegExp][] = [
    [[], /has no account/],
    [[OTHER], /has only 0x6{40}$/],
    [Array(5).fill(OTHER), /only 0x6{40}, 0x6{40}, 0x6{40} and 2 more/],
  ];
  for (const [accounts, message] of cases) {
    await using remote = await open({ answers: { eth_accounts: () => accounts } });
    await rejects(() => remote.signer.address(), isFault("wrong-signer", message));
  }
});

Deno.test("RemoteSigner address() without a list asks for a signature that no chain takes", async () => {
  const asked: TransactionLike[] = [];
  const lie = (tx: TransactionLike): TransactionLike => {
    asked.push(tx);
    return tx;
  };
  const answers = { eth_accounts: refuse(-32601, "no such method") };
  await using remote = await open({ lie, answers });
  strictEqual(await remote.signer.address(), TEST_WALLET);
  strictEqual(asked.length, 1);
  strictEqual(asked[0]?.to?.toString().toLowerCase(), TEST_WALLET);
  strictEqual(BigInt(asked[0]?.value ?? 1), 0n);
  ok(BigInt(asked[0]?.gasLimit ?? 21_000) < 21_000n);
  ok((asked[0]?.nonce ?? 0) > 2 ** 52);
  await using foreign = await open({ key: `0x${"01".repeat(32)}`, answers });
  await rejects(() => foreign.signer.address(), isFault("signer", /signed for 0x1a642f/));
});

Deno.test("RemoteSigner address() takes no odd entry of a list for an account", async () => {
  const odd = [{ toString: 1 }, [[OTHER]], 7, null, `${OTHER}00`, OTHER];
  await using remote = await open({ answers: { eth_accounts: () => odd } });
  await rejects(
    () => remote.signer.address(),
    isFault("wrong-signer", new RegExp(`has only ${OTHER}$`)),
  );
});

interface Remote extends AsyncDisposable {
  readonly signer: RemoteSigner;
  readonly requests: readonly (readonly string[])[];
}

function open(options: FakeSignerOptions): Promise<Remote> {
  const fake = startFakeSigner(options);
  const connection = connectNode(fake.url, { timeoutMs: 5_000 });
  return Promise.resolve({
    signer: new RemoteSigner({ connection, method: "eth_signTransaction", ...AT }),
    requests: fake.requests,
    [Symbol.asyncDispose]: async () => {
      await connection[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  });
}

async function isRefused(
  options: FakeSignerOptions,
  message: RegExp,
  request: TransferRequest = requestOf(AT, {}),
): Promise<void> {
  await using remote = await open(options);
  await rejects(() => remote.signer.sign([request]), isFault("signer", message));
}

function refuse(code: number, words: string): () => never {
  return () => {
    throw new RpcRefusal(code, words);
  };
}
