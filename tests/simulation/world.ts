/**
 * The world of one simulation: the pool's ledger, the chain, the disk, and what is remembered of
 * them to judge the end by.
 *
 * @module
 */

import {
  type LedgerDump,
  type MemoryBlock,
  MemoryJournal,
  MemoryLedgerStore,
  MemoryNode,
  VirtualClock,
} from "../../adapters/memory/mod.ts";
import type { Address, Hash, Hex } from "../../domain/address.ts";
import { decodeRecord } from "../../domain/journal_record.ts";
import { ledgerKeys } from "../../domain/ledger_keys.ts";
import { wei } from "../../domain/money.ts";
import type { Attempt, Payment, PaymentKey } from "../../domain/payment.ts";
import { type Payee, WALLET } from "./payees.ts";
import { isHeld, type SendAnswer } from "../../domain/send_answer.ts";
import type { Random } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import { Trace } from "./trace.ts";

/** The keys of the simulated pool. */
export const KEYS = ledgerKeys("eth");

/** Whose payment a transaction is an attempt of, as the ledger's journal had it. */
export interface Journalled {
  readonly login: string;
  readonly kind: Attempt["kind"];
}

/** The chain as a node saw it at one time. */
export type ChainView = readonly MemoryBlock[];

/** A copy of the ledger. */
export interface LedgerCopy {
  readonly dump: LedgerDump;
  readonly credited: ReadonlyMap<string, bigint>;
}

/** How many copies of the ledger are kept. */
const COPIES_KEPT = 4;

/** How many older views of the chain a lagging node may still have. */
const VIEWS_KEPT = 5;

/** Everything outside of the program, in one place. */
export class World {
  readonly clock = new VirtualClock();
  readonly store = new MemoryLedgerStore();
  journal = new MemoryJournal();
  readonly trace = new Trace(this.clock);
  readonly node: MemoryNode;
  readonly scenario: Scenario;
  readonly random: Random;
  /** Whether things still go wrong. */
  stormy = true;
  /** Whether the simulation goes on at all. */
  going = true;
  /** How often the ledger came back as an older copy. */
  restores = 0;
  /** Whether the old payer is at work, under its lock. */
  goPayerIsAlive = false;
  /** The old payer's locks of which the operator said that they are left over. */
  readonly deadLocks = new Set<string>();
  /** Whether an operator ever let the wallet go that was held. */
  walletWasReleased = false;
  /** Whether the local journal was ever lost. */
  journalWasLost = false;
  /** How often it did so as another process. */
  restarts = 0;
  /** The newest copies of it, oldest first: it comes back as one of them. */
  copies: readonly LedgerCopy[];
  /** What was found to be wrong. */
  readonly violations: string[] = [];
  /** What each miner had and was credited as far as the ledger remembers, in Shannon. */
  credited = new Map<string, bigint>();
  /** And ever. */
  readonly everCredited = new Map<string, bigint>();
  /** What the attempts do that the ledger's journal ever had, and those that the disk ever had. */
  readonly inLedger = new Map<string, Journalled>();
  readonly onDisk = new Set<string>();
  /** Everything that was signed for the pool, by the program and by the old payer. */
  readonly signed = new Set<Hash>();
  readonly goHashes = new Set<Hash>();
  /** The pending rows that the old payer made. */
  readonly goRows = new Set<string>();
  /** Records whose pending rows a resolver of the old payer took away, with their nonces. */
  readonly orphaned = new Map<PaymentKey, number>();
  /** Bytes that some node has taken, whoever sent them: any of them may be mined some day. */
  readonly abroad = new Map<Hash, Hex>();
  /** How the nonsense in the ledger is mended, by hand, when all becomes calm. */
  readonly repairs: (() => void)[] = [];
  /** The newest views of the chain, oldest first. */
  views: readonly ChainView[] = [];
  /** The journal's records that were read for {@linkcode inLedger}. */
  readonly #noted = new Set<string>();

