/**
 * Ledgers that the interrupted recordings and Paydirt leave, told by what stands in them, and the lines
 * in which two of them differ.
 *
 * @module
 */

import { differences, type Places } from "../compare.ts";
import { PAYEE, type PaymentPlaces, WITHOUT_EVIDENCE } from "./lines.ts";

/** A miner's money, in Shannon. A field that is not given is not there. */
export interface Money {
  readonly balance: string;
  readonly pending?: string;
  readonly paid?: string;
}

/** A pending row, and what is noted beside it. */
export interface Waiting extends Omit<PaymentPlaces, "tx"> {
  readonly nonce?: string;
  readonly tx?: string;
  /** What our journal has. */
  readonly record?: string;
}

/** What stands in a ledger; the sums of `eth:finances` follow from it. */
export interface LedgerState {
  readonly money: Readonly<Record<string, Money>>;
  readonly waiting?: readonly Waiting[];
  readonly paid?: readonly PaymentPlaces[];
  readonly lock?: string;
  readonly lease?: string;
  /** Our next nonce, where it is not the number of the wallet's transactions. */
  readonly nextNonce?: string;
  /** The reason why the payee is held. */
  readonly held?: string;
  /** How many transactions are on the chain, where it is compared. */
  readonly transactions?: string;
}

/** The lines in which Paydirt's ledger differs from the recorded one. */
export function change(recorded: LedgerState, found: LedgerState): readonly string[] {
  return differences(placesOf(recorded), placesOf(found));
}

const WALLET = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
const FIELDS = ["balance", "pending", "paid"] as const;

function placesOf(state: LedgerState): Places {
  const { money, waiting = [], paid = [], lock, lease, nextNonce, held, transactions } = state;
  const there = (
    place: string,
    value: string | undefined,
  ): readonly (readonly [string, string])[] => value === undefined ? [] : [[place, value]];
  return new Map([
    ...Object.entries(money).flatMap(([login, of]) =>
      FIELDS.flatMap((field) => there(`eth:miners:${login} ${field}`, of[field]))
    ),
    ...FIELDS.flatMap((field) =>
      there(`eth:finances ${field}`, sumOf(Object.values(money), field))
    ),
    ...waiting.flatMap(({ login, amount, nonce, tx, record }) => [
      ...there(`eth:payments:pending ${login}:${amount}`, "<ts>"),
      ...there(`eth:payments:pendingnonce ${login}:${amount}`, nonce),
      ...there(`eth:payments:pendingtx ${login}:${amount}`, tx),
      ...there(`eth:payments:journal ${login}:${amount}`, record),
    ]),
    ...paid.flatMap(({ tx, login, amount }) => [
      ...there(`eth:payments:${login} ${tx}:${amount}`, "<ts>"),
      ...there(`eth:payments:all ${tx}:${login}:${amount}`, "<ts>"),
    ]),
    ...there("eth:payments:lock", lock),
    ...there("eth:payments:lease", lease),
    ...there(`eth:payments:nonces ${WALLET}`, nextNonce),
    ...there(
      `eth:payments:held ${PAYEE}`,
      held && `{"v":1,"reason":"${held}","since":<ts>}`,
    ),
    ...there("chain transactions", transactions),
  ]);
}

function sumOf(money: readonly Money[], field: typeof FIELDS[number]): string | undefined {
  const amounts = money.flatMap((of) => of[field] ?? []);
  return amounts.length === 0
    ? undefined
    : String(amounts.reduce((sum, amount) => sum + BigInt(amount), 0n));
}

const AMOUNT = "600000000";
const ROW = { login: PAYEE, amount: AMOUNT };
const OUR_RUN = "paydirt:<run>";

/** How a transaction that no Go payer sent is called. */
export const OUR_TX = `<tx to ${PAYEE}: ${AMOUNT}>`;

/** The Go payer took its lock, and nothing more. */
export const LOCKED: LedgerState = {
  money: { [PAYEE]: { balance: AMOUNT } },
  lock: `${PAYEE}:${AMOUNT}`,
};

/** Nobody has a lock, and nothing was debited. */
export const UNTOUCHED: LedgerState = { money: { [PAYEE]: { balance: AMOUNT } } };

/** The Go payer debited, noted what is given, and stopped. */
export function halted(noted: Pick<Waiting, "nonce" | "tx"> = { nonce: "0" }): LedgerState {
  return {
    money: { [PAYEE]: { balance: "0", pending: AMOUNT } },
    waiting: [{ ...ROW, ...noted }],
    lock: `${PAYEE}:${AMOUNT}`,
  };
}

/** The Go resolver credited it back. */
export const CREDITED_BACK: LedgerState = {
  money: { [PAYEE]: { balance: AMOUNT, pending: "0" } },
};

/** It is paid, by this transaction. */
export function paid(tx: string): LedgerState {
  return {
    money: { [PAYEE]: { balance: "0", pending: "0", paid: AMOUNT } },
    paid: [{ ...ROW, tx }],
  };
}

/** Ours is in flight, and its run has ended; what differs from the usual is given. */
export function inFlight(
  tx: string | undefined,
  { record = "<pay at nonce 0>", ...rest }: Partial<LedgerState> & { readonly record?: string } =
    {},
): LedgerState {
  return {
    money: { [PAYEE]: { balance: "0", pending: AMOUNT } },
    waiting: [{ ...ROW, nonce: "0", record, ...(tx !== undefined && { tx }) }],
    lock: OUR_RUN,
    ...rest,
  };
}

/** A Go payer's debit that nothing on the chain explains is held under our lock. */
export function heldForOperator(noted: Pick<Waiting, "nonce"> = { nonce: "0" }): LedgerState {
  return { ...halted(noted), lock: OUR_RUN, held: WITHOUT_EVIDENCE };
}
