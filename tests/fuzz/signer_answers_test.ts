import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { SigningKey } from "ethers/crypto";
import { Transaction } from "ethers/transaction";
import fc from "fast-check";
import { BatchingConnection } from "../../adapters/ethereum/connection/batching_connection.ts";
import { KeySigner } from "../../adapters/ethereum/signers/key_signer.ts";
import { openNodeSigner } from "../../adapters/ethereum/signers/node_signer.ts";
import { RemoteSigner } from "../../adapters/ethereum/signers/remote_signer.ts";
import { transferParams } from "../../adapters/ethereum/signers/transfer_transaction.ts";
import { Fault } from "../../domain/fault.ts";
import type { Signer } from "../../domain/ports/signer.ts";
import { requestOf } from "../contract/signer_contract.ts";
import { TEST_KEY, TEST_WALLET } from "../signers/fake_signer.ts";
import { type Answering, BadWire, spoilings } from "./bad_wire.ts";
import { fuzzTest } from "./fuzz.ts";
import type { Json } from "./json_mutations.ts";
import type { Answer } from "./rpc_node.ts";
import { assertOneLine, faultOr } from "./told.ts";

const AT = { wallet: TEST_WALLET, chainId: 61n };
const REQUESTS = [0, 1, 2].map((nonce) => requestOf(AT, { nonce }));
const SIGNED = await new KeySigner(TEST_KEY, "the test's key").sign(REQUESTS);
const RAWS = new Map(
  REQUESTS.map((request, index) => [JSON.stringify(transferParams(request)), SIGNED[index]!.raw]),
);

/** An honest signer; the requests' bytes are made beforehand. */
function signerOf(offers: readonly string[]): Answering {
  return {
    answer(method, [first, second]): Answer {
      if (!offers.includes(method)) {
        return { error: { code: -32601, message: `the method ${method} does not exist` } };
      }
      switch (method) {
        case "eth_accounts":
          return { result: [TEST_WALLET] };
        case "eth_sign":
          return {
            result:
              new SigningKey(TEST_KEY).sign(String(second).padEnd(66, "0").slice(0, 66)).serialized,
          };
        case "eth_sendTransaction":
          return { result: SIGNED[0]!.hash };
        default:
          return {
            result: { raw: RAWS.get(JSON.stringify(first)) ?? signed(first as Fields), tx: {} },
          };
      }
    },
  };
}

type Fields = Readonly<Record<string, string>>;

/** The probe that asks whether the account signs at all. */
function signed({ from: _from, gas, nonce, ...fields }: Fields): Json {
  const transaction = Transaction.from({
    ...fields,
    type: 0,
    gasLimit: gas!,
    nonce: Number(nonce),
  });
  transaction.signature = new SigningKey(TEST_KEY).sign(transaction.unsignedHash);
  return transaction.serialized;
}

const ALL = ["eth_accounts", "eth_sign", "eth_signTransaction", "eth_sendTransaction"];

fuzzTest("a signer elsewhere that answers anything signs what was asked, or nothing", {
  runs: 120,
  arbitrary: fc.record({
    kind: fc.constantFrom("remote", "node"),
    offers: fc.subarray(ALL, { minLength: 1 }),
    spoiled: fc.array(
      spoilings.map(({ after, times, how }) => ({ method: null, after: after % 5, times, how })),
      { maxLength: 4 },
    ),
  }),
  async check({ kind, offers, spoiled }) {
    await using connection = new BatchingConnection(new BadWire(signerOf(offers), spoiled), {
      name: "http://signer",
      secrets: [],
      timeoutMs: 10_000,
    });
    const signer: Signer | Fault = kind === "remote"
      ? new RemoteSigner({ connection, method: "eth_signTransaction", ...AT })
      : await faultOr(openNodeSigner(connection, AT));
    if (signer instanceof Fault) return isAboutSigning(signer);
    const address = await faultOr(signer.address());
    if (address instanceof Fault) isAboutSigning(address);
    else strictEqual(address, TEST_WALLET);
    if (signer.kind === "sends") {
      const { hash, detail } = await signer.send(REQUESTS[0]!);
      ok(hash === null || /^0x[0-9a-f]{64}$/.test(hash));
      return assertOneLine(detail);
    }
    const answered = await faultOr(signer.sign(REQUESTS));
    if (answered instanceof Fault) isAboutSigning(answered);
    else deepStrictEqual(answered, SIGNED);
  },
});

function isAboutSigning(fault: Fault): void {
  ok(fault.kind === "signer" || fault.kind === "wrong-signer", `${fault.kind}: ${fault.message}`);
}
