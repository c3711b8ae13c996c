/**
 * What an operator said, and what became of it, as text for people and as JSON.
 *
 * @module
 */

import { oneLine } from "../domain/one_line.ts";
import type { OperatorWord, WordOutcome } from "../domain/operator_word.ts";
import type { Json } from "./json_report.ts";

type Kind = OperatorWord["kind"];

const INFINITIVES: Readonly<Record<Kind, string>> = {
  settle: "settle",
  credit: "credit back",
  cancel: "cancel",
  release: "release",
};

const DONE: Readonly<Record<Kind, string>> = {
  settle: "Settled",
  credit: "Credited back",
  cancel: "Cancelling",
  release: "Released",
};

/** What became of a word. */
export function describeOutcome({ word, done, detail }: WordOutcome): string {
  return done ? oneLine(`${DONE[word.kind]} "${word.login}": ${detail}`) : refusal(word, detail);
}

/** What would become of it. */
export function describeIntent({ word, done, detail }: WordOutcome): string {
  return done
    ? oneLine(`Would ${INFINITIVES[word.kind]} "${word.login}": ${detail}`)
    : refusal(word, detail);
}

/** An outcome as an element of `words`. */
export function outcomeToJson({ word, done, detail }: WordOutcome): Json {
  return {
    word: word.kind,
    login: word.login,
    txHash: word.kind === "settle" ? word.hash : null,
    ok: done,
    detail,
  };
}

function refusal(word: OperatorWord, why: string): string {
  const by = word.kind === "settle" ? ` with ${word.hash}` : "";
  return oneLine(`Cannot ${INFINITIVES[word.kind]} "${word.login}"${by}: ${why}`);
}
