/**
 * What must be so, always and at the end.
 *
 * @module
 */

import { type Fees, maxPriceWei } from "../../domain/fees.ts";
import type { PaymentKey } from "../../domain/payment.ts";
import type { RunEvent } from "../../domain/ports/reporter.ts";
import { needsWord } from "../../domain/restoration.ts";
import {
  arrivalOf,
  demandsExplanation,
  demandsHalt,
  demandsOperator,
  type GoRow,
  type WalletTransaction,
} from "./operator_rule.ts";
import { isBroken } from "./nonsense.ts";
import { toyChecksum, WALLET } from "./payees.ts";
import { amount, checkSums, readRow } from "./sums.ts";
import { walletTransactions } from "./wallet_transactions.ts";
import { addressOf, isSmallAmount, KEYS, othersSent, type World } from "./world.ts";

const WEI_PER_SHANNON = 10n ** 9n;

/** What holds between any two commits. */
export function checkBetweenCommits(world: World): void {
  const { store } = world;
  // Nothing is committed to a ledger of which a shared key holds nonsense.
  if (isBroken(world)) return;
  const keys = [...store.fields(KEYS.journal).keys()];
  const rows = [...store.members(KEYS.pending)];
  for (const key of keys) {
    if (rows.includes(key) || world.orphaned.has(key as PaymentKey)) continue;
    world.violated(`journal record ${key} has no pending row`);
  }
  for (const row of rows) {
    if (!keys.includes(row) && !world.goRows.has(row)) {
      world.violated(`pending row ${row} has no journal record`);
    }
  }
  const logins = rows.map(loginOfRow);
  if (new Set(logins).size < logins.length) {
    world.violated(`a login is paid twice at once: ${rows}`);
  }
  if (rows.length > 0 && store.text(KEYS.lock) === null) {
    world.violated("the lock is free, and payments are in flight");
  }
  checkSums(world, rows);
}

/** What holds before anything leaves for the chain. */
export function checkBeforeSend(
  world: World,
  deed: string,
  { seals }: { readonly seals: boolean },
): void {
  // A transfer of nothing to the wallet itself uses a nonce up, and needs no record.
  if (seals && deed.split(" ", 3).slice(1).join() === `${WALLET},0`) return;
  if (!world.inLedger.has(deed)) world.violated(`sent without a record in the ledger: ${deed}`);
  else if (!world.onDisk.has(deed)) world.violated(`sent without being durable: ${deed}`);
}

/** Nothing offers more for its gas than the operator allowed, whatever was raised. */
export function checkOffer(world: World, fees: Fees): void {
  const { ceilingWei } = world.scenario.policy;
  if (ceilingWei === null || maxPriceWei(fees) <= ceilingWei) return;
  world.violated(`${maxPriceWei(fees)} Wei were offered for gas, the ceiling is ${ceilingWei}`);
}

/** What is told to be paid has its row. */
export function checkTold(world: World, event: RunEvent): void {
  if (event.kind !== "settled" || world.restores > 0 || isBroken(world)) return;
  const { hash, login, amountShannon } = event;
  if (world.store.hasMember(KEYS.all, `${hash}:${login}:${amountShannon}`)) return;
  world.violated(`${login} is told to be paid by ${hash}, which no row says`);
}

/** Where somebody else's transaction took a nonce of ours, nobody is debited before an operator has looked. */
export function checkStrangerIsHeld(world: World, event: RunEvent): void {
  const ends = event.kind === "credited-back" || event.kind === "dropped";
  if (!ends || event.reason !== "nonce-taken" || world.restores > 0 || isBroken(world)) return;
  // A run that freezes between its commit and its word may find the wallet released.
  if (world.walletWasReleased) return;
  // What an old payer sent and recorded is no stranger's.
  if (world.goHashes.size > 0) return;
  if (!world.store.fields(KEYS.held).has(WALLET)) {
    world.violated(`a stranger took the nonce of ${event.login}, and the wallet is not held`);
  }
}

