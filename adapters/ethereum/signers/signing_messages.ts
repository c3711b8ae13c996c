/**
 * The messages to and from a signing thread. A key goes to the thread and nowhere else.
 *
 * @module
 */

import type { SignedTransfer, TransferRequest } from "../../../domain/ports/signer.ts";

/** To the thread: first its key, then transfers, as often as there are some. */
export type ToThread =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "sign"; readonly id: number; readonly requests: readonly TransferRequest[] };

/** From the thread: that it can sign, then what it signed, in the order in which it was asked. */
export type FromThread =
  | { readonly kind: "ready" }
  | { readonly kind: "signed"; readonly id: number; readonly transfers: readonly SignedTransfer[] };
