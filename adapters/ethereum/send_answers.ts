/**
 * Reads a node's answer to a send.
 *
 * @module
 */

import type { Hash } from "../../domain/address.ts";
import type { SendAnswer } from "../../domain/send_answer.ts";
import { factOf, whyNot, wordsOf } from "./answers.ts";
import { decodeHash } from "./decoding/values.ts";
import type { RpcAnswer } from "./rpc_connection.ts";
import { meaningOfError } from "./send_errors.ts";

const ZERO_HASH = `0x${"0".repeat(64)}`;

/**
 * What became of `eth_sendRawTransaction` or `eth_sendTransaction`. `expected` is the hash of the
 * bytes that were sent, where they are known: a node that answers another one is not believed.
 */
export function readSendAnswer(answer: RpcAnswer | undefined, expected?: Hash): SendAnswer {
  if (answer?.kind === "error") {
    return { meaning: meaningOfError(answer.error), hash: null, detail: wordsOf(answer.error) };
  }
  if (answer?.kind !== "result") return { meaning: "unknown", hash: null, detail: whyNot(answer) };
  const hash = factOf(answer, decodeHash);
  if (hash.kind !== "present") {
    const detail = hash.kind === "unknown" ? hash.why : "answered no hash";
    return { meaning: "unknown", hash: null, detail };
  }
  if (hash.value === ZERO_HASH) {
    return { meaning: "fatal", hash: null, detail: "answered a hash of zeros: it sent nothing" };
  }
  if (expected !== undefined && hash.value !== expected) {
    const detail = `answered hash ${hash.value}, expected ${expected}`;
    return { meaning: "unknown", hash: hash.value, detail };
  }
  return { meaning: "accepted", hash: hash.value, detail: `accepted as ${hash.value}` };
}
