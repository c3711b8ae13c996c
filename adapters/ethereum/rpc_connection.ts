/**
 * What the adapters of this folder need of a connection to a node: JSON-RPC calls in, answers out.
 *
 * @module
 */

/** A JSON-RPC call. */
export interface RpcCall {
  /** As the node knows it: `eth_chainId`. */
  readonly method: string;
  /** In the order of the method. */
  readonly params: readonly unknown[];
}

/** The error that a node answered a call with. */
export interface RpcError {
  /** As JSON-RPC 2.0, EIP-1474 or the node itself number them; 0 when there was none. */
  readonly code: number;
  /** The node's words. */
  readonly message: string;
  /** Where some nodes put the reason; `null` when it is no text. */
  readonly data: string | null;
}

/** What came of a call. */
export type RpcAnswer =
  | { readonly kind: "result"; readonly result: unknown }
  | { readonly kind: "error"; readonly error: RpcError }
  /** Nothing came: no connection, a time-out, a lost link. The node may have acted on the call. */
  | { readonly kind: "silence"; readonly why: string }
  /** Something came that is no answer to this call. The node may have acted on it. */
  | { readonly kind: "nonsense"; readonly why: string };

/** How calls are packed. */
export interface BatchOptions {
  /** How many calls a request may hold, where answers are large. */
  readonly maxCalls?: number;
  /** Whether a request starts only when the one before it was answered. */
  readonly inOrder?: boolean;
  /** Gives up: what is not answered by then is silence. */
  readonly signal?: AbortSignal;
}

/** A connection to a node. */
export interface RpcConnection extends AsyncDisposable {
  /** Where the node is, for people, without credentials. */
  readonly name: string;
  /**
   * Asks. Answers stand in the order of the calls, one for each. Never rejects, and is bounded in
   * time and memory. Many calls are split into several requests, which start in order; a request
   * that the node refused for its size is asked again in smaller ones. A single call is never
   * sent twice.
   */
  batch(calls: readonly RpcCall[], options?: BatchOptions): Promise<readonly RpcAnswer[]>;
}
