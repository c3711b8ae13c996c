import { decodeTransaction } from "../../adapters/memory/chain_transaction.ts";
import { memorySigner } from "../../adapters/memory/signer.ts";
import type { Address } from "../../domain/address.ts";
import { signerContract } from "./signer_contract.ts";

const WALLET = `0x${"cd".repeat(20)}` as Address;

signerContract("memorySigner()", () =>
  Promise.resolve({
    signer: memorySigner(WALLET),
    wallet: WALLET,
    chainId: 61n,
    secrets: [],
    read: decodeTransaction,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }));
