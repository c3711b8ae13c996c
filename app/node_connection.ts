/**
 * Connects to the pool's node. No client of npm is behind it, so that the adapter does it itself.
 *
 * @module
 */

export { connectNode, type NodeConnectionOptions } from "../adapters/ethereum/connect_node.ts";
