/**
 * The state of the memory chain: who owns what and has sent how much, now and before.
 *
 * @module
 */

import type { Address } from "../../domain/address.ts";
import { type Wei, wei } from "../../domain/money.ts";

/** What the code of a contract does with a payment. */
export type ContractCode = "accepts" | "reverts";

/** What a block did to the accounts. */
export type Changes = ReadonlyMap<Address, { readonly addedWei: bigint; readonly sent: number }>;

interface Account {
  balanceWei: bigint;
  /** Transactions sent. */
  nonce: number;
  /** The count after each block that changed it, ascending. */
  readonly counts: { readonly block: number; readonly nonce: number }[];
}

/** Accounts that remember enough to take blocks back. */
export class Accounts {
  readonly #accounts = new Map<Address, Account>();
  readonly #code = new Map<Address, ContractCode>();
  #changes = new Map<Address, { addedWei: bigint; sent: number }>();

  /** What an account holds. */
  balanceWei(address: Address): Wei {
    return wei(this.#accounts.get(address)?.balanceWei ?? 0n);
  }

  /** How many transactions an account has sent. */
  nonce(address: Address): number {
    return this.#accounts.get(address)?.nonce ?? 0;
  }

  /** How many it had sent in a block and all before it. */
  nonceAt(address: Address, block: number): number {
    return this.#accounts.get(address)?.counts.findLast((count) => count.block <= block)?.nonce ??
      0;
  }

  /** What the account's code does; `undefined` without code. */
  code(address: Address): ContractCode | undefined {
    return this.#code.get(address);
  }

  /** Gives an account code, or takes it away. */
  setCode(address: Address, code: ContractCode | undefined): void {
    if (code === undefined) this.#code.delete(address);
    else this.#code.set(address, code);
  }

  /** Gives coins to an account, or takes them, outside of any block. */
  fund(address: Address, amountWei: bigint): void {
    this.#account(address).balanceWei += amountWei;
  }

  /** Adds to a balance, or takes from it, in the block that is made. */
  add(address: Address, amountWei: bigint): void {
    this.#account(address).balanceWei += amountWei;
    this.#change(address).addedWei += amountWei;
  }

  /** Counts a transaction of an account in the block that is made. */
  countSent(address: Address, block: number): void {
    const account = this.#account(address);
    account.nonce++;
    this.#change(address).sent++;
    if (account.counts.at(-1)?.block === block) account.counts.pop();
    account.counts.push({ block, nonce: account.nonce });
  }

  /** Ends a block: what it did, to be taken back by {@linkcode Accounts.revert}. */
  seal(): Changes {
    const changes = this.#changes;
    this.#changes = new Map();
    return changes;
  }

  /** Takes the newest block back. */
  revert(changes: Changes, block: number): void {
    for (const [address, { addedWei, sent }] of changes) {
      const account = this.#account(address);
      account.balanceWei -= addedWei;
      account.nonce -= sent;
      if (account.counts.at(-1)?.block === block) account.counts.pop();
    }
  }

  #change(address: Address): { addedWei: bigint; sent: number } {
    let change = this.#changes.get(address);
    if (change === undefined) {
      change = { addedWei: 0n, sent: 0 };
      this.#changes.set(address, change);
    }
    return change;
  }

  #account(address: Address): Account {
    let account = this.#accounts.get(address);
    if (account === undefined) {
      account = { balanceWei: 0n, nonce: 0, counts: [] };
      this.#accounts.set(address, account);
    }
    return account;
  }
}
