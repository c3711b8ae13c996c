/**
 * A real chain for a test, and a way to look at it past the program.
 *
 * @module
 */

import {
  type AnvilOptions,
  type AnvilProcess,
  startAnvilProcess,
} from "../../adapters/anvil/anvil_process.ts";
import { callNode } from "./json_rpc.ts";

/** A running anvil that a test can ask. */
export interface TestAnvil extends AnvilProcess {
  /**
   * Calls a JSON-RPC method and answers its result.
   *
   * @throws {Error} when the node answers an error.
   */
  // deno-lint-ignore no-explicit-any -- a test knows what the method answers
  rpc(method: string, params?: readonly unknown[]): Promise<any>;
}

/**
 * Starts an anvil on a free port and waits until it answers.
 *
 * ```ts ignore
 * await using anvil = await startAnvil({ blockTimeSeconds: 1 });
 * const head = await anvil.rpc("eth_blockNumber");
 * ```
 */
export async function startAnvil(options: AnvilOptions = {}): Promise<TestAnvil> {
  const anvil = await startAnvilProcess(options);
  return { ...anvil, rpc: (method, params) => callNode(anvil.url, method, params) };
}
