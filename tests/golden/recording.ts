/**
 * The recordings: what a file holds, and how one is read.
 *
 * @module
 */

/** A key of Redis with its value, as the recordings write it. */
export type DumpedKey =
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "hash"; readonly value: Readonly<Record<string, string>> }
  | { readonly type: "zset"; readonly value: readonly (readonly [string, string | number])[] };

/** Every key of a Redis. */
export type Dump = Readonly<Record<string, DumpedKey>>;

/** A JSON-RPC answer of the recorded node. */
export type RecordedReply =
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string } };

/** The payer got no answer, for this reason; `node` is what the node said, where it was asked. */
export interface LostReply {
  readonly none: string;
  readonly node?: RecordedReply;
}

/** What a payer did: a Redis command, or a call to its node. */
export type Step =
  | { readonly kind: "redis"; readonly cmd: readonly string[] }
  | {
    readonly kind: "rpc";
    readonly method: string;
    readonly params: readonly unknown[] | null;
    readonly reply: (RecordedReply & { readonly injected?: boolean }) | LostReply;
  };

/** One process of the recorded payer, from start to end. */
export interface Stage {
  readonly name: string;
  readonly mode: "normal" | "RESOLVE_PAYOUT=1";
  readonly config: {
    readonly coin: string;
    readonly payouts: Readonly<Record<string, unknown>>;
  };
  readonly before: Dump;
  readonly after: Dump;
  readonly steps: readonly Step[];
  readonly log: readonly string[];
  readonly outcome: {
    readonly end: "still running" | "exited" | "killed";
    readonly exitCode?: number | null;
  };
}

/** One scenario. */
export interface Recording {
  /** Its file below `recordings/`, without `.json`. */
  readonly name: string;
  readonly description: string;
  readonly chain: {
    /** How blocks came. */
    readonly mining: string;
    readonly poolAddress: string;
    readonly setup?: string;
  };
  readonly stages: readonly [Stage, ...Stage[]];
  readonly transactionsSeenByNode: number;
  /** Payee → balance in Wei (hex), where it was recorded. */
  readonly chainAfter?: Readonly<Record<string, string>>;
}

const FOLDER = new URL("./recordings/", import.meta.url);

/** The names of all recordings, in order. */
export function recordingNames(): readonly string[] {
  const namesIn = (folder: string): readonly string[] =>
    [...Deno.readDirSync(new URL(folder, FOLDER))].flatMap((entry) => {
      if (entry.isDirectory) return namesIn(`${folder}${entry.name}/`);
      const file = `${folder}${entry.name}`;
      if (!file.endsWith(".json")) throw new Error(`Cannot replay ${file}: it is no recording`);
      return [file.slice("./".length, -".json".length)];
    });
  return namesIn("./").toSorted();
}

/** Reads a recording. */
export function readRecording(name: string): Recording {
  const recording = JSON.parse(Deno.readTextFileSync(new URL(`./${name}.json`, FOLDER)));
  return { ...recording, name };
}

/** A transaction that the recorded payer had its node send. */
export interface RecordedSend {
  /** `<tx:1>`, in the order in which the node took them. */
  readonly placeholder: string;
  /** The parameters of `eth_sendTransaction`. */
  readonly transaction: { readonly to: string; readonly value: string };
}

/** The transactions that the node took in these stages, in their order. */
export function sendsOf(stages: readonly Stage[]): readonly RecordedSend[] {
  return stages.flatMap(({ steps }) => steps).flatMap((step) => {
    if (step.kind !== "rpc" || step.method !== "eth_sendTransaction") return [];
    const told = "none" in step.reply ? step.reply.node : step.reply;
    if (told === undefined || !("result" in told) || "injected" in told) return [];
    const [transaction] = step.params as readonly RecordedSend["transaction"][];
    return [{ placeholder: String(told.result), transaction: transaction! }];
  });
}
