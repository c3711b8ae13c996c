import { encryptKeystoreJsonSync } from "ethers/wallet";
import { KeystoreSigner } from "../../adapters/ethereum/signers/keystore_signer.ts";
import { TEST_KEY, TEST_WALLET } from "../signers/fake_signer.ts";
import { signerContract } from "./signer_contract.ts";

const PASSWORD = "correct horse battery staple";
const KEYSTORE = encryptKeystoreJsonSync(
  { address: TEST_WALLET, privateKey: TEST_KEY },
  PASSWORD,
  { scrypt: { N: 2, r: 1, p: 1 } },
);

signerContract("KeystoreSigner", async () => {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(file, KEYSTORE);
  return {
    signer: new KeystoreSigner({ file, password: () => Promise.resolve(PASSWORD) }),
    wallet: TEST_WALLET,
    chainId: 61n,
    secrets: [TEST_KEY.slice(2), PASSWORD],
    [Symbol.asyncDispose]: () => Deno.remove(file),
  };
});
