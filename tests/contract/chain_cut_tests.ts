/**
 * What every chain adapter promises when the link to its node is cut, at each request of each member.
 *
 * @module
 */

import { deepStrictEqual, notDeepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Hash } from "../../domain/address.ts";
import { valueOf } from "../../domain/fact.ts";
import { Fault } from "../../domain/fault.ts";
import type { Chain } from "../../domain/ports/chain.ts";
import type { SignedTransfer } from "../../domain/ports/signer.ts";
import { type Asked, BLOCKS, PAYMENTS, type Question, QUESTIONS } from "./chain_questions.ts";
import { type ChainHarness, fees, sign, UNHEARD_OF } from "./chain_harness.ts";
import {
  type ArmedCut,
  type Cut,
  cutAtEachRequest,
  type CutPoint,
  type Told,
  toldBy,
} from "./cuts.ts";

/** A node whose link can be cut. */
export interface CutChainHarness extends ChainHarness {
  readonly cuts: readonly Cut[];
  /** Connects anew. */
  open(timeoutMs: number): Chain;
  /** Cuts the n-th request from now on. */
  arm(cut: Cut, nth: number): ArmedCut;
  /** Fails while a link to the node is left. */
  demandNoLink(): Promise<void>;
  /** Takes everything back that was done to the chain until it is disposed of. */
  snapshot(): Promise<AsyncDisposable>;
}

/** Registers the tests for one adapter. */
export function chainCutTests(name: string, makeHarness: () => Promise<CutChainHarness>): void {
  Deno.test(`${name}: a question keeps its word wherever the link is cut`, async (t) => {
    await using harness = await makeHarness();
    const asked = await withHistory(harness);
    for (const question of QUESTIONS) {
      await t.step(question.name, async () => {
        // The harness's own chain is not behind the link.
        const uncut = await question.ask(harness.chain, asked);
        for (const cut of harness.cuts) {
          await cutAtEachRequest(
            cut,
            (point) => cutQuestion({ harness, question, asked, uncut, ...point }),
          );
        }
      });
    }
  });

  Deno.test(`${name}: broadcast() sends once wherever the link is cut`, async (t) => {
    await using harness = await makeHarness();
    const payments = await manyPayments(harness);
    for (const cut of harness.cuts) {
      await t.step(`a request ${cut}`, async () => {
        await cutAtEachRequest(cut, (point) => cutBroadcast({ harness, payments, ...point }));
      });
    }
  });
}

async function withHistory(harness: CutChainHarness): Promise<Asked> {
  const { chain, wallet } = harness;
  const half = PAYMENTS / 2;
  const payments = await manyPayments(harness);
  await chain.broadcast(payments.slice(0, half).map(({ raw }) => raw));
  await harness.mine(BLOCKS);
  await chain.broadcast(payments.slice(half).map(({ raw }) => raw));
  const { head } = await chain.tip(wallet);
  const hashes = [...payments.map(({ hash }) => hash), UNHEARD_OF];
  return { wallet, hashes, head: head.number };
}

async function manyPayments(harness: CutChainHarness): Promise<readonly SignedTransfer[]> {
  const offered = { fees: await fees(harness) };
  return await Promise.all(
    Array.from({ length: PAYMENTS }, (_, nonce) => sign(harness, nonce, offered)),
  );
}

interface QuestionPoint extends CutPoint {
  readonly harness: CutChainHarness;
  readonly question: Question;
  readonly asked: Asked;
  readonly uncut: unknown;
}

/** Cuts one request of a question; `false` when the question needs no so many. */
async function cutQuestion(point: QuestionPoint): Promise<boolean> {
  const { harness, question, asked, uncut, cut, nth, timeoutMs } = point;
  const where = `request ${nth} ${cut}`;
  await using chain = harness.open(timeoutMs);
  await using armed = harness.arm(cut, nth);
  const told = await toldBy(() => question.ask(chain, asked));
  if (armed.hasStruck()) demandHonest(told, point, where);
  else deepStrictEqual(told, { answer: uncut }, where);
  await armed.mend();
  // The next question is answered, on a link of its own where that one broke.
  deepStrictEqual(await question.ask(chain, asked), uncut, `${where}, asked again`);
  await chain[Symbol.asyncDispose]();
  await harness.demandNoLink();
  return armed.hasStruck();
}

