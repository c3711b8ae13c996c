/**
 * Whether chain and ledger bear out what an operator says. A word is evidence for what nobody can
 * prove, and never against what the chain shows. Pure: what was found in, a verdict out.
 *
 * @module
 */

import type { Address } from "./address.ts";
import type { HoldReason, Spender, Verdict } from "./decide.ts";
import type { ForeignCandidate } from "./decide_foreign.ts";
import { type Fact, valueOf } from "./fact.ts";
import { formatCoins, type Wei, weiOfShannon } from "./money.ts";
import { debtOf, type OpenDebt, recordOf } from "./operator_word.ts";
import type { Payment } from "./payment.ts";
import type { LookedUpTransaction, Receipt } from "./ports/chain.ts";
import type { PaidRow } from "./ports/ledger.ts";

/** What follows from a word that the chain was asked about. */
export type WordVerdict =
  | {
    readonly kind: "settle";
    readonly transaction: LookedUpTransaction;
    readonly block: number;
    readonly feeWei: Wei | null;
    readonly evidence: string;
  }
  | { readonly kind: "credit-back"; readonly evidence: string }
  /** It is done already, or the run does it by itself. */
  | { readonly kind: "leave"; readonly evidence: string }
  | { readonly kind: "refuse"; readonly why: string };

/** A transaction that an operator named, as chain and ledger have it. */
export interface NamedTransaction {
  /** What the node knows of it. */
  readonly transaction: Fact<LookedUpTransaction>;
  /** What its receipt says; of one too old for receipts, `missing`. */
  readonly status: Fact<Receipt["status"]>;
  /** What it cost; `null` where the node does not say. */
  readonly feeWei: Wei | null;
  /** Whether linked headers stand on its block as deep as they must. */
  readonly final: boolean;
  /** When its block was made, in unix seconds; `null` where that is not known. */
  readonly minedAt: number | null;
  /** Whether its payee is known to have no code: then it cannot have failed. */
  readonly plainPayee: boolean;
  /** The payment that it stands for already; `null`: none. */
  readonly standsFor: string | null;
}

/** What is known of one of our own payments. */
export interface OwnFacts {
  /** What the rules would do about it without any word. */
  readonly verdict: Verdict;
  /** What a final block has at its nonce. */
  readonly spender: Fact<Spender>;
  /** The payment row that has the spender's hash; `null`: none. */
  readonly spenderRow: PaidRow | null;
}

/** What was found of transfers that could be a debt: same payee, same amount, in no other record. */
export interface TransferSearch {
  /** Those in all final blocks since the debit; unknown where the scan could not finish. */
  readonly candidates: Fact<readonly ForeignCandidate[]>;
  /** Whether the wallet has anything under way that is not final. */
  readonly underWay: Fact<boolean>;
}

/** What settling is judged by, besides the named transaction. */
export interface SettleFacts {
  readonly wallet: Address;
  /** The address of the debt's login; `undefined` where it names none. */
  readonly payee: Address | undefined;
  /** How far below the head of its debit one of our payments may lie, for reorganisations. */
  readonly confirmations: number;
  /** For one of our own payments. */
  readonly own: OwnFacts | null;
  readonly underWay: Fact<boolean>;
}

/** How long before its row a Go payer's transfer may have been mined, in seconds. */
export const LOOK_BACK_SECONDS = 3_600;

/** Whether this transaction is the payment of this debt. */
export function judgeSettle(
  open: OpenDebt,
  named: NamedTransaction,
  facts: SettleFacts,
): WordVerdict {
  const { transaction } = named;
  if (transaction.kind === "absent") return refuse("the node knows no such transaction");
  if (transaction.kind === "unknown") return refuse(`the node did not say: ${transaction.why}`);
  const told = transaction.value;
  const contradiction = whyNotTheTransfer(open, told, facts) ?? whyNotArrived(named) ??
    whyTooOld(open, named, facts) ?? whyNotItsNonce(open, told, facts);
  if (contradiction !== undefined) return refuse(contradiction);
  const { login, amountShannon } = debtOf(open);
  const block = told.block?.number ?? 0;
  return {
    kind: "settle",
    transaction: told,
    block,
    feeWei: named.feeWei,
    evidence: `${told.hash} moved exactly ${formatCoins(amountShannon)} coins from the wallet to ` +
      `"${login}" at nonce ${told.nonce}, final in block ${block}`,
  };
}

/** Whether a Go payer's debit can be given back: nothing that could be it may be on the chain. */
export function judgeCreditOfGoRow(search: TransferSearch): WordVerdict {
  return whyMayHaveArrived(search) ?? {
    kind: "credit-back",
    evidence:
      "no transfer that could be it is in any final block since an hour before its debit, " +
      "and the wallet has nothing under way",
  };
}

/** Whether one of our own payments can be given back: its nonce must be spent by another effect. */
export function judgeCreditOfPayment(
  payment: Payment,
  facts: OwnFacts,
  search: TransferSearch,
): WordVerdict {
  const { verdict } = facts;
  switch (verdict.kind) {
    case "settle":
      return refuse(`it was paid: ${verdict.hash} is final in block ${verdict.block}`);
    case "credit-back":
      return {
        kind: "leave",
        evidence: `${verdict.hash} at its nonce ${payment.nonce} proves that it cannot arrive`,
      };
    case "hold":
      return judgeCreditOfHeld(payment, { ...facts, reason: verdict.reason }, search);
    case "wait":
    case "investigate":
    case "send-again":
    case "replace":
    case "mend":
    case "drop":
    case "ask":
      return refuse(
        `its nonce ${payment.nonce} is not finally spent, so it may still arrive; ` +
          `to end it: --cancel`,
      );
    default:
      return verdict satisfies never;
  }
}

