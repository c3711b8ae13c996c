/**
 * Ethereum nodes: the chain port over JSON-RPC, and the signers.
 *
 * @module
 */

export { JsonRpcChain } from "./json_rpc_chain.ts";
export type {
  BatchOptions,
  RpcAnswer,
  RpcCall,
  RpcConnection,
  RpcError,
} from "./rpc_connection.ts";
