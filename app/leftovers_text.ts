/**
 * What earlier runs left, as text for people: what is open, on what evidence, and the very command
 * that ends it.
 *
 * @module
 */

import { describeRestored } from "../adapters/terminal/plain_log.ts";
import type { HoldReason } from "../domain/decide.ts";
import type { Hold } from "../domain/hold.ts";
import { formatCoins } from "../domain/money.ts";
import { oneLine } from "../domain/one_line.ts";
import {
  debtOf,
  type OpenDebt,
  openDebtsOf,
  type OperatorWord,
  recordOf,
  wordsFor,
} from "../domain/operator_word.ts";
import { newestAttempt } from "../domain/payment.ts";
import { needsWord } from "../domain/restoration.ts";
import type { Found } from "./look.ts";
import { section } from "./text_table.ts";

/** Lists everything unresolved, or says that there is nothing. */
export function describeLeftovers(
  { leftovers, continuity, forgotten, latestNonce }: Found,
): string {
  const { payments, orphans, foreign, malformed, held, goLock } = leftovers;
  const parts = [
    goLock === null ? [] : [
      `A Go payer holds the lock: "${oneLine(goLock)}". When none is running: resolve --take-lock`,
    ],
    section("Payments in flight", payments, (payment) => [
      payment.login,
      formatCoins(payment.amountShannon),
      `nonce ${payment.nonce}`,
      newestAttempt(payment).hash ?? "",
    ]),
    blocks("In our journal but not pending", orphans, (payment) => {
      const open = { kind: "orphan", payment } as const;
      return [payment.login, ...evidenceOf(open), ...waysOut(payment.login, [open], latestNonce)];
    }),
    section("Debited by a Go payer", foreign, ({ row, hash, nonce }) => [
      row.login,
      formatCoins(row.amountShannon),
      nonce === null ? "" : `nonce ${nonce}`,
      hash ?? "",
    ]),
    section("Pending rows that make no sense", malformed, (member) => [member]),
    blocks("Held for an operator", held, (hold) => {
      const open = openDebtsOf(hold.login, leftovers);
      return [
        hold.login === "" ? '""' : hold.login,
        reasonOf(hold),
        ...open.flatMap(evidenceOf),
        ...waysOut(hold.login, open, latestNonce),
      ];
    }),
    section("Forgotten by the ledger", forgotten, (step) => [
      `nonce ${step.nonce}`,
      describeRestored(step),
      needsWord(step) ? "on your word (--adopt)" : "",
    ]),
    continuity.kind === "continuous"
      ? []
      : [oneLine(`${continuity.why}. Way out: ${continuity.wayOut}.`)],
  ].flat();
  return parts.length === 0 ? "Nothing to resolve." : parts.join("\n");
}

/** The words that end what is open of a login, as they are typed: `--release 0x…`. */
export function typedWords(
  login: string,
  open: readonly OpenDebt[],
  latestNonce: number,
): readonly string[] {
  return wordsFor(open, latestNonce).map((kind) => typed(kind, login));
}

/** A titled list whose items take several lines, the first one their name. */
function blocks<T>(
  title: string,
  items: readonly T[],
  linesOf: (item: T) => readonly string[],
): readonly string[] {
  if (items.length === 0) return [];
  return [
    `${title} (${items.length}):`,
    ...items.flatMap((item) =>
      linesOf(item).map((line, index) => `${index === 0 ? "  " : "    "}${oneLine(line)}`)
    ),
  ];
}

function reasonOf({ reason, since }: Hold): string {
  const meaning = Object.hasOwn(MEANINGS, reason) ? MEANINGS[reason as HoldReason] : undefined;
  return `${reason}${meaning === undefined ? "" : `: ${meaning}`}` +
    (since === 0 ? "" : ` (since ${dateOf(since)})`);
}

const MEANINGS: Readonly<Record<HoldReason, string>> = {
  "reverted": "its payment reverted, and its coins are in its balance again",
  "cancelled": "its payment was cancelled, and its coins are in its balance again",
  "nonce-vanished": "the nonce of its payment is spent, and the node does not show by what",
  "status-missing": "its payment is mined, and the node does not say whether it succeeded",
  "recorded": "what took the nonce of its payment stands for another payment already",
  "paid-by-stranger": "somebody else with the wallet's key sent it coins, and its own payment " +
    "was credited back",
  "sent-by-node": "something else took the nonce of its payment, which the node may have sent at " +
    "another one",
  "recorded-unpaid": "a Go resolver recorded as paid what never arrives; see docs/by-hand.md",
};

function evidenceOf(open: OpenDebt): readonly string[] {
  const amount = `${formatCoins(debtOf(open).amountShannon)} coins`;
  if (open.kind === "go-row") {
    const { row, nonce, hash } = open.foreign;
    return [
      `${amount}, debited by a Go payer on ${dateOf(row.at)}` +
      (nonce === null ? "" : `, probably at nonce ${nonce}`),
      ...hash === null ? [] : [`the Go payer noted ${hash}`],
    ];
  }
  const payment = recordOf(open);
  if (payment === null) return [amount];
  return [
    `${amount} at nonce ${payment.nonce}, debited on ${dateOf(payment.debitedAt)} at block ` +
    `${payment.head.number}` +
    (open.kind === "orphan" ? "; somebody took the debit away since" : ""),
    ...payment.attempts.map(({ kind, hash }) => `${kind} ${hash ?? "(sent by the node)"}`),
  ];
}

const PURPOSES: Readonly<Record<OperatorWord["kind"], string>> = {
  settle: "if it arrived",
  credit: "if it can never arrive",
  cancel: "to call it off",
  release: "to pay it again",
};

function waysOut(
  login: string,
  open: readonly OpenDebt[],
  latestNonce: number,
): readonly string[] {
  const words = wordsFor(open, latestNonce);
  if (words.length === 0) return ["each run goes on cancelling it: just run"];
  return words.map((kind) => `${PURPOSES[kind]}: resolve ${typed(kind, login)}`);
}

function typed(kind: OperatorWord["kind"], login: string): string {
  return `--${kind} ${quoted(login)}${kind === "settle" ? " TXHASH" : ""}`;
}

/** A login may hold anything: as a shell takes it. */
function quoted(login: string): string {
  return /^[0-9A-Za-z_.:/-]+$/.test(login) ? login : `'${login.replaceAll("'", `'\\''`)}'`;
}

function dateOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime())
    ? "an unknown day"
    : `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
