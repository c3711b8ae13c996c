/**
 * Finds out what a ledger that lost writes has to be told again. Writes nothing.
 *
 * @module
 */

import { type Address, type Hash, parseAddress } from "../domain/address.ts";
import { MAX_EXPLAINED, type Remedy } from "../domain/continuity.ts";
import { type Fact, valueOf } from "../domain/fact.ts";
import { Fault } from "../domain/fault.ts";
import { indexJournal } from "../domain/journal_index.ts";
import { loginsInFlight } from "../domain/leftovers.ts";
import { parseShannon, shannon, WEI_PER_SHANNON } from "../domain/money.ts";
import { attemptHashes, type Debt, type Payment } from "../domain/payment.ts";
import type { MinedTransaction, Receipt } from "../domain/ports/chain.ts";
import type { Checksum } from "../domain/ports/checksum.ts";
import {
  type Creditor,
  type FinalTransaction,
  isPaidSince,
  planRestoration,
  type Restored,
} from "../domain/restoration.ts";
import type { Assessment, AssessOptions, AssessPorts } from "./assess.ts";
import { newestFinal, scanBack } from "./scan_back.ts";
import type { Scanner } from "./scan_final.ts";

/** The ports that are read. */
export interface RestorationPorts extends AssessPorts {
  readonly checksum: Checksum;
}

/**
 * What is to be done about each nonce that the ledger does not know, in order; nothing where
 * continuity is not broken in this way, or where a wallet with another past sent it too long ago.
 *
 * @throws {Fault} `chain-unreachable` when the chain could not be searched completely.
 */
export async function restorationOf(
  ports: RestorationPorts,
  { continuity, leftovers, recorded, ...assessed }: Assessment,
  { policy, tip, signal }: Pick<AssessOptions, "policy" | "tip"> & {
    readonly signal?: AbortSignal;
  },
): Promise<readonly Restored[]> {
  if (continuity.kind !== "broken") return [];
  const { remedy } = continuity;
  if (remedy.kind !== "restore" && remedy.kind !== "start-at") return [];
  const { from } = remedy;
  const { wallet, confirmations } = policy;
  const scanner: Scanner = {
    chain: ports.chain,
    wallet,
    ...(signal === undefined ? {} : { signal }),
  };
  const final = known(await newestFinal(scanner, { tip, confirmations }));
  const question = { wallet, headers: null, receipts: [], finalNumber: final.number };
  const finalNonce = known((await ports.chain.observe(question)).finalNonce);
  const paid = await lastPaid(ports);
  const journalled = indexJournal(assessed.journalled);
  const sure = journalled.payments.filter((payment) =>
    !isPaidSince(payment, { journalled, lastPaid: paid }) &&
    journalled.at(payment.nonce).length === 1
  );
  const told = new Set([...recorded, ...sure.map(({ nonce }) => nonce)]);
  if (finalNonce - from > MAX_EXPLAINED) return tooMany(remedy.kind, finalNonce - from);
  const wanted = range(from, finalNonce).filter((nonce) => !told.has(nonce));
  const scanned = await scanBack(scanner, final, new Set(wanted));
  // What a wallet did before the pool had Paydirt may be years ago.
  if (scanned.kind === "unknown" && remedy.kind === "start-at") return [];
  const found = known(scanned);
  const mined = await withStatus(scanner, found);
  const miners = await minersPaidBy(ports, [...mined.values()], signal);
  const rows = [
    ...journalled.payments.flatMap(rowsOfPayment),
    ...[...mined.values()].flatMap(rowsOf(miners)),
  ];
  const standing = await ports.ledger.recorded(rows);
  return planRestoration({
    wallet,
    from,
    journalled,
    mined,
    recorded: new Set([
      ...recorded,
      ...rows.flatMap(({ nonce }, index) => standing[index] ? [nonce] : []),
    ]),
    miners,
    inFlight: loginsInFlight(leftovers),
    finalNonce,
    lastPaid: paid,
  });
}

/** When each login was paid last, as the newest rows have it. */
async function lastPaid({ ledger }: RestorationPorts): Promise<ReadonlyMap<string, number>> {
  const last = new Map<string, number>();
  for (const { login, at } of await ledger.newestPaid(MAX_EXPLAINED)) {
    last.set(login, Math.max(last.get(login) ?? 0, at));
  }
  return last;
}

