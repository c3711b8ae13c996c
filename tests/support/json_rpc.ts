/**
 * A JSON-RPC call to a node, for tests that look at the chain past the program.
 *
 * @module
 */

/** A method and its parameters. */
export type NodeCall = readonly [method: string, params: readonly unknown[]];

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
  return resultOf(method, await post(url, requestOf([method, params], 1)));
}

/**
 * Calls many methods in one round trip and answers their results, in order.
 *
 * @throws {Error} when the node answers an error to any of them.
 */
export async function callNodeAtOnce(
  url: string,
  calls: readonly NodeCall[],
  // deno-lint-ignore no-explicit-any -- a test knows what the methods answer
): Promise<any[]> {
  if (calls.length === 0) return [];
  const answers: Answer[] = await post(url, calls.map(requestOf));
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  return calls.map(([method], index) => resultOf(method, byId.get(index)));
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: unknown;
}

function requestOf([method, params]: NodeCall, id: number): object {
  return { jsonrpc: "2.0", id, method, params };
}

// deno-lint-ignore no-explicit-any -- a test knows what the node answers
async function post(url: string, request: object): Promise<any> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
  });
  return await response.json();
}

function resultOf(method: string, answer: Answer | undefined): unknown {
  if (answer !== undefined && answer.error === undefined) return answer.result;
  throw new Error(`Cannot ${method}: the node says ${JSON.stringify(answer?.error)}`);
}