/** An operator's word is used only where a history demands it. */
export function checkOperatorIsNeeded(world: World, event: RunEvent): void {
  if (event.kind === "sealed" && world.restores === 0) {
    world.violated("nonces were used up, and the ledger never lost a write");
  }
  if (event.kind !== "restored" || !needsWord(event.step) || world.restores > 0) return;
  const { nonce, transaction: { hash } } = event.step;
  // Its row may have been written just now, on the operator's word.
  const before = walletTransactions(world).map((each) =>
    each.hash === hash ? { ...each, recorded: false } : each
  );
  if (!demandsExplanation(before)) {
    world.violated(`an operator had to explain nonce ${nonce}, which is recorded`);
  }
}

/** When all is calm, nobody waits for an operator but for what others did. */
export function checkHalt(world: World, what: string): void {
  const demanded = demandsHalt({
    lostWrites: world.restores > 0,
    othersSent: othersSent(world),
    goRows: world.hasGoRows(),
  });
  if (demanded === undefined) world.violated(`an operator had to look without need: ${what}`);
}

/** What holds when everything is well again and the program has nothing to do any more. */
export function checkEnd(world: World): void {
  const transactions = walletTransactions(world);
  checkOverpaid(world, transactions);
  checkBetweenCommits(world);
  checkRows(world, transactions);
  if (!isOpenEnd(world)) checkUnfinished(world, transactions);
}

/**
 * Whether the story ends with a payment that nobody but an operator can judge: somebody else's
 * transaction has its nonce, and was recorded for another debt, or the node may have sent it at another.
 */
export function isOpenEnd(world: World): boolean {
  const transactions = walletTransactions(world);
  return transactions.some(({ sender }) => sender !== "program") &&
    [...world.store.fields(KEYS.held).values()].some((why) =>
      /"sent-by-node"|"recorded"/.test(why)
    );
}

/** Safety itself: nobody got more on the chain than the pool ever owed them. */
function checkOverpaid(world: World, transactions: readonly WalletTransaction[]): void {
  const got = new Map<string, bigint>();
  for (const { sender, status, to, valueWei } of transactions) {
    if (sender === "stranger" || status === "reverted" || to === WALLET) continue;
    got.set(to, (got.get(to) ?? 0n) + valueWei);
  }
  for (const [to, valueWei] of got) {
    if (isOwedNonsense(world, to)) continue;
    let owed = 0n;
    for (const [login, credited] of world.everCredited) {
      if (addressOf(login) === to) owed += credited;
    }
    if (valueWei > owed * WEI_PER_SHANNON) {
      world.violated(`${to} got ${valueWei / WEI_PER_SHANNON} on the chain, and was owed ${owed}`);
    }
  }
}

/** Whether one of an address's spellings is owed more than any pool has: whatever it gets is not too much. */
function isOwedNonsense({ scenario }: World, address: string): boolean {
  return scenario.payees.some(({ login, balance }) =>
    addressOf(login) === address && /^[0-9]{16,}$/.test(balance)
  );
}

/** Every payment on the chain is one row, and every row is one payment on the chain. */
function checkRows(world: World, transactions: readonly WalletTransaction[]): void {
  const { store } = world;
  const rows = [...store.members(KEYS.all)].map(readRow);
  for (const { hash, login, amountShannon } of rows) {
    const found = transactions.find((transaction) => transaction.hash === hash);
    const isRow = found !== undefined && found.status === "success" &&
      found.to === addressOf(login) && found.valueWei === amountShannon * WEI_PER_SHANNON;
    // The old payer writes its row when it has sent, whatever becomes of it.
    if (!isRow && !world.goHashes.has(hash)) {
      world.violated(`row ${hash} of ${login} is no payment on the chain`);
    }
    if (!store.hasMember(KEYS.paidTo(login), `${hash}:${amountShannon}`)) {
      world.violated(`row ${hash} of ${login} has no twin`);
    }
  }
  for (const { hash, sender, status, to, valueWei } of transactions) {
    const isPayment = sender !== "stranger" && status === "success" && to !== WALLET &&
      valueWei > 0n;
    if (!isPayment) continue;
    const count = rows.filter((row) => row.hash === hash).length;
    if (count !== 1) world.violated(`payment ${hash} on the chain has ${count} rows`);
  }
}

