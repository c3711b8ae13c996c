/**
 * What chain and ledger have to say about an operator's word.
 *
 * @module
 */

import { type Address, addressTakenFor, type Hash } from "../domain/address.ts";
import { MAX_EXPLAINED } from "../domain/continuity.ts";
import { decide } from "../domain/decide.ts";
import { ABSENT, type Fact, present, unknown, valueOf } from "../domain/fact.ts";
import {
  LOOK_BACK_SECONDS,
  type NamedTransaction,
  type OwnFacts,
  type TransferSearch,
} from "../domain/judge_word.ts";
import type { Leftovers } from "../domain/leftovers.ts";
import { weiOfShannon } from "../domain/money.ts";
import { debtOf, type OpenDebt, recordOf } from "../domain/operator_word.ts";
import { attemptHashes, type Payment, paymentKey } from "../domain/payment.ts";
import type { LookedUpTransaction, MinedTransaction, Receipt } from "../domain/ports/chain.ts";
import { investigate, PRUNED_DEPTH } from "./investigate.ts";
import { observe } from "./observe.ts";
import { fresh, type Looking } from "./run.ts";
import { scanFinal } from "./scan_final.ts";
import { asCandidates, firstBlockSince, isUnderWay, placeOf } from "./transfers.ts";

/** What a word is about. */
export interface Question {
  readonly open: OpenDebt;
  /** Everything open, which says what stands for other debts. */
  readonly leftovers: Leftovers;
}

/** The address that a debt's coins go to; `undefined` where its login names none. */
export function payeeOf(open: OpenDebt): Address | undefined {
  return recordOf(open)?.recipient ?? addressTakenFor(debtOf(open).login);
}

/** A transaction that an operator named, as chain and ledger have it. */
export async function lookUpNamed(
  looking: Looking,
  hash: Hash,
  { open, leftovers }: Question,
): Promise<NamedTransaction> {
  const { chain } = looking.ports;
  const [transaction = unknown("no answer")] = await chain.transactions([hash]);
  const told = valueOf(transaction);
  const block = told?.block ?? null;
  if (told === undefined || block === null) return { ...NOT_MINED, transaction };
  const { depth, minedAt } = await placeOf(looking, block);
  const { status, feeWei } = await receiptOf(looking, { ...told, block });
  const [hasCode] = told.to === null ? [] : await chain.hasCode([told.to]);
  return {
    transaction,
    status,
    feeWei,
    final: depth >= looking.policy.confirmations,
    minedAt,
    plainPayee: valueOf(hasCode) === false,
    standsFor: await debtOfTransaction(looking, told, { open, leftovers }),
  };
}

const NOT_MINED = {
  status: unknown("it is in no block"),
  feeWei: null,
  final: false,
  minedAt: null,
  plainPayee: false,
  standsFor: null,
} as const;

/** A block of old age has a transaction whose receipt no node keeps any more. */
async function receiptOf(
  looking: Looking,
  { hash, block }: MinedTransaction,
): Promise<{
  readonly status: NamedTransaction["status"];
  readonly feeWei: NamedTransaction["feeWei"];
}> {
  const { wallet } = looking.policy;
  const question = { wallet, headers: null, receipts: [hash], finalNumber: 0 };
  const fact: Fact<Receipt> | undefined = (await looking.ports.chain.observe(question)).receipts
    .get(hash);
  if (fact?.kind === "absent" && looking.watch.tip.head.number - block.number >= PRUNED_DEPTH) {
    return { status: present("missing"), feeWei: null };
  }
  const receipt = valueOf(fact);
  if (receipt === undefined) return { status: unknown("ask again later"), feeWei: null };
  return receipt.block.hash === block.hash
    ? { status: present(receipt.status), feeWei: receipt.feeWei }
    : { status: unknown("it says two blocks of one transaction"), feeWei: null };
}

