/**
 * Signers that are asked over a link, with the link cut at each of their requests.
 *
 * @module
 */

import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { RpcConnection } from "../../adapters/ethereum/rpc_connection.ts";
import { openNodeSigner } from "../../adapters/ethereum/signers/node_signer.ts";
import { RemoteSigner } from "../../adapters/ethereum/signers/remote_signer.ts";
import { connectNode } from "../../app/node_connection.ts";
import type { Address } from "../../domain/address.ts";
import { Fault } from "../../domain/fault.ts";
import type { SendAnswer } from "../../domain/send_answer.ts";
import type { TransferRequest } from "../../domain/ports/signer.ts";
import { startAnsweringNode } from "../ethereum/bad_node.ts";
import { startFakeSigner, TEST_WALLET } from "../signers/fake_signer.ts";
import { startAnvil, type TestAnvil } from "../support/anvil.ts";
import { callNode } from "../support/json_rpc.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcp_proxy.ts";
import { NODE_WIRES } from "../support/wires.ts";
import { armCut, cutAtEachRequest, type CutPoint, CUTS, toldBy } from "./cuts.ts";
import { requestOf } from "./signer_contract.ts";

/** How long an answer may take where one will come, in milliseconds. */
const PATIENT_MS = 20_000;

/** Three transfers in two requests. */
const TRANSFERS = 3;
const CALLS_A_REQUEST = 2;

/** anvil's first account, and its chain. */
const ANVIL = {
  wallet: "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266" as Address,
  chainId: 31_337n,
};

/** What is asked of a signer, over a connection whose link is cut. */
type Ask<T> = (connection: RpcConnection) => Promise<T>;

Deno.test("RemoteSigner wherever its link is cut signs what was asked, or nothing", async (t) => {
  await using fake = startFakeSigner();
  await using proxy = startTcpProxy(Number(new URL(fake.url).port), NODE_WIRES.http);
  const at = { wallet: TEST_WALLET, chainId: 61n };
  const signer = (connection: RpcConnection) =>
    new RemoteSigner({ connection, method: "eth_signTransaction", ...at });
  await t.step("address()", () => cutEverywhere(proxy, (link) => signer(link).address()));
  await t.step("sign()", () => cutEverywhere(proxy, (link) => signer(link).sign(transfers(at))));
});

Deno.test("the node's own account wherever its link is cut signs what was asked, and sends nothing", async (t) => {
  await using anvil = await startAnvil({ noMining: true });
  await using proxy = startTcpProxy(anvil.port, NODE_WIRES.http);
  await t.step("opening it", () => cutEverywhere(proxy, kindOfSigner));
  await t.step("sign()", () =>
    cutEverywhere(proxy, async (link) => {
      const signer = await openNodeSigner(link, ANVIL);
      ok(signer.kind === "bytes");
      return await signer.sign(transfers(ANVIL));
    }));
  strictEqual(await sentBy(anvil, "pending"), 0);
});

Deno.test("a node that only sends, wherever its link is cut, sends once and never rejects", async (t) => {
  await using anvil = await startAnvil({ noMining: true });
  await using node = startSendingNode(anvil);
  await using proxy = startTcpProxy(node.port, NODE_WIRES.http);
  await t.step("opening it", () => cutEverywhere(proxy, kindOfSigner));
  for (const cut of CUTS) {
    await t.step(`send(): a request ${cut}`, async () => {
      const requests = await cutAtEachRequest(cut, (point) => cutSend({ anvil, proxy, ...point }));
      strictEqual(requests, 1);
    });
  }
});

async function kindOfSigner(connection: RpcConnection): Promise<string> {
  return (await openNodeSigner(connection, ANVIL)).kind;
}

/** Cuts each request of a call that may be repeated: it answers as ever, or a fault says why not. */
async function cutEverywhere(proxy: TcpProxy, ask: Ask<unknown>): Promise<void> {
  const uncut = await over(proxy, ask);
  for (const cut of CUTS) {
    await cutAtEachRequest(cut, (point) => cutAt({ proxy, ask, uncut, ...point }));
  }
}