function judgeCreditOfHeld(
  payment: Payment,
  { spender, spenderRow, reason }: OwnFacts & { readonly reason: HoldReason },
  search: TransferSearch,
): WordVerdict {
  const transaction = valueOf(spender)?.transaction;
  if (transaction === undefined) {
    return refuse(
      `it is held as ${reason}: the node does not show what took its nonce ` +
        `${payment.nonce}; ask another node`,
    );
  }
  const isItsEffect = transaction.to === payment.recipient &&
    transaction.valueWei === payment.valueWei;
  if (isItsEffect && (spenderRow === null || spenderRow.login === payment.login)) {
    return refuse(
      `${transaction.hash} at its nonce ${payment.nonce} is a transfer of exactly this` +
        (spenderRow === null ? "" : ", and is recorded as its payment already"),
    );
  }
  const byNode = isSentByNode(payment);
  const obstacle = byNode ? whyMayHaveArrived(search) : undefined;
  return obstacle ?? {
    kind: "credit-back",
    evidence: `${transaction.hash} took its nonce ${payment.nonce}, final in block ` +
      `${transaction.block.number}` + (byNode ? ", and no other transfer could be it" : ""),
  };
}

/** What speaks against a transfer of exactly the debt, from the wallet to the payee. */
function whyNotTheTransfer(
  open: OpenDebt,
  told: LookedUpTransaction,
  { wallet, payee }: SettleFacts,
): string | undefined {
  const { login, amountShannon } = debtOf(open);
  if (told.from !== wallet) return `it was sent by ${told.from}, not by the wallet ${wallet}`;
  if (payee === undefined) return `"${login}" is no address, so nothing can have been sent to it`;
  if (told.to !== payee) return `it went to ${told.to ?? "a new contract"}, not to "${login}"`;
  if (told.valueWei !== weiOfShannon(amountShannon)) {
    return `it moved ${told.valueWei} Wei, the debt is ${weiOfShannon(amountShannon)} Wei`;
  }
  return told.data === "0x" ? undefined : "it carries data, so it is no plain transfer";
}

/** What speaks against its having arrived, for good and for nothing else. */
function whyNotArrived(named: NamedTransaction): string | undefined {
  const { transaction, status, final, plainPayee, standsFor } = named;
  if (transaction.kind === "present" && transaction.value.block === null) {
    return "it is not mined yet";
  }
  if (!final) return "it is not final yet, as far as the node shows";
  if (status.kind !== "present") {
    return `the node did not report its receipt${
      status.kind === "unknown" ? `: ${status.why}` : ""
    }`;
  }
  if (status.value === "reverted") return "it reverted, so nothing arrived";
  if (status.value === "missing" && !plainPayee) {
    return "the node does not say whether it succeeded, and its payee may be a contract; " +
      "ask a node that keeps receipts";
  }
  return standsFor === null ? undefined : `it stands for ${standsFor} already`;
}

function whyTooOld(
  open: OpenDebt,
  { transaction, minedAt }: NamedTransaction,
  { confirmations }: SettleFacts,
): string | undefined {
  if (open.kind === "unknown") return undefined;
  const block = valueOf(transaction)?.block?.number ?? 0;
  const isOlder = open.kind === "go-row"
    ? minedAt === null || minedAt < open.foreign.row.at - LOOK_BACK_SECONDS
    : block < open.payment.head.number - confirmations;
  return isOlder ? `it was mined (block ${block}) before the debit was made` : undefined;
}

/** One of our payments could still arrive by itself while its own nonce is open. */
function whyNotItsNonce(
  open: OpenDebt,
  { nonce }: LookedUpTransaction,
  { own, underWay }: SettleFacts,
): string | undefined {
  const payment = recordOf(open);
  if (payment === null || own === null || nonce === payment.nonce) return undefined;
  const { verdict } = own;
  const where = `it is at nonce ${nonce}, the payment's is ${payment.nonce}`;
  if (verdict.kind === "settle") {
    return `${where}, at which ${verdict.hash} paid it`;
  }
  const isSpentByAnother = verdict.kind === "credit-back" ||
    (verdict.kind === "hold" && own.spender.kind === "present");
  if (!isSpentByAnother) return `${where}, which is not finally spent by something else`;
  return isSentByNode(payment) && valueOf(underWay) !== false
    ? `${where}, and the wallet has more under way: wait until that is final`
    : undefined;
}

function whyMayHaveArrived(
  { candidates, underWay }: TransferSearch,
): (WordVerdict & { readonly kind: "refuse" }) | undefined {
  if (underWay.kind !== "present") return refuse("the node did not report what is under way");
  if (underWay.value) {
    return refuse("the wallet has something under way that is not final; run again when it is");
  }
  if (candidates.kind !== "present") {
    const why = candidates.kind === "unknown" ? candidates.why : "no answer";
    return refuse(`the blocks since the debit could not all be looked through: ${why}`);
  }
  const may = candidates.value.find(({ status, recorded }) => !recorded && status !== "reverted");
  return may === undefined
    ? undefined
    : refuse(`${may.hash} is a transfer of exactly this; if it is the payment: --settle`);
}

/** A node that signs by itself may have sent a payment at another nonce than its record says. */
function isSentByNode({ attempts }: Payment): boolean {
  return attempts.some(({ raw }) => raw === null);
}

function refuse(why: string): WordVerdict & { readonly kind: "refuse" } {
  return { kind: "refuse", why };
}
