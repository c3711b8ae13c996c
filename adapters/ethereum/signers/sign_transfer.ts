/**
 * Signing a transfer with a private key: the bytes that EIP-155 and EIP-1559 ask for.
 *
 * Not by way of ethers' `Transaction`, which was tried: it spells the recipient's checksum, writes
 * every field as text several times, and so takes two thirds as long as the curve itself.
 *
 * @module
 */

import { keccak256, type SigningKey } from "ethers/crypto";
import { getBytes, toBeArray } from "ethers/utils";
import type { Hash, Hex } from "../../../domain/address.ts";
import type { Fees } from "../../../domain/fees.ts";
import type { SignedTransfer, TransferRequest } from "../../../domain/ports/signer.ts";
import { rlpList, rlpString } from "./rlp.ts";

/** Signs a transfer. The same request gives the same bytes (RFC 6979). */
export function signTransfer(key: SigningKey, request: TransferRequest): SignedTransfer {
  const { fees } = request;
  const bytes = fees.kind === "legacy"
    ? signLegacy(key, request, fees)
    : signEip1559(key, request, fees);
  return { raw: `0x${bytes.toHex()}` as Hex, hash: keccak256(bytes) as Hash };
}

/** EIP-155. */
function signLegacy(
  key: SigningKey,
  request: TransferRequest,
  { gasPriceWei }: Extract<Fees, { kind: "legacy" }>,
): Uint8Array {
  const { chainId, nonce } = request;
  const fields = [integer(nonce), integer(gasPriceWei), ...transferFields(request)];
  const unsigned = rlpList([...fields, integer(chainId), EMPTY, EMPTY]);
  const { yParity, r, s } = key.sign(keccak256(unsigned));
  const v = integer(35n + 2n * chainId + BigInt(yParity));
  return rlpList([...fields, v, integer(r), integer(s)]);
}

/** EIP-1559, in the envelope of EIP-2718. */
function signEip1559(
  key: SigningKey,
  request: TransferRequest,
  { maxPriorityFeePerGasWei, maxFeePerGasWei }: Extract<Fees, { kind: "eip1559" }>,
): Uint8Array {
  const fields = [
    integer(request.chainId),
    integer(request.nonce),
    integer(maxPriorityFeePerGasWei),
    integer(maxFeePerGasWei),
    ...transferFields(request),
    NO_ACCESS_LIST,
  ];
  const { yParity, r, s } = key.sign(keccak256(envelope(rlpList(fields))));
  return envelope(rlpList([...fields, integer(yParity), integer(r), integer(s)]));
}

/** What both kinds have in common, in their common order. */
function transferFields({ gas, to, valueWei }: TransferRequest): readonly Uint8Array[] {
  return [integer(gas), rlpString(getBytes(to)), integer(valueWei), EMPTY];
}

const EMPTY = rlpString(new Uint8Array(0));
const NO_ACCESS_LIST = rlpList([]);

/** The type's byte, then the list. */
function envelope(list: Uint8Array): Uint8Array {
  const typed = new Uint8Array(list.length + 1);
  typed[0] = 2;
  typed.set(list, 1);
  return typed;
}

function integer(value: bigint | number | string): Uint8Array {
  return rlpString(toBeArray(value));
}
