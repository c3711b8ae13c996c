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
import { nameRecords, type Transfer, transferOf } from "./our_records.ts";
import { fillPlaceholders, hashesIn, putPlaceholders } from "./placeholders.ts";
import { type Dump, type RecordedSend, type Recording, sendsOf } from "./recording.ts";
import { isMinedByHand, setUpChain } from "./surroundings.ts";

/** Blocks come quickly, so that payments are soon final, and never one for each transaction. */
const BLOCK_SECONDS = 0.1;

/** How many blocks there are before a replay begins: a chain has a past. */
const PAST_BLOCKS = 10;

/** Where Paydirt replays stages. */
export interface World extends AsyncDisposable {
  readonly recording: Recording;
  readonly client: Redis;
  readonly redisPort: number;
  /** Whether the node signs only what it sends itself. */
  readonly onlySends: boolean;
  readonly anvil: TestAnvil;
  /** Holds the config and the local journal. */
  readonly folder: string;
  /** The ledger, with placeholders. */
  readonly ledger: () => Promise<Dump>;
  /** How many transactions the pool's wallet has sent, mined or not. */
  readonly sentCount: () => Promise<number>;
}

/**
 * Opens a world as it stood before a stage: the ledger as recorded, the chain set up, and what the
 * recorded payer sent in earlier stages really on it (in the mempool, where blocks come by hand).
 */
export async function openWorld(
  recording: Recording,
  stageIndex: number,
  { onlySends = false }: { readonly onlySends?: boolean } = {},
): Promise<World> {
  const stack = new AsyncDisposableStack();
  try {
    const redis = stack.use(await startRedis());
    const byHand = isMinedByHand(recording);
    const anvil = stack.use(
      await startAnvil(byHand ? { noMining: true } : { blockTimeSeconds: BLOCK_SECONDS }),
    );
    const folder = await Deno.makeTempDir({ prefix: "paydirt-golden-" });
    stack.defer(() => Deno.remove(folder, { recursive: true }));
    const client = new Redis({ port: redis.port, host: "127.0.0.1", protocol: 2 });
    stack.defer(async () => void await client.quit());
    const since = unixSeconds();
    await setUpChain(anvil, recording);
    const past = () => anvil.rpc("anvil_mine", [`0x${PAST_BLOCKS.toString(16)}`]);
    if (byHand) await past();
    const hashes = await sendAgain(anvil, sendsOf(recording.stages.slice(0, stageIndex)));
    if (!byHand) await past();
    const before = recording.stages[stageIndex]?.before ?? {};
    await seedLedger(client, fillPlaceholders(before, hashes, since));
    const resources = stack.move();
    return {
      recording,
      client,
      redisPort: redis.port,
      onlySends,
      anvil,
      folder,
      ledger: async () => {
        const dump = await dumpLedger(client);
        await nameHashes(anvil, { dump, hashes, sends: sendsOf(recording.stages) });
        return putPlaceholders(nameRecords(dump), hashes, { since, until: unixSeconds() });
      },
      sentCount: async () =>
        Number(
          await anvil.rpc("eth_getTransactionCount", [recording.chain.poolAddress, "pending"]),
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
 * found by payee and value, in our record of that hash or in what the node says of it. A transaction
 * that was not recorded is named by what it pays; a hash that nobody knows stays as it is.
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
    const sent = transferOf(dump, hash) ?? await sentAs(anvil, hash);
    if (sent === undefined) continue;
    const taken = new Set(hashes.values());
    const recorded = sends.find(({ placeholder, transaction }) =>
      !taken.has(placeholder) && transaction.to.toLowerCase() === sent.to &&
      BigInt(transaction.value) === sent.valueWei
    );
    const amountShannon = sent.valueWei / WEI_PER_SHANNON;
    hashes.set(hash, recorded?.placeholder ?? `<tx to ${sent.to}: ${amountShannon}>`);
  }
}

async function sentAs(anvil: TestAnvil, hash: string): Promise<Transfer | undefined> {
  const found = await anvil.rpc("eth_getTransactionByHash", [hash]);
  return found === null ? undefined : { to: found.to, valueWei: BigInt(found.value) };
}

function unixSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
