/**
 * Ethereum nodes: the chain port over JSON-RPC, and the signers.
 *
 * @module
 */

export { connectNode, type NodeConnectionOptions } from "./connect_node.ts";
export { JsonRpcChain } from "./json_rpc_chain.ts";
export type {
  BatchOptions,
  RpcAnswer,
  RpcCall,
  RpcConnection,
  RpcError,
} from "./rpc_connection.ts";
export { KeySigner, type KeySignerOptions } from "./signers/key_signer.ts";
export { type KeystoreOptions, KeystoreSigner } from "./signers/keystore_signer.ts";
export { type NodeSignerOptions, openNodeSigner } from "./signers/node_signer.ts";
export { RemoteSigner, type RemoteSignerOptions } from "./signers/remote_signer.ts";
export type { RpcSigning } from "./signers/rpc_signing.ts";
