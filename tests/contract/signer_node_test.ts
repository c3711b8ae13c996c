import { strictEqual } from "node:assert/strict";
import { openNodeSigner } from "../../adapters/ethereum/signers/node_signer.ts";
import { connectNode } from "../../app/node_connection.ts";
import type { Address } from "../../domain/address.ts";
import { startAnvil } from "../support/anvil.ts";
import { signerContract } from "./signer_contract.ts";

signerContract("the node's own account (anvil)", async () => {
  const anvil = await startAnvil({ noMining: true });
  const wallet = String((await anvil.rpc("eth_accounts"))[0]).toLowerCase() as Address;
  const connection = connectNode(anvil.url, { timeoutMs: 5_000 });
  const signer = await openNodeSigner(connection, { wallet, chainId: 31_337n });
  if (signer.kind !== "bytes") throw new Error("anvil offers eth_signTransaction");
  return {
    signer,
    wallet,
    chainId: 31_337n,
    secrets: [],
    [Symbol.asyncDispose]: async () => {
      strictEqual(await anvil.rpc("eth_getTransactionCount", [wallet, "pending"]), "0x0"); // None was sent.
      await connection[Symbol.asyncDispose]();
      await anvil.stop();
    },
  };
});
