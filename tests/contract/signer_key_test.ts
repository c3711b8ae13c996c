import { KeySigner } from "../../adapters/ethereum/signers/key_signer.ts";
import { TEST_KEY, TEST_WALLET } from "../signers/fake_signer.ts";
import { signerContract } from "./signer_contract.ts";

signerContract("KeySigner", () =>
  Promise.resolve({
    signer: new KeySigner(TEST_KEY, "the test's key"),
    wallet: TEST_WALLET,
    chainId: 61n,
    secrets: [TEST_KEY.slice(2)],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }));
