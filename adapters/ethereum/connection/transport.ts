/**
 * One request to a node and what came back, whatever the wire.
 *
 * @module
 */

/** A JSON-RPC request, one call or a batch, ready for the wire. */
export interface WireRequest {
  readonly text: string;
  /** The ids of the calls in it. */
  readonly ids: readonly number[];
}

/** What came back for a request. */
export type WireAnswer =
  | { readonly kind: "json"; readonly value: unknown }
  /** The request was not taken, since it is too large. */
  | { readonly kind: "too-large"; readonly why: string }
  | { readonly kind: "silence"; readonly why: string }
  | { readonly kind: "nonsense"; readonly why: string };

/** A wire to a node. */
export interface Transport extends AsyncDisposable {
  /**
   * Sends a request once and waits for its answer. Never rejects. When the signal aborts it is
   * silence, with the signal's reason.
   */
  exchange(request: WireRequest, signal: AbortSignal): Promise<WireAnswer>;
}

/** How much of an answer is taken, in bytes: a page of full blocks fits several times. */
export const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** Why an answer that grows for ever is not one. */
export const TOO_LONG = `answered more than ${MAX_ANSWER_BYTES / 1024 / 1024} MiB`;

/** Reads an answer, or says what it looks like instead; `status` stands behind it for people. */
export function readJson(text: string, status = ""): WireAnswer {
  try {
    return { kind: "json", value: JSON.parse(text) };
  } catch {
    return { kind: "nonsense", why: `answered ${lookOf(text)}${status}, expected JSON-RPC` };
  }
}

function lookOf(text: string): string {
  const start = text.slice(0, 100).trimStart();
  if (start === "") return "nothing";
  return start.startsWith("<") ? "HTML" : "no JSON";
}