/** One transaction stands for one debt, also where two logins spell one address. */
async function debtOfTransaction(
  { ports }: Looking,
  told: LookedUpTransaction,
  { open, leftovers }: Question,
): Promise<string | null> {
  const rows = await ports.ledger.newestPaid(MAX_EXPLAINED);
  const row = rows.find(({ hash }) => hash.toLowerCase() === told.hash);
  if (row !== undefined) return `the payment of ${row.amountShannon} Shannon to "${row.login}"`;
  const record = recordOf(open);
  const own = record === null ? null : paymentKey(record);
  const other = [...leftovers.payments, ...leftovers.orphans].find((payment) =>
    paymentKey(payment) !== own && isOf(payment, told)
  );
  return other === undefined
    ? null
    : `the payment to "${other.login}" at nonce ${other.nonce}, which is open,`;
}

/** Whether it is an attempt of a payment, also one whose hash the ledger lost. */
function isOf(payment: Payment, told: LookedUpTransaction): boolean {
  return attemptHashes(payment).includes(told.hash) ||
    (told.nonce === payment.nonce && told.to === payment.recipient &&
      told.valueWei === payment.valueWei);
}

/** What the rules say about a payment of ours without any word. */
export async function ownFacts(looking: Looking, payment: Payment): Promise<OwnFacts> {
  const facts = await observe(looking);
  const flight = fresh(payment);
  let [decided] = decide([flight], facts, looking.policy);
  if (decided?.verdict.kind === "investigate") {
    await investigate(looking, [payment]);
    [decided] = decide([flight], facts, looking.policy);
  }
  const spender = facts.spenders.get(payment.nonce) ?? unknown("nobody looked for it");
  const hash = valueOf(spender)?.transaction.hash;
  const rows = hash === undefined ? [] : await looking.ports.ledger.newestPaid(MAX_EXPLAINED);
  return {
    verdict: decided?.verdict ?? { kind: "wait", why: "nothing was decided" },
    spender,
    spenderRow: rows.find((row) => row.hash.toLowerCase() === hash) ?? null,
  };
}

/** Transfers of exactly a debt in all final blocks since it was made. */
export async function searchTransfers(
  looking: Looking,
  { open, leftovers }: Question,
): Promise<TransferSearch> {
  await observe(looking);
  const underWay = await isUnderWay(looking);
  const payee = payeeOf(open);
  if (payee === undefined) return { candidates: present([]), underWay };
  const from = await searchedFrom(looking, open);
  if (from === undefined) {
    return { candidates: unknown("the node did not report the times of its blocks"), underWay };
  }
  const scanned = await scanFinal(looking, from);
  if (scanned.kind !== "present") return { candidates: scanned, underWay };
  const noted = await notedTransaction(looking, open);
  if (noted.kind === "unknown") return { candidates: noted, underWay };
  const valueWei = weiOfShannon(debtOf(open).amountShannon);
  const ours = new Set([...leftovers.payments, ...leftovers.orphans].flatMap(attemptHashes));
  const sent = [...scanned.value, ...noted.kind === "present" ? [noted.value] : []];
  const transfers = sent.filter((each) =>
    each.to === payee && each.valueWei === valueWei && !ours.has(each.hash)
  );
  return { candidates: present(await asCandidates(looking, transfers)), underWay };
}

function searchedFrom(looking: Looking, open: OpenDebt): Promise<number | undefined> {
  switch (open.kind) {
    case "payment":
    case "orphan": {
      const { number } = open.payment.head;
      return Promise.resolve(Math.max(0, number - looking.policy.confirmations));
    }
    case "go-row":
      return firstBlockSince(looking, open.foreign.row.at - LOOK_BACK_SECONDS);
    case "unknown":
      return Promise.resolve(undefined);
    default:
      return open satisfies never;
  }
}

/** *etc26*: the transaction whose hash the Go payer noted, wherever it was mined. */
async function notedTransaction(
  { ports, policy }: Looking,
  open: OpenDebt,
): Promise<Fact<LookedUpTransaction>> {
  const hash = open.kind === "go-row" ? open.foreign.hash : null;
  if (hash === null) return ABSENT;
  const [fact = unknown("no answer")] = await ports.chain.transactions([hash]);
  return valueOf(fact)?.from === policy.wallet || fact.kind === "unknown" ? fact : ABSENT;
}
