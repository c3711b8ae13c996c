/**
 * Signers of the memory chain: no key, no curve, whoever asks is who they say.
 *
 * @module
 */

import type { Address, Hex } from "../../domain/address.ts";
import type {
  BytesSigner,
  SendingSigner,
  SignedTransfer,
  TransferRequest,
} from "../../domain/ports/signer.ts";
import type { SendAnswer } from "../../domain/send_answer.ts";
import type { MemoryNode } from "./chain_node.ts";
import { awaitAround, type Seam } from "./chain_seam.ts";
import { encodeTransaction } from "./chain_transaction.ts";

/** The members of the port that ask the signer something. */
export type SignerMethod = "address" | "sign" | "send";

/**
 * Signs ahead of sending. The same request gives the same bytes.
 *
 * @example
 * ```ts
 * import type { Address } from "../../domain/address.ts";
 * import { memorySigner } from "./signer.ts";
 *
 * const signer = memorySigner(`0x${"11".repeat(20)}` as Address);
 * console.assert(await signer.address() === `0x${"11".repeat(20)}`);
 * ```
 */
export function memorySigner(wallet: Address, seam: Seam<SignerMethod> = awaitAround): BytesSigner {
  return {
    kind: "bytes",
    name: "a key in memory",
    address: () => seam("address", () => wallet),
    sign: (requests) => seam("sign", () => requests.map(signTransfer)),
  };
}

/** Signs and sends in one step, as a node does for its own account. */
export function memoryNodeSigner(
  node: MemoryNode,
  { wallet, seam = awaitAround }: { readonly wallet: Address; readonly seam?: Seam<SignerMethod> },
): SendingSigner {
  return {
    kind: "sends",
    name: "an account of the node in memory",
    address: () => seam("address", () => wallet),
    send: (request) => seam("send", (): SendAnswer => node.submit(signTransfer(request).raw)),
  };
}

function signTransfer(request: TransferRequest): SignedTransfer {
  return encodeTransaction({ ...request, data: "0x" as Hex });
}
