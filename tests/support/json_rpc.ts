/**
 * A JSON-RPC call to a node, for tests that look at the chain past the program.
 *
 * @module
 */

/**
 * Calls a method of a node over HTTP and answers its result.
 *
 * @throws {Error} when the node answers an error, or nothing that is an answer.
 */
export async function callNode(
  url: string,
  method: string,
  params: readonly unknown[] = [],
  // deno-lint-ignore no-explicit-any -- a test knows what the method answers
): Promise<any> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const answer = await response.json();
  if (answer.error !== undefined) {
    throw new Error(`Cannot ${method}: the node says ${JSON.stringify(answer.error)}`);
  }
  return answer.result;
}
