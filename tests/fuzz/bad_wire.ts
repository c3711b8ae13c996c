/**
 * A wire to a node on which answers are spoiled, as a case says: what comes back is never an answer
 * that a right node could give to that question, or it is none.
 *
 * @module
 */

import fc from "fast-check";
import {
  readJson,
  type Transport,
  type WireAnswer,
  type WireRequest,
} from "../../adapters/ethereum/connection/transport.ts";
import {
  type Json,
  mutate,
  type Mutation,
  mutations,
  ODD_VALUES,
  writeJson,
} from "./json_mutations.ts";
import type { Answer } from "./rpc_node.ts";

/** The methods that a run calls. */
export const METHODS = [
  "eth_chainId",
  "eth_getBlockByNumber",
  "eth_getTransactionCount",
  "eth_getTransactionReceipt",
  "eth_getTransactionByHash",
  "eth_sendRawTransaction",
  "eth_sendTransaction",
  "eth_accounts",
  "eth_getBalance",
  "eth_getCode",
  "eth_estimateGas",
  "eth_gasPrice",
  "eth_maxPriorityFeePerGas",
  "eth_syncing",
  "net_peerCount",
] as const;

/** Methods that a run calls to pay, with how often it has called each before. */
const PAYING: readonly (readonly [Spoiling["method"], number])[] = [
  ["eth_sendRawTransaction", 0],
  ["eth_getTransactionReceipt", 0],
  ["eth_getTransactionByHash", 0],
  ["eth_getTransactionCount", 5],
  ["eth_getBlockByNumber", 5],
  ["eth_gasPrice", 2],
  ["eth_maxPriorityFeePerGas", 2],
  ["eth_getBalance", 3],
];

/** How a method's answers are spoiled. */
export interface Spoiling {
  /** Whose answers; `null`: everybody's. */
  readonly method: typeof METHODS[number] | null;
  /** How many of them are left alone first. */
  readonly after: number;
  /** How many are spoiled then. */
  readonly times: number;
  readonly how: How;
}

type How =
  | { readonly kind: "result"; readonly mutation: Mutation }
  | { readonly kind: "entry"; readonly mutation: Mutation }
  | { readonly kind: "error"; readonly code: Json; readonly message: Json }
  | { readonly kind: "id"; readonly id: Json }
  | { readonly kind: typeof WHOLE[number] }
  | { readonly kind: "body"; readonly text: string; readonly status: number };

/** What may happen to a whole request. */
const WHOLE = [
  "silence before",
  "silence after",
  "too large",
  "short",
  "twice",
  "shuffled",
  "one object",
  "cut",
  "swapped ids",
] as const;

const BODIES = [
  ...[
    "",
    " ",
    "null",
    "true",
    "0",
    '"ok"',
    "[]",
    "{}",
    "[[]]",
    "[null]",
    "{",
    "]",
    "NaN",
    "\u0000",
  ],
  "<!doctype html>\n<html><body>502 Bad Gateway</body></html>",
  '{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batch too large"}}',
  '[{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batch too large"}}]',
  '{"jsonrpc":"2.0","id":null,"error":{"code":-32005,"message":"too many requests"}}',
  '{"error":"not an object"}',
  '{"id":1,"result":null,"error":null}',
  '{"jsonrpc":"2.0","method":"eth_subscription","params":{"result":"0x1"}}',
  "\ufeff[]",
  `${"[".repeat(50_000)}${"]".repeat(50_000)}`,
];

const MESSAGES = [
  ...["already known", "nonce too low", "replacement transaction underpriced", "txpool is full"],
  ...["insufficient funds", "transaction underpriced", "intrinsic gas too low", "nonce too high"],
  ...["authentication needed", "the method does not exist", "execution reverted", "a\nb\u001b[31m"],
  ...["already known and nonce too low", "unknown transaction", "x".repeat(100_000)],
];

const how: fc.Arbitrary<How> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant("result" as const), mutation: mutations }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("entry" as const), mutation: mutations }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("error" as const),
      code: fc.constantFrom<Json>(-32000, -32601, -32600, -32602, -32005, 3, 0, "3", null, 1e300),
      message: fc.oneof(fc.constantFrom<Json>(...MESSAGES), fc.constantFrom(...ODD_VALUES)),
    }),
  },
  fc.record({
    kind: fc.constant("id" as const),
    id: fc.constantFrom<Json>(...ODD_VALUES, 7, 8, 9),
  }),
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom(...WHOLE) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("body" as const),
      text: fc.oneof(fc.constantFrom(...BODIES), fc.json(), fc.string({ unit: "binary" })),
      status: fc.constantFrom(200, 400, 413, 429, 500, 502),
    }),
  },
);