/** Nobody waits, and nobody is held, but for a reason that the history shows. */
function checkUnfinished(world: World, transactions: readonly WalletTransaction[]): void {
  const { store } = world;
  const held = store.fields(KEYS.held);
  const history = { transactions, goRows: goRowsOf(world), nodeSigns: world.scenario.nodeSigns };
  for (const row of history.goRows) {
    if (arrivalOf(row, transactions) !== undefined) {
      world.violated(`${row.login} was paid, and is pending`);
    }
  }
  for (const [login, why] of held) {
    if (demandsOperator(login, history) !== undefined) continue;
    // What the local journal has, and a seal took the nonce of, ends as a payment that was cancelled.
    if (transactions.some(isOfSeal) && why.includes('"cancelled"')) continue;
    if (why.includes('"paid-by-stranger"') && wasPaidElsewise(world, login, transactions)) continue;
    world.violated(`${login} is held without need: ${why}`);
  }
  for (const key of world.orphaned.keys()) {
    if (store.fields(KEYS.journal).has(key)) world.violated(`the orphan ${key} has not ended`);
  }
  for (const member of store.scores(KEYS.pending).keys()) {
    const isDemanded = world.goRows.has(member) ||
      (history.nodeSigns && held.has(loginOfRow(member)));
    if (!isDemanded) world.violated(`${member} is still pending`);
  }
  if (store.typeOf(KEYS.pending) === null && store.text(KEYS.lock) !== null) {
    world.violated(`the lock is still held: ${store.text(KEYS.lock)}`);
  }
  for (const { login, balance, wrongType } of world.scenario.payees) {
    if (wrongType || !isSmallAmount(balance) || !isPayable(world, login)) continue;
    if (held.has(login) || history.goRows.some((row) => row.login === login)) continue;
    const owed = amount(store.fields(KEYS.account({ kind: "miner", login })), "balance");
    if (owed > world.scenario.policy.thresholdShannon) {
      world.violated(`${login} is owed ${owed} and is not paid`);
    }
  }
}

/** Of a seal, also of one that was interrupted: it is in no payment's record. */
function isOfSeal({ sender, to, valueWei, login }: WalletTransaction): boolean {
  return sender === "program" && to === WALLET && valueWei === 0n && login === undefined;
}

/** Whether the old payer paid a login's address under another spelling of it: whose coins are these? */
function wasPaidElsewise(
  { scenario }: World,
  login: string,
  transactions: readonly WalletTransaction[],
): boolean {
  const address = addressOf(login);
  return scenario.payees.some((other) =>
    other.login !== login && addressOf(other.login) === address
  ) && transactions.some(({ sender, to }) => sender === "go" && to === address);
}

/** The pending rows that the old payer left. */
function goRowsOf(world: World): readonly GoRow[] {
  return [...world.store.scores(KEYS.pending).keys()]
    .filter((member) => world.goRows.has(member))
    .map((member) => ({
      login: loginOfRow(member),
      valueWei: BigInt(member.slice(member.lastIndexOf(":") + 1)) * WEI_PER_SHANNON,
    }));
}

function loginOfRow(member: string): string {
  return member.slice(0, member.lastIndexOf(":"));
}

/** Whether a login names an account that coins can be sent to. Said here once more, on purpose. */
function isPayable(world: World, login: string): boolean {
  if (!/^0x[0-9a-fA-F]{40}$/.test(login) || /^0x0+$/.test(login)) return false;
  const address = addressOf(login);
  const mixed = /[a-f]/.test(login) && /[A-F]/.test(login);
  if (address === WALLET || (mixed && toyChecksum(address) !== login)) return false;
  const { gas } = world.scenario.policy;
  return world.node.code(address) !== "reverts" || gas.kind === "fixed";
}
