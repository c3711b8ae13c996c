/**
 * Every call of the ledger port, each on a ledger where it has something to do.
 *
 * @module
 */

import type { LedgerDump } from "../../adapters/memory/ledger_store.ts";
import type { Fence, Ledger, LedgerReader } from "../../domain/ports/ledger.ts";
import { COMMIT_CASES } from "../redis/commit_cases.ts";
import {
  ALICE,
  ALICE_IN_FLIGHT,
  ALICE_SETTLED,
  fenceOf,
  hashOf,
  type LedgerHarness,
  POOL,
  text,
  TO_ALICE,
} from "./ledger_fixtures.ts";

/** A call, ready to be made as often as is wanted. */
export type Call = () => Promise<unknown>;

/** A call of the port. */
export interface LedgerCall<L extends LedgerReader = Ledger> {
  readonly name: string;
  /** What the ledger holds before. */
  readonly before: LedgerDump;
  /** Does everything that comes before the call, through this ledger. */
  readonly ready: (ledger: L, around: Around) => Promise<Call>;
}

/** What of a harness a call needs. */
export type Around = Pick<LedgerHarness, "expireLease">;

const LOCK = "eth:payments:lock";
const LEASE = "eth:payments:lease";
const GO_LOCK = `${ALICE}:600000000`;

/** Miners, one of them with a key of another type. */
const MINERS: LedgerDump = { ...POOL, "eth:miners:broken": text("no hash") };

/** Rows, of which some stand in `P:payments:all`. */
const ROWS = [69, 70, 71].map((seed) => ({ debt: TO_ALICE, hash: hashOf(seed) }));

/** What only reads. */
export const READER_CALLS: readonly LedgerCall<LedgerReader>[] = [
  reads("server()", POOL, (ledger) => ledger.server()),
  reads("miners()", MINERS, async (ledger) => {
    const pages = await Array.fromAsync(ledger.miners());
    return new Map(pages.flat().map((account) => [account.login, account]));
  }),
  reads("obligations()", ALICE_IN_FLIGHT, (ledger) => ledger.obligations()),
  reads("recorded()", ALICE_SETTLED, (ledger) => ledger.recorded(ROWS)),
  reads("newestPaid()", ALICE_SETTLED, (ledger) => ledger.newestPaid(10)),
  reads("checkTypes()", ALICE_IN_FLIGHT, (ledger) => ledger.checkTypes()),
];

/** What takes the lock, or does not. */
export const LOCK_CALLS: readonly LedgerCall[] = [
  locks("lock() of a free ledger", POOL),
  locks("lock() of a dead run's ledger", { ...ALICE_IN_FLIGHT, [LOCK]: text("paydirt:dead") }),
  locks("lock() of a living run's ledger", {
    ...POOL,
    [LOCK]: text("paydirt:other"),
    [LEASE]: text("paydirt:other"),
  }),
  locks("lock() of a Go payer's ledger", { ...POOL, [LOCK]: text(GO_LOCK) }),
  locks("lock() over a Go payer", { ...POOL, [LOCK]: text(GO_LOCK) }, GO_LOCK),
];

/** What is done under the lock. */
export const FENCE_CALLS: readonly LedgerCall[] = [
  ...Object.entries(COMMIT_CASES).map(([what, { before, transitions }]) =>
    fenced(`commit() of ${what}`, before, (fence) => fence.commit(transitions))
  ),
  fenced(
    "commit() of a debit that nothing covers",
    ALICE_IN_FLIGHT,
    (fence) => fence.commit([{ kind: "debit", payment: TO_ALICE }]),
  ),
  fenced("confirm()", POOL, (fence) => fence.confirm()),
  fenced("renew()", POOL, (fence) => fence.renew(), { isLapsed: true }),
  fenced("release()", POOL, (fence) => fence.release()),
  fenced("release() with a payment in flight", ALICE_IN_FLIGHT, (fence) => fence.release()),
];

/** What waits until the ledger itself is durable; the server has to be set up for it. */
export const PERSIST_CALLS: readonly LedgerCall[] = [
  fenced('persist() with "aof"', POOL, (fence) => fence.persist({ kind: "aof" })),
  fenced("persist() with replicas", POOL, (fence) => fence.persist({ kind: "replicas", count: 1 })),
];

function reads(
  name: string,
  before: LedgerDump,
  read: (ledger: LedgerReader) => Promise<unknown>,
): LedgerCall<LedgerReader> {
  return { name, before, ready: (ledger) => Promise.resolve(() => read(ledger)) };
}

function locks(name: string, before: LedgerDump, overGoPayer?: string): LedgerCall {
  return {
    name,
    before,
    ready: (ledger) =>
      Promise.resolve(async () => {
        const options = overGoPayer === undefined ? {} : { overGoPayer };
        const { kind, ...rest } = await ledger.lock("one", options);
        return kind === "taken" ? kind : { kind, ...rest };
      }),
  };
}

function fenced(
  name: string,
  before: LedgerDump,
  act: (fence: Fence) => Promise<unknown>,
  { isLapsed = false }: { readonly isLapsed?: boolean } = {},
): LedgerCall {
  return {
    name,
    before,
    ready: async (ledger, around) => {
      const fence = await fenceOf(ledger);
      if (isLapsed) await around.expireLease();
      return () => act(fence);
    },
  };
}
