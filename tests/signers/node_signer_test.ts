import { deepStrictEqual, match, rejects, strictEqual } from "node:assert/strict";
import { mock } from "node:test";
import { Wallet } from "ethers/wallet";
import { openNodeSigner } from "../../adapters/ethereum/signers/node_signer.ts";
import { connectNode } from "../../app/node_connection.ts";
import type { Address } from "../../domain/address.ts";
import type { FaultKind } from "../../domain/fault.ts";
import { wei } from "../../domain/money.ts";
import type { SendingSigner, Signer } from "../../domain/ports/signer.ts";
import { requestOf } from "../contract/signer_contract.ts";
import { startAnvil, type TestAnvil } from "../support/anvil.ts";
import { isFault } from "../support/faults.ts";
import { callNode } from "../support/json_rpc.ts";
import {
  type FakeSignerOptions,
  RpcRefusal,
  startFakeSigner,
  TEST_KEY,
  TEST_WALLET,
} from "./fake_signer.ts";

const LOCKED = () => {
  throw new RpcRefusal(-32000, "authentication needed: password or unlock");
};
const MISSING = () => {
  throw new RpcRefusal(-32601, "the method does not exist/is not available");
};
const HASH = `0x${"5a".repeat(32)}`;
const REQUEST = requestOf({ wallet: TEST_WALLET, chainId: 61n }, {});

Deno.test("openNodeSigner() signs ahead where the node offers it, in either shape", async () => {
  for (const shape of ["text", "object"] as const) {
    await using node = open({ shape });
    const signer = await node.signer();
    strictEqual(signer.kind, "bytes");
    strictEqual(await signer.address(), TEST_WALLET);
    match(signer.name, /^the account 0x[0-9a-f]{40} of the node http:\/\/127\.0\.0\.1:\d+$/);
  }
});

Deno.test("openNodeSigner() asks for a signature that is worth nothing", async () => {
  await using anvil = await startAnvil();
  const wallet = await walletOf(anvil);
  await using connection = connectNode(anvil.url, { timeoutMs: 5_000 });
  const batch = mock.method(connection, "batch");
  await openNodeSigner(connection, { wallet, chainId: 31_337n });
  const [answer] = await batch.mock.calls[0]?.result ?? [];
  const probe = answer?.kind === "result" ? answer.result : undefined;
  await rejects(() => anvil.rpc("eth_sendRawTransaction", [probe]), /intrinsic gas too low/);
});

Deno.test("openNodeSigner() tells what to do about a locked or unknown account", async () => {
  const unknown = () => {
    throw new RpcRefusal(-32000, "unknown account");
  };
  for (const first of [{}, { eth_signTransaction: MISSING }]) {
    const locked = first.eth_signTransaction === undefined
      ? { eth_signTransaction: LOCKED }
      : { ...first, eth_sign: LOCKED };
    await isRefused({ answers: locked }, "signer", /authentication needed.*unlock the account 0x/);
  }
  await isRefused({ answers: { eth_signTransaction: unknown } }, "signer", /does not hold the acc/);
});

Deno.test("openNodeSigner() refuses a node that signs for another, or for another chain", async () => {
  await isRefused({ key: `0x${"01".repeat(32)}` }, "signer", /signed for 0x1a642f/);
  await isRefused({ lie: (tx) => ({ ...tx, chainId: 1n }) }, "signer", /its chain id is 1, expec/);
});

Deno.test("openNodeSigner() tells when the node does not answer", async () => {
  const node = open({});
  await node[Symbol.asyncDispose]();
  await rejects(() => node.signer(), isFault("signer", /is it running\?/));
});

Deno.test("openNodeSigner() sends where the node only sends, once the account is proved", async () => {
  const eth_sign = (params: readonly unknown[]) =>
    new Wallet(TEST_KEY).signMessageSync(bytesOf(params[1]));
  const cases: FakeSignerOptions["answers"][] = [
    { eth_signTransaction: MISSING, eth_sign },
    { eth_signTransaction: MISSING, eth_sign: MISSING },
    { eth_signTransaction: MISSING, eth_sign: () => "0x1234" },
  ];
  for (const answers of cases) {
    await using node = open({ ...(answers !== undefined && { answers }) });
    strictEqual((await node.signer()).kind, "sends");
  }
  const foreign = { eth_signTransaction: MISSING, eth_sign, eth_accounts: () => [] };
  await isRefused(
    { answers: { ...foreign, eth_sign: () => `0x${"11".repeat(65)}` } },
    "wrong-signer",
    /nothing shows that the node holds it/,
  );
  await using proved = open({ answers: foreign });
  strictEqual((await proved.signer()).kind, "sends");
});

Deno.test("openNodeSigner() takes no odd entry of a list for an account", async () => {
  const eth_accounts = () => [{ toString: 1 }, null, [TEST_WALLET]];
  const answers = { eth_signTransaction: MISSING, eth_sign: MISSING, eth_accounts };
  await isRefused({ answers }, "wrong-signer", /nothing shows that the node holds it/);
});

