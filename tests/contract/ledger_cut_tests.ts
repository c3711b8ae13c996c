/**
 * What every ledger promises when the link is cut, at each point of each call.
 *
 * @module
 */

import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { LedgerDump } from "../../adapters/memory/ledger_store.ts";
import { Fault } from "../../domain/fault.ts";
import type { Ledger, LedgerReader } from "../../domain/ports/ledger.ts";
import {
  type ArmedCut,
  type Cut,
  cutAtEachRequest,
  type CutPoint,
  isForGood,
  type Told,
  toldBy,
} from "./cuts.ts";
import type { Around, LedgerCall } from "./ledger_calls.ts";

/** A ledger whose link can be cut. */
export interface CutLedgerHarness<L extends LedgerReader = Ledger> extends Around, AsyncDisposable {
  /** The cuts that it can make. */
  readonly cuts: readonly Cut[];
  /** Whether the caller hears nothing of one request that went wrong. */
  readonly mendsItself: boolean;
  /** Whether a ledger that was out of reach answers again when the link is whole. */
  readonly comesBack: boolean;
  /** Empties the store and puts these keys into it. */
  seed(dump: LedgerDump): Promise<void>;
  /** Every key. */
  dump(): Promise<LedgerDump>;
  /** Opens a ledger, as a new process sees it. */
  ledger(timeoutMs?: number): Promise<L>;
  /** Cuts the n-th request from now on. */
  arm(cut: Cut, nth: number): ArmedCut;
  /** Fails while a connection of a ledger is left. */
  demandNoConnection(): Promise<void>;
}

/** Registers a test for each call; in it the link is cut at each of its requests. */
export function ledgerCutTests<L extends LedgerReader>(
  name: string,
  calls: readonly LedgerCall<L>[],
  openHarness: () => Promise<CutLedgerHarness<L>>,
): void {
  for (const call of calls) {
    Deno.test(`${name} ${call.name} keeps its word wherever the link is cut`, async (t) => {
      await using harness = await openHarness();
      const uncut = await undisturbed(harness, call);
      for (const cut of harness.cuts) {
        await t.step(`a request ${cut}`, async () => {
          await cutAtEachRequest(cut, (point) => cutAt({ harness, call, uncut, ...point }));
        });
      }
    });
  }
}

/** What a call does when nothing disturbs it, and what it answers when it is made again. */
interface Undisturbed {
  readonly before: LedgerDump;
  readonly first: unknown;
  readonly again: unknown;
  readonly after: LedgerDump;
}

async function undisturbed<L extends LedgerReader>(
  harness: CutLedgerHarness<L>,
  call: LedgerCall<L>,
): Promise<Undisturbed> {
  await harness.seed(call.before);
  await using ledger = await harness.ledger();
  const make = await call.ready(ledger, harness);
  const before = await harness.dump();
  const first = await make();
  const after = await harness.dump();
  const again = await make();
  deepStrictEqual(await harness.dump(), after, "made again it changes nothing more");
  return { before, first, again, after };
}

interface Point<L extends LedgerReader> extends CutPoint {
  readonly harness: CutLedgerHarness<L>;
  readonly call: LedgerCall<L>;
  readonly uncut: Undisturbed;
}

/** Cuts one request of a call; `false` when the call needs no so many. */
async function cutAt<L extends LedgerReader>(point: Point<L>): Promise<boolean> {
  const { harness, call, uncut, cut, nth, timeoutMs } = point;
  const where = `request ${nth} ${cut}`;
  await harness.seed(call.before);
  await using ledger = await harness.ledger(timeoutMs);
  const make = await call.ready(ledger, harness);
  await using armed = harness.arm(cut, nth);
  const told = await toldBy(make);
  const isToAnswer = !armed.hasStruck() || harness.mendsItself && !isForGood(cut);
  const demandStore = (found: LedgerDump, when: string): void => {
    if (isToAnswer || !isSame(found, uncut.before)) deepStrictEqual(found, uncut.after, when);
  };
  demandToldAs(told, { isToAnswer, answer: uncut.first, where });
  demandStore(await harness.dump(), where);
  await armed.mend();
  // What arrives now finds nothing that it may change, or is all that was meant.
  const mended = await harness.dump();
  demandStore(mended, `${where}, mended`);
  // The caller may always ask again, and hears the truth.
  await using other = harness.comesBack ? undefined : await harness.ledger();
  demandToldAs(await toldBy(other === undefined ? make : await call.ready(other, harness)), {
    isToAnswer: true,
    answer: isSame(mended, uncut.after) ? uncut.again : uncut.first,
    where: `${where}, made again`,
  });
  deepStrictEqual(await harness.dump(), uncut.after, `${where}, made again`);
  await ledger[Symbol.asyncDispose]();
  await other?.[Symbol.asyncDispose]();
  await harness.demandNoConnection();
  return armed.hasStruck();
}

function demandToldAs(
  told: Told<unknown>,
  { isToAnswer, answer, where }: {
    readonly isToAnswer: boolean;
    readonly answer: unknown;
    readonly where: string;
  },
): void {
  if (isToAnswer) {
    if ("error" in told) throw new Error(`${where}: no answer`, { cause: told.error });
    return deepStrictEqual(told.answer, answer, where);
  }
  ok("error" in told, `${where}: answered, though nobody can know`);
  if (!(told.error instanceof Fault)) throw told.error;
  strictEqual(told.error.kind, "ledger-unreachable", where);
}

function isSame(one: LedgerDump, other: LedgerDump): boolean {
  try {
    deepStrictEqual(one, other);
    return true;
  } catch {
    return false;
  }
}
