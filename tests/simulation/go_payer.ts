/**
 * The pool's old payer, as it pays beside the program: one payment at a time, debited before the
 * send and written after it, and left as it stands when it dies in between.
 *
 * @module
 */

import { encodeTransaction } from "../../adapters/memory/chain_transaction.ts";
import { wei } from "../../domain/money.ts";
import { WALLET } from "./payees.ts";
import type { Random } from "./random.ts";
import { addressOf, isPlainMiner, KEYS, type World } from "./world.ts";

/** One payment: what the old payer does between two looks at its node. */
interface Payment {
  readonly login: string;
  readonly amountShannon: bigint;
  /** The member of its pending row, and the text of its lock. */
  readonly member: string;
}

/** Pays one miner, if the ledger lets it, and dies now and then. */
export class GoPayer {
  readonly #world: World;
  readonly #random: Random;

  /** A payer over a world. */
  constructor(world: World) {
    this.#world = world;
    this.#random = world.random.fork();
  }

  /** Whether it is at work: only an operator who knows that it is not may take its lock. */
  get alive(): boolean {
    return this.#world.goPayerIsAlive;
  }

  /** One payment. It refuses to start while somebody else pays, or anything is pending. */
  async pay(): Promise<void> {
    const { store, scenario } = this.#world;
    if (this.alive || store.typeOf(KEYS.lock) !== null) return;
    if (store.typeOf(KEYS.pending) !== null) return;
    const payee = scenario.payees.find((each) =>
      isPlainMiner(each) && this.#isSound(each.login) &&
      this.#balance(each.login) > scenario.policy.thresholdShannon
    );
    if (payee === undefined) return;
    const { login } = payee;
    const amountShannon = this.#balance(login);
    this.#world.goPayerIsAlive = true;
    await this.#steps({ login, amountShannon, member: `${login}:${amountShannon}` });
    this.#world.goPayerIsAlive = false;
  }

  /** Between any two of its steps it may die. */
  async #steps(payment: Payment): Promise<void> {
    const { clock, store } = this.#world;
    const { login, amountShannon, member } = payment;
    this.#note(`locks for ${member}`);
    store.setText(KEYS.lock, member);
    if (this.#dies()) return;
    this.#note("debits");
    this.#move(login, { balance: -amountShannon, pending: amountShannon });
    store.addMember(KEYS.pending, member, Math.floor(clock.now() / 1000));
    this.#world.goRows.add(member);
    const isEtc = this.#random.chance(0.5);
    if (isEtc) {
      const nonce = this.#world.node.pendingNonce(WALLET);
      store.setField(KEYS.pendingNonce, member, String(nonce));
    }
    if (this.#dies()) return;
    const hash = this.#send(payment);
    if (hash === undefined || this.#dies()) return;
    if (isEtc) store.setField(KEYS.pendingTx, member, hash);
    if (this.#dies()) return;
    await clock.sleep(this.#random.int(100, 5_000));
    if (store.text(KEYS.lock) !== member) return this.#note("finds its lock gone, and dies");
    if (!this.#isSound(login)) return this.#note("dies of nonsense in the ledger");
    this.#note(`writes ${hash}`);
    this.#move(login, { pending: -amountShannon, paid: amountShannon });
    const at = Math.floor(clock.now() / 1000);
    store.addMember(KEYS.all, `${hash}:${member}`, at);
    store.addMember(KEYS.paidTo(login), `${hash}:${amountShannon}`, at);
    store.removeMember(KEYS.pending, member);
    for (const key of [KEYS.pendingNonce, KEYS.pendingTx]) store.deleteField(key, member);
    store.delete(KEYS.lock);
  }

  #send({ login, amountShannon }: Payment): string | undefined {
    const { node, goHashes, abroad } = this.#world;
    const known = new Set(node.mempool().map(({ hash }) => hash));
    const valueWei = wei(amountShannon * 10n ** 9n);
    const { meaning } = node.submitForeign({ from: WALLET, to: addressOf(login), valueWei });
    const hash = node.mempool().find((each) => !known.has(each.hash))?.hash;
    this.#note(`sends ${hash}: ${meaning}`);
    const sent = hash === undefined ? undefined : node.pending(hash);
    if (hash === undefined || sent === undefined) return undefined;
    goHashes.add(hash);
    abroad.set(hash, encodeTransaction(sent).raw);
    return hash;
  }

  #move(login: string, by: Readonly<Record<string, bigint>>): void {
    for (const key of [KEYS.account({ kind: "miner", login }), KEYS.finances]) {
      for (const [field, amount] of Object.entries(by)) {
        this.#world.store.addToField(key, field, amount);
      }
    }
  }

  #dies(): boolean {
    const dies = this.#random.chance(0.15);
    if (dies) this.#note("dies");
    return dies;
  }

  /** Whether all that a payment to a miner writes can be written. */
  #isSound(login: string): boolean {
    const { store } = this.#world;
    const account = store.fields(KEYS.account({ kind: "miner", login }));
    return store.typeOf(KEYS.paidTo(login)) !== "string" &&
      [...account.values()].every((text) => /^-?[0-9]+$/.test(text));
  }

  #balance(login: string): bigint {
    const account = this.#world.store.fields(KEYS.account({ kind: "miner", login }));
    return BigInt(account.get("balance") ?? "0");
  }

  #note(what: string): void {
    this.#world.trace.add("go", what);
  }
}
