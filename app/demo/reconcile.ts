/**
 * The demo's proof: what the ledger says is compared with what the chain did, miner by miner. It
 * reads both for itself and believes nothing that a run reported.
 *
 * @module
 */

import type { KeyValue, LedgerDump } from "../../adapters/memory/ledger_store.ts";
import type { MoneyField } from "../../domain/account.ts";
import type { Address } from "../../domain/address.ts";
import { valueOf } from "../../domain/fact.ts";
import { Fault } from "../../domain/fault.ts";
import {
  formatCoins,
  parseShannon,
  type Shannon,
  shannon,
  shannonCovering,
  sumShannon,
  wei,
  WEI_PER_SHANNON,
} from "../../domain/money.ts";
import type { Chain, MinedTransaction, Receipt } from "../../domain/ports/chain.ts";
import { DEMO_WALLET } from "./demo_chain.ts";
import { DEMO_PREFIX, minerKey } from "./demo_miners.ts";

/** Ledger and chain at one time. */
export interface Books {
  readonly ledger: LedgerDump;
  /** What accounts hold on the chain, the pool's wallet among them. */
  readonly holdingsWei: ReadonlyMap<string, bigint>;
}

/** Something that must hold, and what was found. */
export interface Finding {
  readonly claim: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Whether chain and ledger agree. */
export interface Reconciliation {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

/** Takes a copy of the ledger, and asks the chain what its miners and the wallet hold. */
export async function readBooks(
  ledger: LedgerDump,
  chain: Chain,
  logins: readonly string[],
): Promise<Books> {
  const accounts = [...new Set([DEMO_WALLET, ...logins.map(accountOf).filter(isAddress)])];
  const holdings = await Promise.all(accounts.map(async (account) => {
    const { balanceWei } = await chain.tip(account);
    return [account, known(valueOf(balanceWei), `what ${account} holds`)] as const;
  }));
  return { ledger, holdingsWei: new Map(holdings) };
}

/** Compares the books of before and after with every transaction that the wallet sent between. */
export async function reconcile(
  books: { readonly before: Books; readonly after: Books },
  chain: Chain,
  logins: readonly string[],
): Promise<Reconciliation> {
  const sent = await sentTransactions(chain);
  const evidence = { ...books, sent, carriedOut: sent.filter(isCarriedOut), logins };
  const findings = [
    minersGotTheirCoins(evidence),
    rowsMatchTransfers(evidence),
    nobodyWasPaidTwice(evidence),
    noClaimWasLost(evidence),
    poolsOwnSums(evidence),
    walletPaidNothingElse(evidence),
    nothingIsLeft(evidence),
  ];
  return { ok: findings.every(({ ok }) => ok), findings };
}

/** A transaction of the wallet, and what became of it. */
interface Sent extends MinedTransaction {
  readonly receipt: Receipt;
}

interface Evidence {
  readonly before: Books;
  readonly after: Books;
  readonly sent: readonly Sent[];
  /** Those that moved their coins. */
  readonly carriedOut: readonly Sent[];
  readonly logins: readonly string[];
}

async function sentTransactions(chain: Chain): Promise<readonly Sent[]> {
  const { head } = await chain.tip(DEMO_WALLET);
  const mined: MinedTransaction[] = [];
  for await (const block of chain.scan(DEMO_WALLET, { from: 0, to: head.number })) {
    mined.push(...block.sent);
  }
  const { receipts } = await chain.observe({
    wallet: DEMO_WALLET,
    headers: null,
    receipts: mined.map(({ hash }) => hash),
    finalNumber: head.number,
  });
  return mined.map((transaction) => {
    const receipt = known(
      valueOf(receipts.get(transaction.hash)),
      `what became of ${transaction.hash}`,
    );
    return { ...transaction, receipt };
  });
}

function isCarriedOut({ receipt }: Sent): boolean {
  return receipt.status === "success";
}

/** Account by account: what the chain added, what the transfers carried, what the ledger calls paid. */
function minersGotTheirCoins({ before, after, carriedOut, logins }: Evidence): Finding {
  const wrong = logins.filter((login) => {
    const account = accountOf(login);
    const transfers = carriedOut.filter(({ to }) => to === account);
    const receivedWei = transfers.reduce((sum, { valueWei }) => sum + valueWei, 0n);
    const paidWei = money(after.ledger, login, "paid") * WEI_PER_SHANNON;
    const gainedWei = transfers.length === 0
      ? 0n
      : holdingOf(after, account) - holdingOf(before, account);
    return receivedWei !== paidWei || gainedWei !== paidWei;
  });
  const paid = logins.filter((login) => money(after.ledger, login, "paid") > 0n).length;
  return {
    claim: "Each miner got on the chain exactly what the ledger calls paid",
    ok: wrong.length === 0,
    detail: wrong.length === 0
      ? `${logins.length} miners compared, ${paid} paid, ${coins(total(after, logins, "paid"))}`
      : `not so for ${wrong.join(", ")}`,
  };
}

/** The rows that the pool's web page shows, one for one with the transfers. */
function rowsMatchTransfers({ after, carriedOut, logins }: Evidence): Finding {
  const loginOf = new Map(logins.map((login) => [accountOf(login), login]));
  const expected = new Set(
    carriedOut.map(({ hash, to, valueWei }) =>
      `${hash}:${loginOf.get(to ?? "")}:${valueWei / WEI_PER_SHANNON}`
    ),
  );
  const all = after.ledger[`${DEMO_PREFIX}:payments:all`];
  const rows = all?.type === "zset" ? all.value.map(([member]) => member) : [];
  return {
    claim: "Each transfer on the chain is one row of the ledger, and each row a transfer",
    ok: rows.length === expected.size && rows.every((row) => expected.has(row)),
    detail: `${carriedOut.length} transfers, ${rows.length} rows`,
  };
}

function nobodyWasPaidTwice({ carriedOut }: Evidence): Finding {
  const recipients = new Set(carriedOut.map(({ to }) => to));
  return {
    claim: "Nobody was paid twice",
    ok: recipients.size === carriedOut.length,
    detail: `${carriedOut.length} transfers to ${recipients.size} different miners`,
  };
}

function noClaimWasLost({ before, after, logins }: Evidence): Finding {
  const claim = (books: Books, login: string): bigint =>
    sumShannon(MONEY_FIELDS.map((field) => money(books.ledger, login, field)));
  const owed = total(before, logins, "balance");
  const stillOwed = total(after, logins, "balance");
  return {
    claim: "Nobody lost a claim: what was owed is paid, or still owed",
    ok: logins.every((login) =>
      claim(before, login) === claim(after, login) && sameIfUnread(before, after, login)
    ),
    detail: `${coins(owed)} owed = ${coins(total(after, logins, "paid"))} paid + ` +
      `${coins(stillOwed)} still owed`,
  };
}

/** What cannot be read must stand as it stood. */
function sameIfUnread(before: Books, after: Books, login: string): boolean {
  const [old, now] = [before.ledger[minerKey(login)], after.ledger[minerKey(login)]];
  return readMoney(old, "balance") !== undefined || JSON.stringify(old) === JSON.stringify(now);
}

function poolsOwnSums({ after, logins }: Evidence): Finding {
  const finances = after.ledger[`${DEMO_PREFIX}:finances`];
  const ok = MONEY_FIELDS.every((field) =>
    readMoney(finances, field) === total(after, logins, field)
  );
  return {
    claim: "The pool's own sums are the sums of its miners",
    ok,
    detail: MONEY_FIELDS.map((field) => `${field} ${coins(readMoney(finances, field) ?? 0n)}`)
      .join(", "),
  };
}

function walletPaidNothingElse({ before, after, sent, carriedOut }: Evidence): Finding {
  const valueWei = carriedOut.reduce((sum, each) => sum + each.valueWei, 0n);
  const feesWei = sent.reduce(
    (sum, { receipt }) => sum + known(receipt.feeWei ?? undefined, `the fee of ${receipt.hash}`),
    0n,
  );
  const spentWei = holdingOf(before, DEMO_WALLET) - holdingOf(after, DEMO_WALLET);
  return {
    claim: "The wallet spent the payments and their gas, and not a Wei more",
    ok: spentWei === valueWei + feesWei,
    detail: `${coins(valueWei / WEI_PER_SHANNON)} + ${coins(shannonCovering(wei(feesWei)))} gas ` +
      `for ${sent.length} transactions`,
  };
}

function nothingIsLeft({ after, sent }: Evidence): Finding {
  const left = ["lock", "lease", "pending", "journal", "pendingtx", "pendingnonce"]
    .filter((name) => after.ledger[`${DEMO_PREFIX}:payments:${name}`] !== undefined);
  const nonces = after.ledger[`${DEMO_PREFIX}:payments:nonces`];
  const next = nonces?.type === "hash" ? nonces.value[DEMO_WALLET] : undefined;
  return {
    claim: "Nothing is left half done, and the lock is free",
    ok: left.length === 0 && next === String(sent.length),
    detail: left.length === 0 ? `next nonce ${next}` : `left: ${left.join(", ")}`,
  };
}

const MONEY_FIELDS: readonly MoneyField[] = ["balance", "pending", "paid"];

function total({ ledger }: Books, logins: readonly string[], field: MoneyField): bigint {
  return sumShannon(logins.map((login) => money(ledger, login, field)));
}

/** A field of a miner's account; what cannot be read counts nothing. */
function money(ledger: LedgerDump, login: string, field: MoneyField): Shannon {
  return readMoney(ledger[minerKey(login)], field) ?? shannon(0n);
}

function readMoney(account: KeyValue | undefined, field: MoneyField): Shannon | undefined {
  return account?.type === "hash" ? parseShannon(account.value[field] ?? "0") : undefined;
}

function holdingOf({ holdingsWei }: Books, account: string): bigint {
  return known(holdingsWei.get(account), `what ${account} holds`);
}

/** The account that a login names, if it names one. */
function accountOf(login: string): string {
  return login.toLowerCase();
}

function isAddress(account: string): account is Address {
  return /^0x[0-9a-f]{40}$/.test(account);
}

function coins(amountShannon: bigint): string {
  return `${formatCoins(amountShannon)} coins`;
}

/** @throws {Fault} a proof needs every fact: without one there is none. */
function known<T>(value: T | undefined, what: string): T {
  if (value !== undefined) return value;
  throw new Fault("chain-unreachable", `Cannot reconcile: the chain does not report ${what}`);
}
