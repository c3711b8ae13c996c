/**
 * The mempool of the memory chain: each account's transactions by nonce, executable ones first, the
 * rest behind a gap.
 *
 * @module
 */

import type { Address, Hash } from "../../domain/address.ts";
import type { Accounts } from "./chain_accounts.ts";
import { costWei, type MemoryTransaction } from "./chain_transaction.ts";

interface Queue {
  readonly byNonce: Map<number, MemoryTransaction>;
  /** The first nonce, from the account's own on, that has no transaction here. */
  next: number;
  costWei: bigint;
}

/** Transactions that wait. What may come in is decided before, by the node's rules. */
export class Mempool {
  readonly #accounts: Accounts;
  readonly #queues = new Map<Address, Queue>();
  readonly #byHash = new Map<Hash, MemoryTransaction>();

  /** An empty pool over a state. */
  constructor(accounts: Accounts) {
    this.#accounts = accounts;
  }

  /** How many wait. */
  get size(): number {
    return this.#byHash.size;
  }

  /** Every one that waits, oldest first. */
  transactions(): IterableIterator<MemoryTransaction> {
    return this.#byHash.values();
  }

  /** Looks one up. */
  get(hash: Hash): MemoryTransaction | undefined {
    return this.#byHash.get(hash);
  }

  /** The one at an account's nonce. */
  at(from: Address, nonce: number): MemoryTransaction | undefined {
    return this.#queues.get(from)?.byNonce.get(nonce);
  }

  /** What all of an account's transactions may cost. */
  costWei(from: Address): bigint {
    return this.#queues.get(from)?.costWei ?? 0n;
  }

  /** The account's count with its executable transactions. */
  nextNonce(from: Address): number {
    return this.#queues.get(from)?.next ?? this.#accounts.nonce(from);
  }

  /** How many of an account's transactions stand behind a gap. */
  gapped(from: Address): number {
    const queue = this.#queues.get(from);
    return queue === undefined ? 0 : queue.byNonce.size - (queue.next - this.#accounts.nonce(from));
  }

  /** Takes one in, in the place of the one at its nonce. */
  put(transaction: MemoryTransaction): void {
    const queue = this.#queue(transaction.from);
    const replaced = queue.byNonce.get(transaction.nonce);
    if (replaced !== undefined) {
      queue.costWei -= costWei(replaced);
      this.#byHash.delete(replaced.hash);
    }
    queue.costWei += costWei(transaction);
    queue.byNonce.set(transaction.nonce, transaction);
    this.#byHash.set(transaction.hash, transaction);
    while (queue.byNonce.has(queue.next)) queue.next++;
  }

  /** Drops one: what follows it waits behind a gap. Whether it was there. */
  drop(hash: Hash): boolean {
    const transaction = this.#byHash.get(hash);
    if (transaction === undefined) return false;
    const queue = this.#remove(transaction);
    queue.next = Math.min(queue.next, transaction.nonce);
    return true;
  }

  /** Takes one out that was mined: its nonce is the account's now. */
  take(transaction: MemoryTransaction): void {
    this.#remove(transaction);
  }

  /** Follows accounts whose counts went back (a reorganisation). */
  follow(): void {
    for (const [from, queue] of this.#queues) {
      queue.next = this.#accounts.nonce(from);
      while (queue.byNonce.has(queue.next)) queue.next++;
    }
  }

  /** The accounts that have something waiting. */
  senders(): Address[] {
    return [...this.#queues].flatMap(([from, { byNonce }]) => byNonce.size === 0 ? [] : [from]);
  }

  #remove(transaction: MemoryTransaction): Queue {
    const queue = this.#queue(transaction.from);
    queue.byNonce.delete(transaction.nonce);
    queue.costWei -= costWei(transaction);
    this.#byHash.delete(transaction.hash);
    return queue;
  }

  #queue(from: Address): Queue {
    let queue = this.#queues.get(from);
    if (queue === undefined) {
      queue = { byNonce: new Map(), next: this.#accounts.nonce(from), costWei: 0n };
      this.#queues.set(from, queue);
    }
    return queue;
  }
}
