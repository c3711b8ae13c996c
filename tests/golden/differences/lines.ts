/**
 * What the rows of the table are made of: who and what the recordings are about, and changes that
 * come in pairs.
 *
 * @module
 */

/** The usual payee. */
export const PAYEE = "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa11ce1";

/** How a run ends that is simply tried again, where the Go payer idles or waits. */
export const EXIT_1 = "process: still running → exit code 1";

/** How a run ends that needs an operator, where the Go payer idles or waits. */
export const EXIT_3 = "process: still running → exit code 3";

/** How a run ends that needs an operator, where the older payer exits, or a Go payer panics. */
export const EXIT_3_NOT_2 = "process: exit code 2 → exit code 3";

/** Why a run that needs an operator does not idle. */
export const ENDS =
  "A run that needs an operator ends and says so by its exit code; the Go payer idles until " +
  "somebody looks at its log.";

/** Why the payee of an unproved debit is held, as the ledger says it. */
export const WITHOUT_EVIDENCE = "a Go payer debited it, and no transfer of it is on the chain";

/** Why holding is better than what the Go payers do. */
export const GUESSED =
  "A Go payer's debit without evidence on the chain is held with its coins still pending, and the " +
  "lock keeps Go payers out until an operator has looked; the Go payer guesses, and so pays twice " +
  "or never.";

/** The lock stays with Paydirt, as long as something is unresolved. */
export const LOCK_KEPT = "eth:payments:lock: nothing → paydirt:<run>";

/** A payment by the places where it stands. */
export interface PaymentPlaces {
  /** The placeholder or hash of its transaction. */
  readonly tx: string;
  readonly login: string;
  /** In Shannon. */
  readonly amount: string;
}

/** The usual payment, of 0.6 coin. */
export const PAYMENT: PaymentPlaces = { tx: "<tx:1>", login: PAYEE, amount: "600000000" };

/** The same change of a miner's field and of the pool's sum. */
export function both(login: string, ...changes: readonly string[]): readonly string[] {
  return changes.flatMap((change) => [`eth:miners:${login} ${change}`, `eth:finances ${change}`]);
}

/** The same change of a payment's two rows. */
export function rows(
  { tx, login, amount }: PaymentPlaces,
  change: string,
): readonly string[] {
  return [
    `eth:payments:${login} ${tx}:${amount}: ${change}`,
    `eth:payments:all ${tx}:${login}:${amount}: ${change}`,
  ];
}

/** The payee is held, which no Go payer does. */
export function held(login: string, reason: string): string {
  return `eth:payments:held ${login}: nothing → {"v":1,"reason":"${reason}","since":<ts>}`;
}

/** Everything that the usual payment changes, where no Go payer made it. */
export const PAID_INSTEAD: readonly string[] = [
  "chain transactions: 0 → 1",
  ...both(PAYEE, "balance: 600000000 → 0", "paid: nothing → 600000000", "pending: nothing → 0"),
  ...rows({ ...PAYMENT, tx: `<tx to ${PAYEE}: 600000000>` }, "nothing → <ts>"),
];
