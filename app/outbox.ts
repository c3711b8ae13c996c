/**
 * What is debited, on its way out: made durable, then sent, batch after batch, while the next one is
 * debited.
 *
 * @module
 */

import type { Payment } from "../domain/payment.ts";
import { LEASE_MS } from "../domain/ports/ledger.ts";
import { makeDurable } from "./make_durable.ts";
import { fresh, type Run } from "./run.ts";
import { sendNewest } from "./send.ts";

/** Sends batches in their order, one at a time: a node never meets a nonce before the one below. */
export class Outbox {
  readonly #run: Run;
  /** The batch that is on its way. */
  #last: Promise<void> = Promise.resolve();

  /** Nothing is on its way yet. */
  constructor(run: Run) {
    this.#run = run;
  }

  /**
   * Takes debited payments when those before them have left.
   *
   * @throws {Fault} when those before could not be made durable: nothing of these is sent either.
   */
  async post(payments: readonly Payment[]): Promise<void> {
    await this.#last;
    this.#last = this.#deliver(payments);
    this.#last.catch(() => {/* The next post, or whoever waits for the end, gets the error. */});
  }

  /** Waits until everything has left. @throws {Fault} as {@linkcode post}. */
  async empty(): Promise<void> {
    await this.#last;
  }

  /** Waits until nothing is on its way any more; answers what went wrong, if anything. */
  async settle(): Promise<unknown> {
    return await this.#last.then(() => undefined, (error: unknown) => error);
  }

  async #deliver(payments: readonly Payment[]): Promise<void> {
    const { fence } = this.#run;
    // What a run slept over may be gone, and the local journal would say that it was debited.
    if (this.#isOld(payments)) await fence.confirm();
    await makeDurable(this.#run, payments);
    await sendNewest(this.#run, payments.map(fresh));
  }

  #isOld([first]: readonly Payment[]): boolean {
    const now = this.#run.ports.clock.now();
    return first !== undefined && now - 1_000 * first.debitedAt > LEASE_MS;
  }
}
