/**
 * Transfers as transactions: the bytes that are signed, and the form in which JSON-RPC asks for
 * them.
 *
 * @module
 */

import { getAddress } from "ethers/address";
import { Transaction } from "ethers/transaction";
import type { Fees } from "../../../domain/fees.ts";
import type { TransferRequest } from "../../../domain/ports/signer.ts";

/** A transfer as JSON-RPC asks for it: quantities in hex without leading zeros. */
export type TransferParams = Readonly<Record<string, string>>;

/** The unsigned transaction of a transfer: legacy (EIP-155) or EIP-1559, without data. */
export function transactionOf(request: TransferRequest): Transaction {
  return Transaction.from({
    chainId: request.chainId,
    nonce: request.nonce,
    to: request.to,
    value: request.valueWei,
    gasLimit: request.gas,
    ...feeFields(request.fees),
  });
}

/**
 * The object that `eth_signTransaction` and its kin take. Addresses carry their checksum (EIP-55),
 * since Clef warns its operator of those that do not.
 */
export function transferParams(request: TransferRequest): TransferParams {
  return {
    from: getAddress(request.from),
    to: getAddress(request.to),
    value: quantity(request.valueWei),
    nonce: quantity(request.nonce),
    gas: quantity(request.gas),
    chainId: quantity(request.chainId),
    ...feeParams(request.fees),
  };
}

function feeFields(fees: Fees): Partial<Pick<Transaction, FeeField>> & { readonly type: number } {
  return fees.kind === "legacy" ? { type: 0, gasPrice: fees.gasPriceWei } : {
    type: 2,
    maxFeePerGas: fees.maxFeePerGasWei,
    maxPriorityFeePerGas: fees.maxPriorityFeePerGasWei,
  };
}

type FeeField = "gasPrice" | "maxFeePerGas" | "maxPriorityFeePerGas";

function feeParams(fees: Fees): TransferParams {
  return fees.kind === "legacy" ? { gasPrice: quantity(fees.gasPriceWei) } : {
    maxFeePerGas: quantity(fees.maxFeePerGasWei),
    maxPriorityFeePerGas: quantity(fees.maxPriorityFeePerGasWei),
  };
}

function quantity(value: bigint | number): string {
  return `0x${value.toString(16)}`;
}
