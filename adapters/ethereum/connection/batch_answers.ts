/**
 * Finds the answers to the calls of a request: they may come in another order, short, twice, with
 * ids that nobody asked for, or as one object for the whole batch.
 *
 * @module
 */

import type { RpcAnswer, RpcError } from "../rpc_connection.ts";

/** The answers to a request, in the order of its ids; or it was refused for the number of calls. */
export type BatchAnswers =
  | { readonly kind: "answers"; readonly answers: readonly RpcAnswer[] }
  | { readonly kind: "refused"; readonly why: string };

/** Matches what a node sent with the ids that were asked. Never throws. */
export function matchAnswers(value: unknown, ids: readonly number[]): BatchAnswers {
  const entries = Array.isArray(value) ? value : [value];
  if (ids.length > 1 && entries.length === 1) {
    const refusal = readError(entries[0]);
    if (refusal !== undefined && (!Array.isArray(value) || refusesBatches(refusal))) {
      const why = `answered a batch with one error: ${refusal.message}`;
      return refusesBatches(refusal) ? { kind: "refused", why } : everyone(ids, why);
    }
  }
  if (!Array.isArray(value) && ids.length > 1) {
    return everyone(ids, `answered a batch with ${shapeOf(value)}, expected a list`);
  }
  const byId = new Map<unknown, RpcAnswer>();
  for (const entry of entries) {
    const id = isObject(entry) ? entry.id : undefined;
    // Who could not read a call answers it without its id.
    const key = ids.length === 1 && id == null && readError(entry) !== undefined ? ids[0] : id;
    byId.set(key, byId.has(key) ? nonsense("answered one call twice") : readEntry(entry));
  }
  return {
    kind: "answers",
    answers: ids.map((id) => byId.get(id) ?? nonsense(whyMissing(entries, ids))),
  };
}

function whyMissing(entries: readonly unknown[], ids: readonly number[]): string {
  if (ids.length > 1) return `answered ${entries.length} of ${ids.length} calls, and not this one`;
  const isAnswer = entries.some((entry) => isObject(entry) && "id" in entry);
  if (isAnswer) return "answered a call that was not made";
  return `answered ${entries.length === 0 ? "no entry" : shapeOf(entries[0])}, expected JSON-RPC`;
}

function readEntry(entry: unknown): RpcAnswer {
  const error = readError(entry);
  if (error !== undefined) return { kind: "error", error };
  if (isObject(entry) && entry.result !== undefined && entry.error == null) {
    return { kind: "result", result: entry.result };
  }
  return nonsense("answered neither a result nor an error");
}

function readError(entry: unknown): RpcError | undefined {
  if (!isObject(entry) || !isObject(entry.error)) return undefined;
  const { code, message, data } = entry.error;
  return {
    code: typeof code === "number" ? code : 0,
    message: typeof message === "string" ? message : "an error without a message",
    data: typeof data === "string" ? data : null,
  };
}

/** Whether the same calls may be taken in smaller batches; not when calls are too many a second. */
function refusesBatches(error: RpcError): boolean {
  return error.code === INVALID_REQUEST || /batch/i.test(error.message);
}

/** JSON-RPC 2.0: the request is no request that the node takes. */
const INVALID_REQUEST = -32600;

function everyone(ids: readonly number[], why: string): BatchAnswers {
  return { kind: "answers", answers: ids.map(() => nonsense(why)) };
}

function nonsense(why: string): RpcAnswer {
  return { kind: "nonsense", why };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shapeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "one object" : `a ${typeof value}`;
}