Deno.test("SendingSigner send() tells what the node's answer means", async () => {
  const refuse = (message: string) => () => {
    throw new RpcRefusal(-32000, message);
  };
  const cases: [() => unknown, string][] = [
    [() => HASH, "accepted"],
    [() => `0x${"0".repeat(64)}`, "fatal"],
    [() => null, "unknown"],
    [() => "0x12", "unknown"],
    [LOCKED, "fatal"],
    [refuse("nonce too low"), "nonce-low"],
    [refuse("insufficient funds for gas * price + value"), "funds"],
    [refuse("a text that nobody has met"), "refused"],
  ];
  for (const [answer, meaning] of cases) {
    await using node = open({ answers: { ...SENDS, eth_sendTransaction: answer } });
    const sent = await (await node.sending()).send(REQUEST);
    strictEqual(sent.meaning, meaning);
    strictEqual(sent.hash, meaning === "accepted" ? HASH : null);
  }
});

Deno.test("SendingSigner send() says nonce, gas, fees and chain, and asks once", async () => {
  const asked: unknown[] = [];
  const eth_sendTransaction = ([params]: readonly unknown[]) => {
    asked.push(params);
    return HASH;
  };
  await using node = open({ answers: { ...SENDS, eth_sendTransaction } });
  const signer = await node.sending();
  await signer.send({ ...REQUEST, nonce: 7 });
  await signer.send({ ...REQUEST, fees: { kind: "legacy", gasPriceWei: wei(255n) } });
  const common = {
    from: asked.length === 2 ? (asked[0] as { from: string }).from : "",
    to: "0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB",
    value: "0x853a0d2313c0000",
    gas: "0x5208",
    chainId: "0x3d",
  };
  strictEqual(common.from.toLowerCase(), TEST_WALLET);
  deepStrictEqual(asked, [
    { ...common, nonce: "0x7", maxFeePerGas: "0xb2d05e00", maxPriorityFeePerGas: "0x3b9aca00" },
    { ...common, nonce: "0x0", gasPrice: "0xff" },
  ]);
});

Deno.test("SendingSigner send() never rejects: a lost answer is unknown", async () => {
  const node = open({ answers: SENDS });
  const signer = await node.sending();
  await node[Symbol.asyncDispose]();
  strictEqual((await signer.send(REQUEST)).meaning, "unknown");
});

Deno.test("SendingSigner send() pays on a real chain, at the nonce that was asked", async () => {
  await using anvil = await startAnvil({ noMining: true });
  const wallet = await walletOf(anvil);
  const pass = (method: string) => (params: readonly unknown[]) =>
    callNode(anvil.url, method, params);
  const methods = ["eth_sign", "eth_accounts", "eth_sendTransaction"];
  const answers = Object.fromEntries(methods.map((method) => [method, pass(method)]));
  await using node = open({ answers: { ...answers, eth_signTransaction: MISSING } }, wallet);
  const request = requestOf({ wallet, chainId: 31_337n }, {});
  const signer = await node.sending();
  const sent = await signer.send(request);
  strictEqual(sent.meaning, "accepted");
  await anvil.rpc("evm_mine");
  const mined = await anvil.rpc("eth_getTransactionByHash", [sent.hash]);
  strictEqual(mined.nonce, "0x0");
  strictEqual(BigInt(await anvil.rpc("eth_getBalance", [request.to, "latest"])), request.valueWei);
});

/** A node that offers no signing ahead and lists the account. */
const SENDS = { eth_signTransaction: MISSING };

interface FakeNode extends AsyncDisposable {
  signer(): Promise<Signer>;
  sending(): Promise<SendingSigner>;
}

function open(options: FakeSignerOptions, wallet: Address = TEST_WALLET): FakeNode {
  const fake = startFakeSigner(options);
  const connection = connectNode(fake.url, { timeoutMs: 5_000 });
  const chainId = wallet === TEST_WALLET ? 61n : 31_337n;
  const signer = (): Promise<Signer> => openNodeSigner(connection, { wallet, chainId });
  return {
    signer,
    sending: async () => {
      const opened = await signer();
      if (opened.kind !== "sends") throw new Error("expected a signer that sends");
      return opened;
    },
    [Symbol.asyncDispose]: async () => {
      await connection[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

async function isRefused(
  options: FakeSignerOptions,
  kind: FaultKind,
  message: RegExp,
): Promise<void> {
  await using node = open(options);
  await rejects(() => node.signer(), isFault(kind, message));
}

async function walletOf(anvil: TestAnvil): Promise<Address> {
  return String((await anvil.rpc("eth_accounts"))[0]).toLowerCase() as Address;
}

function bytesOf(hex: unknown): Uint8Array {
  return Uint8Array.fromHex(String(hex).slice(2));
}