/** Any spoiling. */
export const spoilings: fc.Arbitrary<Spoiling> = fc.oneof(
  fc.record({
    method: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...METHODS) },
      { weight: 1, arbitrary: fc.constant(null) },
    ),
    after: fc.oneof(fc.nat(3), fc.nat(40)),
    times: fc.oneof(fc.constant(1), fc.nat(5), fc.constant(1_000)),
    how,
  }),
  // Of what a run asks when it has begun to pay: most others end it before.
  ...PAYING.map(([method, asked]) =>
    fc.record({
      method: fc.constant(method),
      after: fc.nat(20).map((more) => asked + more),
      times: fc.oneof(fc.constant(1), fc.nat(8), fc.nat(60)),
      how,
    })
  ),
);

interface Call {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** Whoever answers truly. */
export interface Answering {
  answer(method: string, params: readonly unknown[]): Answer;
}

/** A body, and the status over it. */
export interface Reply {
  readonly text: string;
  readonly status: number;
}

/** A transport to a node in this process. It takes no time. */
export class BadWire implements Transport {
  readonly #node: Answering;
  readonly #spoilings: readonly Spoiling[];
  readonly #seen: number[];

  /** Without spoilings it is a good one. */
  constructor(node: Answering, spoilings: readonly Spoiling[] = []) {
    this.#node = node;
    this.#spoilings = spoilings;
    this.#seen = spoilings.map(() => 0);
  }

  async exchange({ text }: WireRequest): Promise<WireAnswer> {
    await undefined;
    const body = this.reply(text);
    if (body === undefined) return SILENCE;
    return body.status === 413
      ? { kind: "too-large", why: "refused the size" }
      : readJson(body.text, ` (HTTP ${body.status})`);
  }

  /** What is answered to a request; nothing, where the node falls silent. */
  reply(request: string): Reply | undefined {
    const asked: Call | Call[] = JSON.parse(request);
    const calls = [asked].flat();
    const due = calls.map(({ method }) => this.#due(method));
    const whole = due.flat().map(({ kind }) => kind);
    if (whole.includes("silence before")) return undefined;
    if (whole.includes("too large")) return { text: "", status: 413 };
    const entries = calls.map((call, index) => this.#entry(call, due[index] ?? []));
    if (whole.includes("silence after")) return undefined;
    const body = due.flat().find((each) => each.kind === "body");
    return body?.kind === "body"
      ? body
      : { text: bodyOf(entries, { isBatch: Array.isArray(asked), whole }), status: 200 };
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  /** What is due for an answer to a method. */
  #due(method: string): readonly How[] {
    return this.#spoilings.flatMap((spoiling, index) => {
      if (spoiling.method !== null && spoiling.method !== method) return [];
      const seen = this.#seen[index]!++;
      const isDue = seen >= spoiling.after && seen < spoiling.after + spoiling.times;
      return isDue ? [spoiling.how] : [];
    });
  }

  #entry({ id, method, params }: Call, due: readonly How[]): Json {
    let answer: Answer = this.#node.answer(method, params);
    for (const each of due) {
      if (each.kind === "result" && "result" in answer) {
        answer = { result: mutate(answer.result, each.mutation) };
      }
    }
    let entry: Json = { jsonrpc: "2.0", id, ...answer };
    for (const each of due) {
      if (each.kind === "error") {
        entry = { jsonrpc: "2.0", id, error: { code: each.code, message: each.message } };
      }
      if (each.kind === "id") entry = { ...entry as object, id: each.id } as Json;
      if (each.kind === "entry") entry = mutate(entry, each.mutation);
    }
    return entry;
  }
}

const SILENCE: WireAnswer = { kind: "silence", why: "no answer within 10000 ms" };

function bodyOf(
  entries: readonly Json[],
  { isBatch, whole }: { readonly isBatch: boolean; readonly whole: readonly How["kind"][] },
): string {
  let all = entries;
  if (whole.includes("short")) all = all.slice(0, -1);
  if (whole.includes("twice")) all = [...all, ...all];
  if (whole.includes("shuffled")) all = all.toReversed();
  if (whole.includes("swapped ids")) all = withIdsSwapped(all);
  const asList = isBatch ? !whole.includes("one object") : whole.includes("one object");
  const text = writeJson(asList ? all : all[0] ?? null);
  return whole.includes("cut") ? text.slice(0, text.length / 2) : text;
}

/** Answers that are right for a neighbour's question. */
function withIdsSwapped(entries: readonly Json[]): readonly Json[] {
  return entries.map((entry, index) => {
    const other = entries[index % 2 === 0 ? index + 1 : index - 1] ?? entry;
    const id = (other as { readonly id?: Json })?.id ?? null;
    return { ...entry as object, id } as Json;
  });
}