async function cutAt(
  { proxy, ask, uncut, cut, nth, timeoutMs }: CutPoint & {
    readonly proxy: TcpProxy;
    readonly ask: Ask<unknown>;
    readonly uncut: unknown;
  },
): Promise<boolean> {
  const where = `request ${nth} ${cut}`;
  await using armed = armCut(proxy, cut, nth);
  const told = await toldBy(() => over(proxy, ask, timeoutMs));
  if (armed.hasStruck()) {
    ok("error" in told, `${where}: answered, though nobody can know`);
    if (!(told.error instanceof Fault)) throw told.error;
    strictEqual(told.error.kind, "signer", where);
  } else deepStrictEqual(told, { answer: uncut }, where);
  await armed.mend();
  deepStrictEqual(await over(proxy, ask), uncut, `${where}, asked again`);
  return armed.hasStruck();
}

async function over<T>(proxy: TcpProxy, ask: Ask<T>, timeoutMs = PATIENT_MS): Promise<T> {
  const url = `http://127.0.0.1:${proxy.port}`;
  await using connection = connectNode(url, { timeoutMs, maxCalls: CALLS_A_REQUEST });
  return await ask(connection);
}

/** Cuts the n-th request of a send, and sends the same again; answers whether it was cut. */
async function cutSend(
  { anvil, proxy, cut, nth, timeoutMs }: CutPoint & {
    readonly anvil: TestAnvil;
    readonly proxy: TcpProxy;
  },
): Promise<boolean> {
  const where = `request ${nth} ${cut}`;
  const nonce = await sentBy(anvil, "latest");
  const request = requestOf(ANVIL, { nonce });
  const before = await coinsOf(anvil, request.to);
  const hasStruck = await over(proxy, async (connection) => {
    const signer = await openNodeSigner(connection, ANVIL);
    ok(signer.kind === "sends");
    await using armed = armCut(proxy, cut, nth);
    demandTrue(await signer.send(request), armed.hasStruck(), where);
    await armed.mend();
    notStrictEqual((await signer.send(request)).meaning, "unknown", `${where}, sent again`);
    return armed.hasStruck();
  }, timeoutMs);
  await anvil.rpc("evm_mine");
  // Whichever of the two the chain took, it took one.
  strictEqual(await sentBy(anvil, "latest"), nonce + 1, where);
  strictEqual(await sentBy(anvil, "pending"), nonce + 1, where);
  strictEqual(await coinsOf(anvil, request.to) - before, request.valueWei, where);
  return hasStruck;
}

/** Without the answer nobody knows: never that it was refused. */
function demandTrue({ meaning, hash }: SendAnswer, hasStruck: boolean, where: string): void {
  strictEqual(meaning, hasStruck ? "unknown" : "accepted", where);
  strictEqual(hash === null, hasStruck, where);
}

/** anvil without its `eth_signTransaction`: a node that signs only what it sends itself. */
function startSendingNode({ url }: TestAnvil) {
  return startAnsweringNode(async ({ method, params }) => {
    if (method === "eth_signTransaction") {
      return { error: { code: -32601, message: `the method ${method} does not exist` } };
    }
    try {
      return { result: await callNode(url, method, params) };
    } catch (error) {
      return { error: { code: -32000, message: String(error) } };
    }
  });
}

async function sentBy(anvil: TestAnvil, at: "latest" | "pending"): Promise<number> {
  return Number(await anvil.rpc("eth_getTransactionCount", [ANVIL.wallet, at]));
}

async function coinsOf(anvil: TestAnvil, payee: Address): Promise<bigint> {
  return BigInt(await anvil.rpc("eth_getBalance", [payee, "latest"]));
}

function transfers(at: typeof ANVIL): readonly TransferRequest[] {
  return Array.from({ length: TRANSFERS }, (_, nonce) => requestOf(at, { nonce }));
}
