/**
 * A node between Paydirt and anvil that answers as the recorded one did where anvil would not, loses
 * the answers to sends that the recorded payer did not get, and passes everything else on.
 *
 * @module
 */

import type { LostReply, RecordedReply, Stage } from "./recording.ts";

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
  readonly onCall?: ((method: string) => Promise<void>) | undefined;
  /** Told when a send was taken or lost as recorded, and before anybody gets its answer. */
  readonly onFaultySend?: (() => Promise<void>) | undefined;
  /** Whether it signs nothing ahead: it has no `eth_signTransaction`, as the Go payers need none. */
  readonly onlySends?: boolean | undefined;
}

/** Whether a call sends a transaction: the recorded payer's way, or that of signed bytes. */
export function isSend(method: string): boolean {
  return method === "eth_sendTransaction" || method === "eth_sendRawTransaction";
}

/** What the recorder itself told about peers, because anvil has no such method. */
const PEERS: RecordedReply = { result: "0x19" };

/** Methods that a locked account refuses. The recorded payer tried `eth_sign` alone. */
const SIGNING = ["eth_sign", "eth_signTransaction", "eth_sendTransaction"];

const NO_SUCH_METHOD: RecordedReply = {
  error: { code: -32601, message: "the method eth_signTransaction does not exist" },
};

/** Starts a node for one stage. */
export function startRecordedNode(options: RecordedNodeOptions): RecordedNode {
  const { behind, onCall, onFaultySend } = options;
  const own = ownAnswers(options.stage);
  if (options.onlySends) own.set("eth_signTransaction", NO_SUCH_METHOD);
  const sends = repliesToSends(options.stage);

  async function answer(call: Call): Promise<unknown> {
    await onCall?.(call.method);
    const reply = isSend(call.method) ? sends.shift() : own.get(call.method);
    if (reply === undefined) return await passOn(call);
    if ("none" in reply) {
      if (reply.node !== undefined) await passOn(call);
      await onFaultySend?.();
      throw new NoAnswer();
    }
    if (isSend(call.method)) await onFaultySend?.();
    return { jsonrpc: "2.0", id: call.id, ...reply };
  }
  async function passOn(call: Call): Promise<unknown> {
    const response = await fetch(behind, { ...POST, body: JSON.stringify(call) });
    return await response.json();
  }
  async function respond(request: Request): Promise<Response> {
    const asked: Call | readonly Call[] = await request.json();
    if (!isBatch(asked)) return Response.json(await answer(asked));
    const answers: unknown[] = [];
    // In order: a later transaction of a batch may stand on an earlier one.
    for (const call of asked) answers.push(await answer(call));
    return Response.json(answers);
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    try {
      return await respond(request);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      await goneFrom(request);
      return new Response();
    }
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

/** The client gives up, or is gone. */
function goneFrom({ signal }: Request): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve());
  });
}

/** What the recorder answered in the place of its node. */
function ownAnswers(stage: Stage): Map<string, RecordedReply> {
  const own = new Map<string, RecordedReply>([["net_peerCount", PEERS]]);
  for (const step of stage.steps) {
    if (step.kind !== "rpc" || isSend(step.method) || "none" in step.reply) continue;
    const { injected, ...reply } = step.reply;
    if (step.method === "net_peerCount") own.set(step.method, reply);
    if (!injected) continue;
    if (step.method !== "eth_sign") throw new Error(`Cannot inject an answer to ${step.method}`);
    for (const method of SIGNING) own.set(method, reply);
  }
  return own;
}

/** For each recorded send what the payer got; `undefined` where it was the node's own answer. */
function repliesToSends(stage: Stage): (RecordedReply | LostReply | undefined)[] {
  return stage.steps.flatMap((step): [RecordedReply | LostReply | undefined] | [] => {
    if (step.kind !== "rpc" || !isSend(step.method)) return [];
    if ("none" in step.reply) return [step.reply];
    const { injected, ...reply } = step.reply;
    return [injected ? reply : undefined];
  });
}

/** Nothing is answered to a call. */
class NoAnswer extends Error {}
