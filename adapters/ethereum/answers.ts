/**
 * Turns what came of a call into a fact, or into a fault that names what was asked of whom.
 *
 * @module
 */

import { Fault } from "../../domain/fault.ts";
import { ABSENT, type Fact, present, unknown } from "../../domain/fact.ts";
import type { RpcAnswer, RpcError } from "./rpc_connection.ts";

/** What is expected of a result. @throws {Fault} `chain-nonsense` for anything else. */
export type Decode<T> = (result: unknown) => T;

/** What an answer says, as a fact: decoded to `null`, it is absent. Never throws a {@linkcode Fault}. */
export function factOf<T>(
  answer: RpcAnswer | undefined,
  decode: Decode<T | null>,
): Fact<T> {
  if (answer?.kind !== "result") return unknown(whyNot(answer));
  try {
    const value = decode(answer.result);
    return value === null ? ABSENT : present(value);
  } catch (error) {
    if (error instanceof Fault) return unknown(error.message);
    throw error;
  }
}

/**
 * What an answer says, when there is no going on without it.
 *
 * @throws {Fault} `chain-unreachable` when nothing came, `chain-nonsense` when no answer did.
 */
export function need<T>(
  answer: RpcAnswer | undefined,
  question: { readonly of: string; readonly method: string },
  decode: Decode<T>,
): T {
  const asked = `Cannot ask ${question.of} for ${question.method}`;
  if (answer?.kind !== "result") {
    const kind = answer?.kind === "silence" ? "chain-unreachable" : "chain-nonsense";
    throw new Fault(kind, `${asked}: ${whyNot(answer)}`);
  }
  try {
    return decode(answer.result);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault(error.kind, `${asked}: ${error.message}`, { cause: error });
  }
}

/** Whether a node says that it does not offer a method; codes of JSON-RPC 2.0 and EIP-1474. */
export function isMethodMissing(error: RpcError): boolean {
  return error.code === -32601 || error.code === -32004 ||
    /method .*(?:not |n't )|(?:unsupported|unknown) method/i.test(error.message);
}

/** Why there is no result, for people. */
export function whyNot(answer: Exclude<RpcAnswer, { kind: "result" }> | undefined): string {
  if (answer === undefined) return "it was not asked";
  return answer.kind === "error" ? wordsOf(answer.error) : answer.why;
}

/** A node's error in its own words. */
export function wordsOf({ code, message, data }: RpcError): string {
  return `answered error ${code}: ${message}${data === null || data === "0x" ? "" : ` (${data})`}`;
}
