/**
 * A Redis and a chain as they stood before a stage of a recording.
 *
 * @module
 */

import { Redis } from "ioredis";
import { WEI_PER_SHANNON } from "../../domain/money.ts";
import { startAnvil, type TestAnvil } from "../support/anvil.ts";
import { startRedis } from "../support/redis_server.ts";
import { dumpLedger, seedLedger } from "./ledger_dump.ts";
import { fillPlaceholders, hashesIn, putPlaceholders } from "./placeholders.ts";
import { type Dump, type RecordedSend, type Recording, sendsOf } from "./recording.ts";
import { setUpChain } from "./surroundings.ts";

/** Blocks come quickly, so that payments are soon final, and never one for each transaction. */
const BLOCK_SECONDS = 0.1;

/** How many blocks there are before a replay begins: a chain has a past. */
const PAST_BLOCKS = 10;

/** Where Paydirt replays stages. */
export interface World extends AsyncDisposable {
  readonly recording: Recording;
  readonly client: Redis;
  readonly redisEndpoint: string;
  readonly anvil: TestAnvil;
  /** Holds the config and the local journal. */
  readonly folder: string;
  /** The ledger, with placeholders. */
  readonly ledger: () => Promise<Dump>;
  /** How many transactions the pool's wallet has sent. */
  readonly sentCount: () => Promise<number>;
}

/**
 * Opens a world as it stood before a stage: the ledger as recorded, the chain set up, and what the
 * recorded payer sent in earlier stages really on it.
 */
export async function openWorld(recording: Recording, stageIndex: number): Promise<World> {
  const stack = new AsyncDisposableStack();
  try {
    const redis = stack.use(await startRedis());
    const anvil = stack.use(await startAnvil({ blockTimeSeconds: BLOCK_SECONDS }));
    const folder = await Deno.makeTempDir({ prefix: "paydirt-golden-" });
    stack.defer(() => Deno.remove(folder, { recursive: true }));
    const client = new Redis({ port: redis.port, host: "127.0.0.1", protocol: 2 });
    stack.defer(async () => void await client.quit());
    const since = unixSeconds();
    await setUpChain(anvil, recording);
    const hashes = await sendAgain(anvil, sendsOf(recording.stages.slice(0, stageIndex)));
    await anvil.rpc("anvil_mine", [`0x${PAST_BLOCKS.toString(16)}`]);
    const before = recording.stages[stageIndex]?.before ?? {};
    await seedLedger(client, fillPlaceholders(before, hashes, since));
    const resources = stack.move();
    return {
      recording,
      client,
      redisEndpoint: redis.endpoint,
      anvil,
      folder,
      ledger: async () => {
        const dump = await dumpLedger(client);
        await nameHashes(anvil, { dump, hashes, sends: sendsOf(recording.stages) });
        return putPlaceholders(dump, hashes, { since, until: unixSeconds() });
      },
      sentCount: async () =>
        Number(
          await anvil.rpc("eth_getTransactionCount", [recording.chain.poolAddress, "latest"]),
        ),
      [Symbol.asyncDispose]: () => resources.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** Puts transactions on the chain that the recorded payer sent. */
async function sendAgain(
  anvil: TestAnvil,
  sends: readonly RecordedSend[],
): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (const { placeholder, transaction } of sends) {
    hashes.set(await anvil.rpc("eth_sendTransaction", [transaction]), placeholder);
  }
  return hashes;
}

/**
 * Finds the placeholder of each hash in a ledger. The recorded order of payees is random, so it is
 * found by payee and value, in what the node says of that hash. A transaction that was not recorded
 * is named by what it pays; a hash that the node does not know stays as it is.
 */
async function nameHashes(
  anvil: TestAnvil,
  { dump, hashes, sends }: {
    readonly dump: Dump;
    readonly hashes: Map<string, string>;
    readonly sends: readonly RecordedSend[];
  },
): Promise<void> {
  for (const hash of hashesIn(dump)) {
    if (hashes.has(hash)) continue;
    const sent = await anvil.rpc("eth_getTransactionByHash", [hash]);
    if (sent === null) continue;
    const taken = new Set(hashes.values());
    const recorded = sends.find(({ placeholder, transaction }) =>
      !taken.has(placeholder) && transaction.to.toLowerCase() === sent.to &&
      BigInt(transaction.value) === BigInt(sent.value)
    );
    const amountShannon = BigInt(sent.value) / WEI_PER_SHANNON;
    hashes.set(hash, recorded?.placeholder ?? `<tx to ${sent.to}: ${amountShannon}>`);
  }
}

function unixSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
