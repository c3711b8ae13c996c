/**
 * JSON-RPC over HTTP.
 *
 * @module
 */

import type { WebEndpoint } from "./endpoint.ts";
import { MAX_ANSWER_BYTES, readJson, TOO_LONG, type Transport } from "./transport.ts";
import type { WireAnswer, WireRequest } from "./transport.ts";

/**
 * Posts each request.
 *
 * Plain `fetch` and not ethers' `FetchRequest`, which was tried: it holds an answer of any length
 * in memory (an endless one took 500 MiB and outlived its time-out), asks again by itself after an
 * HTTP 429, and turns what a node says into errors of its own; `JsonRpcProvider` on top of it
 * asks a dead node for ever and says so on stdout.
 *
 * Each request has a connection of its own: Deno says a request again, unasked, when a connection
 * that served an earlier one breaks, also when the node has carried it out.
 */
export class HttpTransport implements Transport {
  readonly #endpoint: WebEndpoint;
  readonly #client = Deno.createHttpClient({ poolMaxIdlePerHost: 0, http2: false });
  #isClosed = false;

  /** Connects to nothing yet. */
  constructor(endpoint: WebEndpoint) {
    this.#endpoint = endpoint;
  }

  async exchange(request: WireRequest, signal: AbortSignal): Promise<WireAnswer> {
    try {
      const response = await fetch(this.#endpoint.url, {
        method: "POST",
        headers: { ...this.#endpoint.headers, "content-type": "application/json" },
        body: request.text,
        redirect: "manual", // Elsewhere is not the node that was named, nor to be told its password.
        signal,
        client: this.#client,
      });
      return await readResponse(response);
    } catch (error) {
      return { kind: "silence", why: signal.aborted ? String(signal.reason) : reasonOf(error) };
    }
  }

  /** No connection stays open; what is under way goes on. */
  [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isClosed) this.#client.close();
    this.#isClosed = true;
    return Promise.resolve();
  }
}

async function readResponse(response: Response): Promise<WireAnswer> {
  const text = await readBody(response);
  if (text === undefined) return { kind: "nonsense", why: TOO_LONG };
  const status = ` (HTTP ${response.status})`;
  const answer = readJson(text, status); // Many nodes send their errors with a 4xx or 5xx.
  if (response.status === 413) return { kind: "too-large", why: `refused the size${status}` };
  return answer;
}

/** The body, or `undefined` when it is longer than any answer. */
async function readBody(response: Response): Promise<string | undefined> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for await (const chunk of response.body) { // Leaving the loop cancels the rest.
    length += chunk.byteLength;
    if (length > MAX_ANSWER_BYTES) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** `error sending request for url (…): client error (Connect): tcp connect error: …`: its end. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.replace(/^error sending request .*client error \([^)]*\): /, "");
}