/** A row of `P:payments:all` that may stand for a nonce: it may be older than those that were read. */
interface PossibleRow {
  readonly nonce: number;
  readonly debt: Debt;
  readonly hash: Hash;
}

function rowsOfPayment(payment: Payment): readonly PossibleRow[] {
  const { nonce } = payment;
  return attemptHashes(payment).map((hash) => ({ nonce, debt: payment, hash }));
}

function rowsOf(
  miners: ReadonlyMap<Address, readonly Creditor[]>,
): (transaction: FinalTransaction) => readonly PossibleRow[] {
  return ({ nonce, hash, to, valueWei }) => {
    if (to === null || valueWei === 0n || valueWei % WEI_PER_SHANNON !== 0n) return [];
    const amountShannon = parseShannon(String(valueWei / WEI_PER_SHANNON));
    if (amountShannon === undefined) return [];
    const spellings = miners.get(to) ?? [];
    return spellings.map(({ login }) => ({ nonce, debt: { login, amountShannon }, hash }));
  };
}

function tooMany(kind: Remedy["kind"], count: number): readonly Restored[] {
  if (kind === "start-at") return [];
  throw new Fault(
    "continuity",
    `The ledger does not know ${count} transactions of the wallet, more than the ${MAX_EXPLAINED} ` +
      `that can be written again: restore the newer Redis data`,
  );
}

/** What the receipts say; a plain account takes what it is sent, also when no receipt says so any more. */
async function withStatus(
  { chain, wallet }: Scanner,
  found: ReadonlyMap<number, MinedTransaction>,
): Promise<ReadonlyMap<number, FinalTransaction>> {
  const transactions = [...found.values()];
  const hashes = transactions.map(({ hash }) => hash);
  const question = { wallet, headers: null, receipts: hashes, finalNumber: 0 };
  const { receipts } = await chain.observe(question);
  const recipients = transactions.flatMap(({ to }) => to ?? []);
  const code = await chain.hasCode(recipients);
  const plain = new Set(recipients.filter((_, index) => valueOf(code[index]) === false));
  return new Map(transactions.map((transaction): [number, FinalTransaction] => {
    const told = statusOf(receipts, transaction);
    const isPlain = transaction.to !== null && plain.has(transaction.to);
    const status = told === "missing" && isPlain ? "success" : told;
    return [transaction.nonce, { ...transaction, status }];
  }));
}

function statusOf(
  receipts: ReadonlyMap<Hash, Fact<Receipt>>,
  { hash, block }: MinedTransaction,
): Receipt["status"] {
  const fact = receipts.get(hash);
  if (fact === undefined || fact.kind === "unknown") {
    throw new Fault("chain-unreachable", `Cannot find out what became of transaction ${hash}`);
  }
  return fact.kind === "present" && fact.value.block.hash === block.hash
    ? fact.value.status
    : "missing";
}

/** Which of the pool's miners these transactions paid, each once, whatever a scan repeats. */
async function minersPaidBy(
  { ledger, checksum }: RestorationPorts,
  transactions: readonly FinalTransaction[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<Address, readonly Creditor[]>> {
  const found = new Map<Address, Map<string, Creditor>>(
    transactions.flatMap(({ to }) => to ? [[to, new Map()]] : []),
  );
  if (found.size === 0) return new Map();
  for await (const page of ledger.miners(signal)) {
    for (const { login, balance } of page) {
      const parsed = parseAddress(login, checksum);
      const spellings = "address" in parsed ? found.get(parsed.address) : undefined;
      const balanceShannon = parseShannon(balance ?? "0") ?? shannon(0n);
      spellings?.set(login, { login, balanceShannon });
    }
  }
  signal?.throwIfAborted();
  return new Map([...found].map(([address, spellings]) => [address, [...spellings.values()]]));
}

function known<T>(fact: Fact<T>): T {
  if (fact.kind === "present") return fact.value;
  const why = fact.kind === "unknown" ? fact.why : "the node has no such thing";
  throw new Fault("chain-unreachable", `Cannot look for what the ledger forgot: ${why}`);
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}
