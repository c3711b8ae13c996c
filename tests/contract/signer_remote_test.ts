import { RemoteSigner } from "../../adapters/ethereum/signers/remote_signer.ts";
import { connectNode } from "../../app/node_connection.ts";
import {
  type FakeSignerOptions,
  startFakeSigner,
  TEST_KEY,
  TEST_WALLET,
} from "../signers/fake_signer.ts";
import { signerContract, type SignerHarness } from "./signer_contract.ts";

type Method = "eth_signTransaction" | "account_signTransaction";

function contractOf(name: string, method: Method, options: FakeSignerOptions): void {
  signerContract(`RemoteSigner (${name})`, () => Promise.resolve(makeHarness(method, options)));
}

contractOf("Web3Signer", "eth_signTransaction", { shape: "text" });
contractOf("Clef", "account_signTransaction", { shape: "object" });
contractOf("no batches", "eth_signTransaction", { batches: false });
contractOf("no list of accounts", "eth_signTransaction", { answers: { eth_accounts: () => null } });

function makeHarness(method: Method, options: FakeSignerOptions): SignerHarness {
  const fake = startFakeSigner(options);
  const connection = connectNode(fake.url.replace("//", "//pool:hunter22@"), { timeoutMs: 5_000 });
  return {
    signer: new RemoteSigner({ connection, method, wallet: TEST_WALLET, chainId: 61n }),
    wallet: TEST_WALLET,
    chainId: 61n,
    secrets: [TEST_KEY.slice(2), "hunter22"],
    [Symbol.asyncDispose]: async () => {
      await connection[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}
