import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import fc from "fast-check";
import { MAX_ANSWER_BYTES } from "../../adapters/ethereum/connection/transport.ts";
import type { RpcAnswer } from "../../adapters/ethereum/rpc_connection.ts";
import { connectNode } from "../../app/node_connection.ts";
import { fuzzTest } from "./fuzz.ts";
import { type Json, mutate, mutations, writeJson } from "./json_mutations.ts";
import { httpNode, ipcNode, type Script, webSocketNode } from "./servers.ts";
import { assertOneLine } from "./told.ts";

const WIRES = { HTTP: httpNode, WebSocket: webSocketNode, IPC: ipcNode } as const;

const MIB = 1024 * 1024;

/** What the kernel and the runtime hold besides what was asked for. */
const IN_PIPES = 16 * MIB;

/** A node that takes forever is waited for so long; all others answer at once. */
const IMPATIENT_MS = 60;
const PATIENT_MS = 30_000;

const CALLS = [0, 1, 2].map((index) => ({ method: "echo", params: [index] }));

interface Case {
  /** What becomes of the right answer; none: it stays. */
  readonly spoiled: readonly ((text: string) => string)[];
  readonly cuts: readonly number[];
  readonly garbage: Uint8Array;
  readonly end: "close" | "stay";
  readonly status: number;
}

const spoilings: fc.Arbitrary<(text: string) => string> = fc.oneof(
  mutations.map((mutation) => (text: string) => {
    try {
      return writeJson(mutate(JSON.parse(text) as Json, mutation));
    } catch {
      return text; // Another spoiling has made it no JSON.
    }
  }),
  fc.nat(200).map((end) => (text: string) => text.slice(0, end)),
  fc.constantFrom("", "\n", "}", "]", "[", '"', "\0", "\ufeff", "HTTP/1.1 200 OK\r\n\r\n").map(
    (odd) => (text: string) => `${odd}${text}`,
  ),
  fc.constantFrom("", "\n\n", "}", "{", "[]", "{}", '{"id":1}', "null", '{"error":{}}').map(
    (odd) => (text: string) => `${text}${odd}`,
  ),
  fc.constant((text: string) => `${text}${text}`),
);

const cases: fc.Arbitrary<Case> = fc.record({
  spoiled: fc.array(spoilings, { maxLength: 3 }),
  cuts: fc.array(fc.nat(300), { maxLength: 4 }),
  garbage: fc.oneof(
    { weight: 4, arbitrary: fc.constant(new Uint8Array()) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 20 }) },
  ),
  end: fc.constantFrom("close", "close", "stay"),
  status: fc.constantFrom(200, 200, 200, 204, 400, 404, 413, 429, 500, 502, 503),
});

for (const [wire, start] of Object.entries(WIRES)) {
  fuzzTest(`questions over ${wire} to a node that writes any bytes are answered, each once`, {
    runs: 60,
    arbitrary: fc.array(cases, { minLength: 1, maxLength: 3 }),
    async check(plays) {
      const left = [...plays];
      const played: (Case | undefined)[] = [];
      await using node = start((request) => {
        played.push(left.shift());
        return scriptOf(request, played.at(-1));
      });
      await using connection = connectNode(node.url, { timeoutMs: IMPATIENT_MS });
      for (let question = 0; question <= plays.length; question++) {
        played.length = 0;
        const answers = await connection.batch(CALLS);
        assertAnswers(answers);
        if (answers.some(({ kind }) => kind === "result") && played.every(isRight)) {
          deepStrictEqual(answers, CALLS.map((_, result) => ({ kind: "result", result })));
        }
      }
    },
  });

  Deno.test(`an endless answer over ${wire} is not taken to its end`, async () => {
    await using node = start(() => ({ pieces: [], end: "endless" }));
    await using connection = connectNode(node.url, { timeoutMs: PATIENT_MS });
    const answers = await connection.batch(CALLS);
    assertAnswers(answers);
    ok(answers.every(({ kind }) => kind === "nonsense" || kind === "silence"));
    ok(node.written() <= MAX_ANSWER_BYTES + IN_PIPES, `${node.written() / MIB} MiB were taken`);
  });
}

Deno.test("an answer that is small on the wire and has no end unpacked is not taken", async () => {
  const zeros = new Uint8Array(2 * MAX_ANSWER_BYTES);
  const packed = {
    gzip: gzipSync(zeros),
    br: brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  };
  for (const [encoding, piece] of Object.entries(packed)) {
    ok(piece.length < MIB);
    await using node = httpNode(() => ({
      pieces: [piece],
      end: "close",
      headers: { "content-encoding": encoding },
    }));
    await using connection = connectNode(node.url, { timeoutMs: PATIENT_MS });
    const answers = await connection.batch(CALLS);
    deepStrictEqual(answers[0], { kind: "nonsense", why: "answered more than 32 MiB" });
  }
});

Deno.test("a packed answer is unpacked, and one that is packed badly is none", async () => {
  const right = new TextEncoder().encode('[{"id":1,"result":7}]');
  const packed = gzipSync(right);
  const scripts: [Uint8Array, RpcAnswer["kind"]][] = [
    [packed, "result"],
    [packed.subarray(0, packed.length / 2), "silence"],
    [right, "silence"],
    [new Uint8Array([0x1f, 0x8b, 0xff]), "silence"],
  ];
  for (const [piece, kind] of scripts) {
    await using node = httpNode(() => ({
      pieces: [piece],
      end: "close",
      headers: { "content-encoding": "gzip" },
    }));
    await using connection = connectNode(node.url, { timeoutMs: PATIENT_MS });
    const answers = await connection.batch(CALLS.slice(0, 1));
    assertAnswers(answers);
    strictEqual(answers[0]?.kind, kind);
  }
});

function isRight(played: Case | undefined): boolean {
  return played === undefined ||
    (played.spoiled.length === 0 && played.garbage.length === 0 && played.status === 200);
}

function scriptOf(request: string, played: Case | undefined): Script {
  const right = JSON.stringify(echo(request));
  if (played === undefined) return { pieces: [encode(right)], end: "close" };
  const { spoiled, cuts, garbage, end, status } = played;
  const bytes = encode(spoiled.reduce((text, spoil) => spoil(text), right));
  const pieces: Uint8Array[] = [];
  let start = 0;
  for (const cut of cuts.toSorted((one, other) => one - other)) {
    pieces.push(bytes.subarray(start, cut));
    start = Math.max(start, Math.min(cut, bytes.length));
  }
  pieces.push(bytes.subarray(start), garbage);
  const isEmpty = status === 204;
  return { pieces: isEmpty ? [] : pieces.filter(({ length }) => length > 0), end, status };
}

function assertAnswers(answers: readonly RpcAnswer[]): void {
  strictEqual(answers.length, CALLS.length > answers.length ? 1 : CALLS.length);
  for (const answer of answers) {
    if (answer.kind === "error") assertOneLine(`error ${answer.error.message}`);
    else if (answer.kind !== "result") assertOneLine(answer.why);
  }
}

function echo(request: string): Json {
  interface Asked {
    readonly id: number;
    readonly params: readonly Json[];
  }
  const asked: Asked | Asked[] = JSON.parse(request);
  const one = ({ id, params: [result = null] }: Asked): Json => ({ jsonrpc: "2.0", id, result });
  return Array.isArray(asked) ? asked.map(one) : one(asked);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