/** What was not learned is called unknown, or is a fault; what is told is true. */
function demandHonest(told: Told<unknown>, point: QuestionPoint, where: string): void {
  const { question: { becomes, asksAgain }, uncut } = point;
  if ("error" in told) {
    strictEqual(becomes, "a fault", `${where}: rejected`);
    if (!(told.error instanceof Fault)) throw told.error;
    return strictEqual(told.error.kind, "chain-unreachable", `${where}: ${told.error.message}`);
  }
  if (!asksAgain) {
    strictEqual(becomes, "unknown", `${where}: answered, though nobody can know`);
    notDeepStrictEqual(told.answer, uncut, `${where}: answered, though nobody can know`);
  }
  if (becomes === "a fault") deepStrictEqual(told.answer, uncut, `${where}: a part for all`);
  else demandTrueOrUnknown(told.answer, uncut, where);
}

/** Compares two answers, of which one may not know every fact. */
function demandTrueOrUnknown(found: unknown, uncut: unknown, where: string): void {
  if (isUnknown(found)) return;
  if (Array.isArray(found) && Array.isArray(uncut)) {
    strictEqual(found.length, uncut.length, where);
    return found.forEach((each, index) => demandTrueOrUnknown(each, uncut[index], where));
  }
  if (isObject(found) && isObject(uncut) && !("kind" in found)) {
    deepStrictEqual(Object.keys(found), Object.keys(uncut), where);
    for (const key in found) demandTrueOrUnknown(found[key], uncut[key], where);
    return;
  }
  deepStrictEqual(found, uncut, where);
}

function isUnknown(value: unknown): boolean {
  return isObject(value) && value.kind === "unknown" && typeof value.why === "string" &&
    value.why !== "";
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Cuts one request of a broadcast; `false` when it needs no so many. */
async function cutBroadcast(
  { harness, payments, cut, nth, timeoutMs }: CutPoint & {
    readonly harness: CutChainHarness;
    readonly payments: readonly SignedTransfer[];
  },
): Promise<boolean> {
  const where = `request ${nth} ${cut}`;
  const raws = payments.map(({ raw }) => raw);
  await using _unsent = await harness.snapshot();
  await using chain = harness.open(timeoutMs);
  await using armed = harness.arm(cut, nth);
  const answers = await chain.broadcast(raws);
  strictEqual(answers.length, raws.length, where);
  for (const [index, { meaning, hash }] of answers.entries()) {
    // Without the answer nobody knows: never that it was refused.
    ok(meaning === "accepted" || armed.hasStruck() && meaning === "unknown", where);
    strictEqual(hash, meaning === "accepted" ? payments[index]?.hash : null, where);
  }
  strictEqual(answers.some(({ meaning }) => meaning === "unknown"), armed.hasStruck(), where);
  await armed.mend();
  const again = await chain.broadcast(raws);
  ok(again.every(({ meaning }) => ["accepted", "known"].includes(meaning)), `${where}, sent again`);
  await harness.mine(1);
  const { latestNonce, pendingNonce } = await chain.tip(harness.wallet);
  deepStrictEqual([valueOf(latestNonce), valueOf(pendingNonce)], [PAYMENTS, PAYMENTS], where);
  const hashes: readonly Hash[] = payments.map(({ hash }) => hash);
  const mined = await chain.transactions(hashes);
  ok(mined.every((fact) => valueOf(fact)?.block), `${where}: not everything is mined`);
  await chain[Symbol.asyncDispose]();
  await harness.demandNoLink();
  return armed.hasStruck();
}
