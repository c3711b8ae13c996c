/**
 * A node between Paydirt and anvil that answers as the recorded one did where anvil would not, and
 * passes everything else on.
 *
 * @module
 */

import type { RecordedReply, Stage } from "./recording.ts";

/** A running node. */
export interface RecordedNode extends AsyncDisposable {
  readonly url: string;
}

/** What the node is made from. */
export interface RecordedNodeOptions {
  /** The node that everything else goes to. */
  readonly behind: string;
  readonly stage: Stage;
  /** Told of each call before it is answered. */
  readonly onCall?: (method: string) => Promise<void>;
}

/** What the recorder itself told about peers, because anvil has no such method. */
const PEERS: RecordedReply = { result: "0x19" };

/** Methods that a locked account refuses. The recorded payer tried `eth_sign` alone. */
const SIGNING = ["eth_sign", "eth_signTransaction", "eth_sendTransaction"];

/** Starts a node for one stage. */
export function startRecordedNode(options: RecordedNodeOptions): RecordedNode {
  const { behind, onCall } = options;
  const own = ownAnswers(options.stage);

  async function answer(call: Call): Promise<unknown> {
    await onCall?.(call.method);
    const reply = own.get(call.method);
    if (reply !== undefined) return { jsonrpc: "2.0", id: call.id, ...reply };
    const response = await fetch(behind, { ...POST, body: JSON.stringify(call) });
    return await response.json();
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const asked: Call | readonly Call[] = await request.json();
    if (!isBatch(asked)) return Response.json(await answer(asked));
    const answers: unknown[] = [];
    // In order: a later transaction of a batch may stand on an earlier one.
    for (const call of asked) answers.push(await answer(call));
    return Response.json(answers);
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

interface Call {
  readonly id: unknown;
  readonly method: string;
}

const POST = { method: "POST", headers: { "content-type": "application/json" } };

function isBatch(asked: Call | readonly Call[]): asked is readonly Call[] {
  return Array.isArray(asked);
}

/** What the recorder answered in the place of its node. */
function ownAnswers(stage: Stage): ReadonlyMap<string, RecordedReply> {
  const own = new Map<string, RecordedReply>([["net_peerCount", PEERS]]);
  for (const step of stage.steps) {
    if (step.kind !== "rpc") continue;
    const { injected, ...reply } = step.reply;
    if (step.method === "net_peerCount") own.set(step.method, reply);
    if (!injected) continue;
    if (step.method !== "eth_sign") throw new Error(`Cannot inject an answer to ${step.method}`);
    for (const method of SIGNING) own.set(method, reply);
  }
  return own;
}