  /** Makes a pool and a chain before the first run. */
  constructor(scenario: Scenario, random: Random) {
    const { belowBaseFee, gasLimit, fundsWei } = scenario;
    this.scenario = scenario;
    this.random = random;
    this.node = new MemoryNode({ clock: this.clock, belowBaseFee, gasLimit });
    this.node.setBaseFee(wei(2n * 10n ** 9n));
    this.trace.name(WALLET, "wallet");
    for (const { login, name } of scenario.payees) this.trace.name(login, name);
    const keeps = scenario.policy.durability.kind !== "journal";
    this.store.server = { ...this.store.server, fsyncsAlways: keeps, replicas: keeps ? 1 : 0 };
    this.#makeLedger();
    this.node.mine(2);
    this.#payEarlier();
    this.node.mine(8); // Deeper than any reorganisation reaches.
    this.node.fund(WALLET, fundsWei);
    this.copies = [this.#copyLedger()];
    this.noteHead();
  }

  /** Says that something is wrong. */
  violated(what: string): void {
    this.violations.push(what);
    this.trace.add("!!!", what);
  }

  /** Remembers the chain as it is now. */
  noteHead(): void {
    if (!this.stormy) return;
    const blocks: MemoryBlock[] = [];
    for (let number = 0; number <= this.node.head.number; number++) {
      const block = this.node.block(number);
      if (block !== undefined) blocks.push(block);
    }
    this.views = [...this.views, blocks].slice(-VIEWS_KEPT);
  }

  /** Remembers what stands in the ledger's journal. */
  noteJournal(): void {
    if (this.store.typeOf(KEYS.journal) === "string") return;
    const records = this.store.fields(KEYS.journal);
    for (const key of this.orphaned.keys()) if (!records.has(key)) this.orphaned.delete(key);
    for (const [key, record] of records) {
      if (this.#noted.has(record)) continue;
      this.#noted.add(record);
      const decoded = decodeRecord(record);
      if ("problem" in decoded) continue;
      const nonce = this.orphaned.get(key as PaymentKey) ?? decoded.payment.nonce;
      if (nonce !== decoded.payment.nonce) this.violated(`the record ${key} was overwritten`);
      const { login } = decoded.payment;
      for (const attempt of decoded.payment.attempts) {
        this.inLedger.set(deedOf(decoded.payment, attempt), { login, kind: attempt.kind });
      }
    }
  }

  /** Whether anything is pending that the old payer left. */
  hasGoRows(): boolean {
    return [...this.store.scores(KEYS.pending).keys()].some((member) => this.goRows.has(member));
  }

  /** Adds to what a miner is owed, as the pool's unlocker does. */
  credit(login: string, amountShannon: bigint): void {
    this.store.addToField(KEYS.account({ kind: "miner", login }), "balance", amountShannon);
    this.store.addToField(KEYS.finances, "balance", amountShannon);
    this.#noteCredit(login, amountShannon);
  }

  /** Gives a node the bytes of a transaction, as far as any node takes them. */
  submit(
    { raw, hash, to }: { readonly raw: Hex; readonly hash: Hash; readonly to: Address | null },
  ): SendAnswer {
    if (to !== null && to === this.scenario.refusesTo) {
      return { meaning: "refused", hash: null, detail: "no node takes what pays this account" };
    }
    const answer = this.node.submit(raw);
    if (isHeld(answer.meaning)) this.abroad.set(hash, raw);
    return answer;
  }

  /** Makes a copy of the ledger. */
  noteCopy(): void {
    this.copies = [...this.copies, this.#copyLedger()].slice(-COPIES_KEPT);
  }

  #copyLedger(): LedgerCopy {
    return { dump: this.store.dump(), credited: new Map(this.credited) };
  }

  /** The ledger forgets what is newer than a copy: as another process, or without being seen. */
  restoreLedger(
    { dump, credited }: LedgerCopy,
    { restarts }: { readonly restarts: boolean },
  ): void {
    for (const key of this.store.keys()) this.store.delete(key);
    this.store.seed(dump);
    this.store.delete(KEYS.lease);
    this.credited = new Map(credited);
    this.restores++;
    if (restarts) this.restartLedger();
  }

  /** The ledger's server is another process from now on. */
  restartLedger(): void {
    this.restarts++;
    this.store.server = { ...this.store.server, runId: `server-${this.restarts}` };
  }

  #noteCredit(login: string, amountShannon: bigint): void {
    for (const credits of [this.credited, this.everCredited]) {
      credits.set(login, (credits.get(login) ?? 0n) + amountShannon);
    }
  }

  #makeLedger(): void {
    this.store.setField(KEYS.finances, "totalMined", "0");
    for (const { login, balance, code, wrongType } of this.scenario.payees) {
      const key = KEYS.account({ kind: "miner", login });
      if (wrongType) this.store.setText(key, balance);
      else if (!isSmallAmount(balance)) this.store.setField(key, "balance", balance);
      else this.credit(login, BigInt(balance));
      if (code !== undefined) this.node.setCode(addressOf(login), code);
    }
  }

  /** A Go payer's payments of long ago. */
  #payEarlier(): void {
    const login = `0x${"60".repeat(20)}`;
    this.trace.name(login, "old");
    for (let index = 0; index < this.scenario.earlier; index++) {
      const amountShannon = 600_000_000n + BigInt(index);
      const valueWei = wei(amountShannon * 10n ** 9n);
      this.node.fund(WALLET, 2n * valueWei);
      this.node.submitForeign({ from: WALLET, to: addressOf(login), valueWei });
      const hash = this.node.mempool()[0]?.hash;
      this.node.mine();
      const at = Math.floor(this.clock.now() / 1000) + index;
      this.store.addMember(KEYS.all, `${hash}:${login}:${amountShannon}`, at);
      this.store.addMember(KEYS.paidTo(login), `${hash}:${amountShannon}`, at);
      for (const key of [KEYS.account({ kind: "miner", login }), KEYS.finances]) {
        this.store.addToField(key, "paid", amountShannon);
      }
      this.#noteCredit(login, amountShannon);
    }
  }
}

/** Whether anybody but the program ever sent from the wallet, mined or not. */
export function othersSent({ abroad, signed }: World): boolean {
  return [...abroad.keys()].some((hash) => !signed.has(hash));
}

/** The address that a login names, whatever its spelling. */
export function addressOf(login: string): typeof WALLET {
  return login.toLowerCase() as typeof WALLET;
}

/** Whether a balance is an amount that the pool could really owe. */
export function isSmallAmount(balance: string): boolean {
  return /^[0-9]{1,15}$/.test(balance);
}

/** A miner with an account that everything can be written to, and a plain address. */
export function isPlainMiner({ login, balance, wrongType }: Payee): boolean {
  return isSmallAmount(balance) && !wrongType && /^0x[0-9a-f]{40}$/.test(login) &&
    login !== WALLET && !/^0x0+$/.test(login);
}

/** What an attempt does, in the words of {@linkcode deed}. */
export function deedOf(payment: Payment, { kind, hash }: Attempt): string {
  const { nonce, recipient, wallet, valueWei } = payment;
  return kind === "pay" ? deed(nonce, recipient, valueWei, hash) : deed(nonce, wallet, 0n, hash);
}

/** What a transaction does: two of one deed cannot both happen. */
export function deed(
  nonce: number,
  to: string | null,
  valueWei: bigint,
  hash: string | null,
): string {
  return [nonce, to, valueWei, hash ?? "by the node"].join(" ");
}
