/**
 * Why Paydirt leaves something else after a fault than the recorded payer.
 *
 * @module
 */

/** It finds out by itself what became of the fault. */
export const FINDS_OUT =
  "Paydirt looks on the chain, and after a lost answer of Redis in its journal, for what became of a " +
  "payment, and ends it in the same run; the Go payer stops for good, lock and debit in place, " +
  "until a person resolves it.";

/** It is stopped while the payment is under way. */
export const LEFT_IN_FLIGHT =
  "A run that is stopped leaves the payment in flight under its own lock, with nonce and signed bytes " +
  "in the journal (a node that signs for itself keeps the bytes), and exits with 1: run again.";

/** It dies. */
export const LEFT_BY_THE_DEAD =
  "Debit, nonce and signed bytes are one MULTI, so a dead run leaves either nothing or all that the " +
  "next one needs; the lock says that a Paydirt holds it, the lease that it lived ten seconds ago.";

/** The next run ends what an earlier one left. */
export const TAKEN_UP =
  "The next run takes up what a stopped or dead one left, and ends it; the Go payer refuses to start " +
  "until a person resolves it.";

/** What the Go resolver gives back is paid. */
export const PAID_ALREADY =
  "The payment was made in spite of the fault, once; the Go resolver credits it back, and a person " +
  "has to start the payer again for the miner to be paid.";

/** A resolver credits nothing back on a guess. */
export const SENT_AGAIN =
  "Nothing is credited back because a node is silent: the same payment is sent again at its own " +
  "nonce, which cannot pay twice, and the next run settles it. The Go resolver takes silence for " +
  "proof.";

/** Rows name the transaction. */
export const EMPTY_HASH =
  "The payment's rows name the transaction that was mined; the Go resolver records an empty hash, so " +
  "that the pool's page shows none.";
