/**
 * Every port in memory: for tests, demos and simulations.
 *
 * @module
 */

export { memoryChain } from "./chain.ts";
export type { ChainMethod, MemoryChainOptions } from "./chain.ts";
export type { Changes, ContractCode } from "./chain_accounts.ts";
export type { MemoryBlock, Outcome } from "./chain_blocks.ts";
export { MemoryNode } from "./chain_node.ts";
export type {
  ForeignTransaction,
  MemoryNodeOptions,
  MinedPlace,
  ReorgOptions,
} from "./chain_node.ts";
export type { NodeRules } from "./chain_rules.ts";
export { awaitAround } from "./chain_seam.ts";
export type { Seam } from "./chain_seam.ts";
export type { MemoryTransaction, TransactionBody } from "./chain_transaction.ts";
export { VirtualClock } from "./clock.ts";
export { memoryLedger } from "./ledger.ts";
export type { LedgerMethod, MemoryLedgerOptions } from "./ledger.ts";
export { MemoryLedgerStore } from "./ledger_store.ts";
export type { KeyValue, LedgerDump } from "./ledger_store.ts";
export { MemoryJournal } from "./local_journal.ts";
export { memoryNodeSigner, memorySigner } from "./signer.ts";
export type { SignerMethod } from "./signer.ts";
